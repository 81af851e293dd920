#include "command/native_status.hpp"

#include <fmt/format.h>

#include "adapters/native_status.hpp"
#include "command/flow.hpp"
#include "plan/native_status.hpp"
#include "policy/plan_id.hpp"
#include "run/schedule.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

const History* known_history(const GatheredUnit& one, const Target& target) {
    auto found = one.facts.histories.find(target.name);
    return found == one.facts.histories.end() ? nullptr : &found->second;
}

/// A database that is not there is nothing to ask about: some tools would make it.
std::optional<Error> missing_database(const GatheredUnit& one) {
    for (const auto& target : one.facts.targets) {
        const History* history = known_history(one, target);
        if (!target.migrated || !history || history->database_exists ||
            history->source == HistorySource::none)
            continue;
        return Error{
            "target.missing",
            fmt::format("{}: there is no database {}", one.selected.unit.id, display(target.connection)),
            "Its tool is not asked: it might make one.",
            {{By::you,
              {"migrate", "status", "-u", one.selected.unit.id},
              "",
              "what would be pending there"}}};
    }
    return std::nullopt;
}

/// Keeps the steps that ask the tool, one for each target.
std::optional<Error> only_native_steps(const GatheredUnit& one, UnitPlan& plan) {
    std::vector<Step> asking;
    for (const auto& target : one.facts.targets) {
        if (!target.migrated) continue;
        auto step = native_status_step(one.selected.unit, plan.steps, target);
        if (!step) {
            const Adapter& adapter = adapter_of(one.selected.unit.tool);
            return Error{"verb.unsupported",
                         fmt::format("{}: {} has no command that tells its status", one.selected.unit.id,
                                     adapter.title),
                         "",
                         {{By::you, {"migrate", "status", "-u", one.selected.unit.id}, "", ""}}};
        }
        step->n = static_cast<int>(asking.size()) + 1;
        asking.push_back(std::move(*step));
    }
    plan.steps = std::move(asking);
    return missing_database(one);
}

void narrow(const Session& session, Prepared& prepared, const Consent& consent, const Redactor& redactor) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        UnitResult& result = prepared.result.units[i];
        if (!result.plan) continue;
        result.error = only_native_steps(prepared.units[i], *result.plan);
        skip_unable(result, prepared.units[i].selected.named);
        if (result.error || !result.skipped.empty()) result.plan.reset();
    }
    identify(prepared);
    judge_all(session, prepared, consent, redactor);
}

Result<History> ask(const GatheredUnit& one, const Step& step, const std::filesystem::path& root,
                    const NativeCall& with) {
    const Unit& unit = one.selected.unit;
    const ProcessResult done = ask_native(step, root, with);
    const std::string said = done.err.text();
    if (done.end == ProcessResult::End::exited) {
        auto history = native_history(unit, one.facts.files, {done.collected, said, done.exit_code});
        if (history || done.ok()) return history;
    }
    return tl::unexpected(failure_of(done, unit, step, root));
}

/// What asking changed: the tables that the tool makes for its history.
Changed changed_by_asking(const GatheredUnit& one, const Target& target, const std::filesystem::path& root) {
    const History* before = known_history(one, target);
    ReadSessions sessions;
    auto after = read_unit_history(one.selected.unit, one.facts.files, target, root, sessions);
    if (!before || !after) return Changed::unknown;
    return before->initialised == after->initialised ? Changed::nothing : Changed::database;
}

void ask_unit(const Session& session, const GatheredUnit& one, UnitResult& result, const Redactor& redactor) {
    const NativeCall with{&session.env(), &one.child_env, &redactor, one.request.environment,
                          one.readers.get()};
    result.state = State::current;
    for (auto& status : result.targets) {
        auto step =
            std::find_if(result.plan->steps.begin(), result.plan->steps.end(),
                         [&](const Step& candidate) { return candidate.target == status.target.name; });
        if (step == result.plan->steps.end()) continue;
        const bool writes = step->risk > Risk::files;
        std::optional<TargetLock> lock;
        std::optional<Error> error;
        if (writes) {
            auto taken =
                TargetLock::take(status.target, std::chrono::seconds(60), TargetLock::IfMissing::error);
            if (taken)
                lock = std::move(*taken);
            else
                error = taken.error();
        }
        if (!error) {
            auto history = ask(one, *step, session.root, with);
            if (history)
                status.history = std::move(*history);
            else
                error = history.error();
            if (writes)
                result.changed =
                    std::max(result.changed, changed_by_asking(one, status.target, session.root));
        }
        if (error) {
            status.history.state = State::error;
            status.error = error;
            if (!result.error) result.error = std::move(error);
        }
        result.state = worst(result.state, status.history.state);
    }
}

}  // namespace

Result<CommandResult> ask_the_tools(const Session& session) {
    Request request;
    request.verb = Verb::status;
    Redactor redactor;
    Consent consent = consent_of(*session.parsed);
    auto prepared = prepare(session, request, consent, redactor);
    if (!prepared) return tl::unexpected(prepared.error());
    narrow(session, *prepared, consent, redactor);
    obtain_consent(session, *prepared, consent);
    if (auto error = spend_approval(session, *prepared, consent)) return tl::unexpected(*error);

    std::vector<Task> tasks;
    for (std::size_t i = 0; i < prepared->units.size(); ++i) {
        UnitResult& result = prepared->result.units[i];
        if (!result.plan || result.error || !result.skipped.empty()) continue;
        const GatheredUnit& one = prepared->units[i];
        const std::string database =
            result.targets.empty() ? "" : display(result.targets.front().target.connection);
        tasks.push_back({{}, database, [&session, &one, &result, &redactor] {
                             ask_unit(session, one, result, redactor);
                             return true;
                         }});
    }
    run_tasks(tasks, 4, Continue::always);
    log_outcome(session, *prepared);
    for (auto& unit : prepared->result.units) {
        if (unit.error && !unit.plan) unit.state = State::error;
        unit.plan.reset();
    }
    prepared->result.plan_id.clear();
    return std::move(prepared->result);
}

}  // namespace migrate
