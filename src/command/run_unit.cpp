// One unit's plan, run under the lock of its database.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "command/flow.hpp"
#include "plan/half_done.hpp"
#include "plan/live.hpp"
#include "plan/make.hpp"
#include "plan/native_status.hpp"
#include "policy/plan_id.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// By target: version() before anything was read.
using Versions = std::map<std::string, std::int64_t>;

/// A plan of one unit alone, for comparing two of them.
std::string canonical_of(const Prepared& prepared, const UnitPlan& unit) {
    const UnitPlan* only = &unit;
    return canonical(prepared.plan, {&only, 1});
}

/// Whether another unit of this very run has changed one of the unit's databases: what it made there is no
/// surprise.
bool filled_by_us(const Prepared& prepared, const UnitResult& result) {
    auto shares = [&](const UnitResult& other) {
        if (&other == &result) return false;
        // Units on one database run one after another; what runs beside this one must not be looked into.
        for (const auto& mine : result.targets)
            for (const auto& status : other.targets)
                if (display(status.target.connection) == display(mine.target.connection))
                    return other.changed == Changed::database;
        return false;
    };
    return std::any_of(prepared.result.units.begin(), prepared.result.units.end(), shares);
}

/// Whether nobody has changed any of the unit's databases since the plan was made from them.
bool untouched(const GatheredUnit& gathered, const Versions& versions, const TargetLocks& locks) {
    for (const auto& target : gathered.facts.targets) {
        if (!target.migrated) continue;
        const auto lock = locks.find(target.name);
        const auto before = versions.find(target.name);
        if (lock == locks.end() || !lock->second.session() || before == versions.end()) return false;
        if (lock->second.session()->version() != before->second) return false;
    }
    return true;
}

/// The lock may have been waited for: what another migrator did meanwhile is planned and judged anew.
std::optional<Error> plan_again(const Session& session, const Prepared& prepared, GatheredUnit& gathered,
                                UnitResult& result, const Consent& consent, const NativeCall& with,
                                const TargetLocks& locks, bool exact) {
    if (auto error = read_again(gathered, result, session, with, locks)) return error;
    auto moved = ask_again(gathered, result, locks, now_seconds(), filled_by_us(prepared, result));
    if (!moved) return moved.error();
    auto fresh = make_plan(gathered.selected.unit, gathered.request, gathered.facts);
    if (!fresh) return fresh.error();
    for (auto& step : fresh->steps)
        if (step.native())
            for (const auto& [name, value] : gathered.child_env) step.env.try_emplace(name, value);
    const UnitPlan *before = &*result.plan, *now = &*fresh;
    const bool same = plan_id(prepared.plan, {&before, 1}) == plan_id(prepared.plan, {&now, 1});
    if (same && !*moved) return std::nullopt;
    if (exact && !same)
        return Error{"plan.stale",
                     fmt::format("{}: things moved since the plan was made: {}", result.unit.id,
                                 fmt::join(differences(canonical_of(prepared, *result.plan),
                                                       canonical_of(prepared, *fresh)),
                                           "; ")),
                     "Nothing was changed in this unit.",
                     {}};
    if (auto error = must_be_own(gathered, *fresh)) return error;
    add_live(*fresh, gathered);
    fresh->command = result.plan->command;
    fresh->verdict = judge(*fresh, gathered.facts.histories, session.caller, consent, session.policy);
    result.plan = std::move(*fresh);
    if (result.plan->verdict.decision == Decision::allow) return std::nullopt;
    return error_of(result.plan->verdict, *result.plan, prepared.plan.id);
}

/// `run` makes a SQLite file where our own steps need it; a native tool makes its own.
TargetLock::IfMissing if_missing(const GatheredUnit& gathered, const UnitPlan& plan) {
    if (gathered.request.verb != Verb::run) return TargetLock::IfMissing::error;
    const bool ours =
        std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return !step.native(); });
    return ours ? TargetLock::IfMissing::create : TargetLock::IfMissing::lock_name;
}

/// Where a lock is held, the history is read in its session: it need not be opened again, and sees what the
/// steps of raw SQL did in it.
ReadSessions sessions_of(const TargetLocks& locks, const Target& target) {
    ReadSessions sessions;
    if (const auto lock = locks.find(target.name); lock != locks.end() && lock->second.session())
        sessions.lend(target, *lock->second.session());
    return sessions;
}

}  // namespace

std::optional<Error> read_again(GatheredUnit& gathered, UnitResult& result, const Session& session,
                                const NativeCall& with, const TargetLocks& locks) {
    const std::filesystem::path &root = session.root, &state_dir = session.state_dir;
    for (auto& status : result.targets) {
        if (!gathered.facts.histories.contains(status.target.name)) continue;
        auto sessions = sessions_of(locks, status.target);
        auto history = read_history_of(gathered.selected.unit, gathered.facts.files, status.target, root,
                                       with, sessions);
        if (!history) return history.error();
        if (auto search = half_done_search(gathered.request, state_dir, with))
            find_half_done(*history, gathered.selected.unit, gathered.facts, status.target, *search,
                           sessions);
        status.history = *history;
        gathered.facts.histories[status.target.name] = std::move(*history);
    }
    return std::nullopt;
}

void run_unit(const Session& session, const Prepared& prepared, GatheredUnit& gathered, UnitResult& result,
              const Consent& consent, const ExecuteSettings& settings, bool exact) {
    if (result.plan->steps.empty()) return;
    const NativeCall with{&session.env(), &gathered.child_env, settings.redactor,
                          gathered.request.environment, gathered.readers.get()};
    TargetLocks locks;
    Versions unchanged;
    if (risk_of(result.plan->steps) > Risk::files) {
        Versions versions;
        for (const auto& status : result.targets) {
            if (!status.target.migrated) continue;
            if (auto version = gathered.sessions.version(status.target))
                versions[status.target.name] = *version;
            auto lock =
                TargetLock::take(status.target, settings.lock_wait, if_missing(gathered, *result.plan),
                                 gathered.sessions.take(status.target));
            if (!lock) {
                result.error = lock.error();
                return;
            }
            locks.emplace(status.target.name, std::move(*lock));
        }
        if (untouched(gathered, versions, locks))
            unchanged = std::move(versions);
        else
            result.error = plan_again(session, prepared, gathered, result, consent, with, locks, exact);
        if (result.error) return;
        for (const auto& status : result.targets)
            if (const auto lock = locks.find(status.target.name);
                lock != locks.end() && lock->second.session() && !result.error)
                result.error = still_executed(result.unit, status.target, session.state_dir / "log.jsonl",
                                              *lock->second.session());
        if (result.error) return;
        // What others did meanwhile may have left nothing to do.
        gathered.started = !result.plan->steps.empty();
        if (gathered.started) {
            LogEntry entry = log_entry(session, prepared.result.command, result);
            entry.plan_id = prepared.plan.id;
            result.error = log_start(session, std::move(entry));
            if (result.error) return;
        }
    }
    auto reader = [&](const Target& target) {
        auto sessions = sessions_of(locks, target);
        return read_history_of(gathered.selected.unit, gathered.facts.files, target, session.root, with,
                               sessions);
    };
    gathered.facts.histories.clear();  // the steps change the result's, which is then copied to nobody
    ExecuteSettings with_versions = settings;
    with_versions.unchanged = std::move(unchanged);
    execute(result, locks, reader, with_versions);
    gathered.readers->clear();
    for (const auto& status : result.targets)
        if (&status == &result.targets.front())
            result.state = status.history.state;
        else
            result.state = worst(result.state, status.history.state);
}

}  // namespace migrate
