#include "plan/make.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "adapters/support/pooled.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"
#include "plan/half_done.hpp"
#include "plan/native_status.hpp"
#include "plan/project_command.hpp"

namespace migrate {

namespace {

/// `VERB ... -- ARGS`: the arguments join the one native step, and the whole line is classified anew.
std::optional<Error> append_native_args(const Adapter& adapter, const Unit& unit, const Request& request,
                                        std::vector<Step>& steps, std::vector<std::string>& unclassified) {
    if (request.native_args.empty()) return std::nullopt;
    auto natives = std::count_if(steps.begin(), steps.end(), [](const Step& step) { return step.native(); });
    if (natives != 1)
        return Error{
            "usage",
            fmt::format("arguments after -- need exactly one native step, and {} of {} has {}",
                        to_string(request.verb), unit.id, natives),
            "Nothing was changed.",
            {{By::you, {"migrate", "explain", std::string(to_string(request.verb)), "-u", unit.id}, "", ""}}};
    auto step = std::find_if(steps.begin(), steps.end(), [](const Step& one) { return one.native(); });
    auto& args = std::get<Native>(step->action).args;
    args.insert(args.end(), request.native_args.begin(), request.native_args.end());
    auto classified = classify(adapter, args, unit.version);
    if (!classified) {
        unclassified.push_back(args.empty() ? "" : args.front());
        return std::nullopt;
    }
    step->risk = std::max(step->risk, classified->risk);
    unclassified.insert(unclassified.end(), classified->unknown.begin(), classified->unknown.end());
    return std::nullopt;
}

/// The database's URL reaches the child under the variable that the tool's configuration reads.
void pass_connection(std::vector<Step>& steps, const std::vector<Target>& targets) {
    for (auto& step : steps) {
        if (!step.native()) continue;
        for (const auto& target : targets)
            if (target.name == step.target && !target.variable.empty() && !target.connection.url.empty())
                step.env.try_emplace(target.variable, EnvValue{target.connection.url, true});
    }
}

/// Whether one of the step's migrations builds an index while others write (Django: AddIndexConcurrently):
/// that waits for transactions older than it, and nobody waits behind it. Ended half way it leaves an invalid
/// index.
bool builds_concurrently(const Step& step, const Facts& facts) {
    constexpr std::string_view kWord = "concurrently";
    auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    auto says_so = [&](const std::string& path) {
        const auto text = read_file(facts.root / path);
        return text &&
               std::search(text->begin(), text->end(), kWord.begin(), kWord.end(), same) != text->end();
    };
    return std::any_of(facts.files.begin(), facts.files.end(), [&](const MigrationFile& file) {
        return std::find(step.migrations.begin(), step.migrations.end(), file.id) != step.migrations.end() &&
               std::any_of(file.files.begin(), file.files.end(), says_so);
    });
}

/// A migration that waits for a lock makes everybody else wait behind it, and one whose process hangs keeps
/// its locks: the server ends both, where the tool's driver hands such limits on. A project that sets its own
/// does so later, in its session, and wins. Where an index is built concurrently, what else waits is watched
/// from outside (run/lock_watch.hpp).
void limit_waiting(const Adapter& adapter, std::vector<Step>& steps, const Facts& facts) {
    if (!adapter.traits.lock_timeout.starts_with("PGOPTIONS")) return;
    for (auto& step : steps) {
        if (!step.native() || step.risk < Risk::apply) continue;
        const char* const locks = builds_concurrently(step, facts) ? "" : "-c lock_timeout=5s ";
        for (const auto& target : facts.targets)
            if (target.name == step.target && target.connection.engine == Engine::postgresql &&
                !is_pooled(target.connection))
                step.env.try_emplace(
                    "PGOPTIONS",
                    EnvValue{fmt::format("{}-c idle_in_transaction_session_timeout=10min", locks), false});
    }
}

void hash_files(UnitPlan& plan, const Facts& facts) {
    auto add = [&](const std::string& path) {
        if (path.empty() || plan.files.contains(path)) return;
        if (auto content = read_file(facts.root / path)) plan.files[path] = sha256_hex(*content);
    };
    std::set<std::string_view> migrations;
    for (const auto& step : plan.steps) {
        if (const auto* apply = std::get_if<ApplyMigration>(&step.action)) add(apply->path);
        if (const auto* execute = std::get_if<ExecuteSql>(&step.action)) add(execute->path);
        migrations.insert(step.migrations.begin(), step.migrations.end());
    }
    for (const auto& file : facts.files)
        if (migrations.contains(file.id)) std::for_each(file.files.begin(), file.files.end(), add);
}

std::string how_verified(const Adapter& adapter, const Unit& unit, const Facts& facts,
                         const std::string& environment) {
    if (facts.targets.empty()) return "none";
    for (const auto& target : facts.targets) {
        if (adapter.history(unit, facts.root, target)) continue;
        return status_step(unit, facts.root, target, environment) ? "probe" : "none";
    }
    return "direct";
}

std::string how_locked(const Facts& facts) {
    if (facts.targets.empty()) return "none";
    switch (facts.targets.front().connection.engine.value_or(Engine::mongodb)) {
        case Engine::sqlite:
            return "file";
        case Engine::postgresql:
        case Engine::mysql:
        case Engine::mariadb:
            return "session";
        default:
            return "none";
    }
}

}  // namespace

Needs needs_of(const Unit& unit, const Request& request) {
    Needs needs = adapter_of(unit.tool).needs(unit, request);
    if (touches_database(request.verb)) needs.target = true;
    return needs;
}

Result<UnitPlan> make_plan(const Unit& unit, const Request& request, const Facts& facts) {
    const Adapter& adapter = adapter_of(unit.tool);
    if (auto misfit = adapter.fits(unit, facts.root)) return tl::unexpected(*misfit);

    if (auto error = meets_half_done(unit, request, facts)) return tl::unexpected(*error);

    UnitPlan plan;
    plan.unit = unit.id;
    plan.verb = request.verb;
    plan.environment = request.environment;
    plan.targets = facts.targets;
    plan.tool_version = unit.version_text;

    auto steps = request.undo ? undo_steps(unit, request, facts) : adapter.plan(unit, request, facts);
    if (!steps) return tl::unexpected(steps.error());
    plan.steps = std::move(*steps);
    if (auto error = use_project_command(unit, request, facts.root, plan)) return tl::unexpected(*error);
    if (auto error = append_native_args(adapter, unit, request, plan.steps, plan.unclassified))
        return tl::unexpected(*error);

    int n = 0;
    for (auto& step : plan.steps) step.n = ++n;
    pass_connection(plan.steps, facts.targets);
    limit_waiting(adapter, plan.steps, facts);
    hash_files(plan, facts);
    for (const auto& [name, history] : facts.histories) {
        if (history.applied.empty()) continue;
        auto& seen = plan.applied_seen[name];
        seen.reserve(history.applied.size());
        for (const auto& row : history.applied) seen.push_back(row.id);
    }
    plan.verified = how_verified(adapter, unit, facts, request.environment);
    plan.lock = how_locked(facts);
    return plan;
}

}  // namespace migrate
