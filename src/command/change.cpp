// From plans with verdicts to what became of them.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "command/ask.hpp"
#include "command/flow.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "plan/make.hpp"
#include "policy/log.hpp"
#include "policy/plan_id.hpp"
#include "report/events.hpp"
#include "report/progress.hpp"
#include "report/text.hpp"
#include "run/execute.hpp"
#include "run/observer.hpp"
#include "run/schedule.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// Asks for one unit; false where the person said no.
bool ask_for(const Session& session, const UnitPlan& plan, Consent& consent) {
    for (const auto& rule : plan.verdict.rules)
        fmt::print(stderr, "{} {}: {}\n", session.err.yellow("!"), plan.unit, rule.message);
    for (const auto& name : plan.verdict.ask_names) {
        auto answer = ask("Type the name of the database (" + session.err.bold(name) + ") to go on:");
        if (!answer || *answer != name) return false;
        consent.confirmed.push_back(name);
    }
    if (!plan.verdict.ask_yes || consent.yes) return true;
    return says_yes(ask("Go on? [y/N]"));
}

/// All or nothing: where one unit cannot go, the others are not started.
void hold_back(CommandResult& result) {
    for (auto& unit : result.units) {
        if (unit.error || !unit.skipped.empty() || !unit.plan || unit.plan->steps.empty()) continue;
        unit.skipped = "not started: nothing runs anywhere before every unit can";
        for (const auto& step : unit.plan->steps) {
            unit.left.insert(unit.left.end(), step.expect.applied_added.begin(),
                             step.expect.applied_added.end());
            unit.left.insert(unit.left.end(), step.expect.applied_removed.begin(),
                             step.expect.applied_removed.end());
        }
    }
}

std::string database_key(const UnitResult& result) {
    if (result.targets.empty()) return result.unit.id;
    return display(result.targets.front().target.connection);
}

std::vector<Task> tasks_for(Prepared& prepared, const std::function<bool(std::size_t)>& work) {
    std::vector<Task> tasks;
    const auto& units = prepared.result.units;
    bool backward = prepared.request.verb == Verb::rollback;
    for (std::size_t i = 0; i < units.size(); ++i) {
        Task task;
        task.exclusive = database_key(units[i]);
        for (std::size_t k = 0; k < i; ++k) {
            const auto& after = backward ? units[k].unit.after : units[i].unit.after;
            const Unit& other = backward ? units[i].unit : units[k].unit;
            if (std::any_of(after.begin(), after.end(),
                            [&](const auto& name) { return name == other.id || name == other.alias; }))
                task.after.push_back(k);
        }
        task.work = [&work, i] { return work(i); };
        tasks.push_back(std::move(task));
    }
    return tasks;
}

/// Yarn starts what is installed, and only then: with Plug'n'Play there is no file of the tool itself to look
/// for.
bool yarn_has_installed(const std::filesystem::path& root, std::filesystem::path directory) {
    std::error_code ignored;
    for (;; directory = directory.parent_path()) {
        for (const auto* sign : {".pnp.cjs", ".pnp.js", "node_modules"})
            if (std::filesystem::exists(directory / sign, ignored)) return true;
        if (directory == root || !directory.has_relative_path()) return false;
    }
}

/// A tool that is not installed is known before the first unit starts.
void require_programs(const Session& session, CommandResult& result) {
    for (auto& unit : result.units) {
        if (unit.error || !unit.skipped.empty() || !unit.plan) continue;
        for (const auto& step : unit.plan->steps) {
            const auto* native = std::get_if<Native>(&step.action);
            if (native && !unit.error)
                unit.error = missing_program(session, unit.unit, native->launch, step.cwd);
        }
    }
}

/// What new files are named after: now, or where something was written within this very second, the next one
/// that is free, or they would be in the wrong order.
std::string moment_of(const Prepared& prepared) {
    std::int64_t now = now_seconds();
    auto is_taken = [&](const std::string& moment) {
        for (const GatheredUnit& one : prepared.units)
            for (const MigrationFile& file : one.facts.files)
                for (const std::string& path : file.files)
                    if (path.find(moment) != std::string::npos) return true;
        return false;
    };
    while (prepared.request.verb == Verb::generate && is_taken(compact_time(now))) ++now;
    return compact_time(now);
}

/// The next things to do that are true of every changing verb.
void add_next(CommandResult& result) {
    for (auto& unit : result.units)
        if (unit.error && unit.changed != Changed::nothing)
            unit.next.insert(
                unit.next.end(),
                {{By::you, {"migrate", "status", "-u", unit.unit.id}, "", "how things stand now"},
                 {By::you,
                  {"migrate", "resolve", "-u", unit.unit.id},
                  "a part of it may be there",
                  "what is there of it, and the ways out; changes nothing"}});
}

}  // namespace

std::optional<Error> must_be_deliberate(const Session& session, const Selection& selection,
                                        const std::string& command) {
    if (selection.deliberate || selection.units.size() < 2) return std::nullopt;
    std::string ids;
    for (const auto& one : selection.units) ids += (ids.empty() ? "" : ", ") + one.unit.id;
    const std::string what =
        fmt::format("{} would concern {} units: {}", command, selection.units.size(), ids);
    if (session.caller.person && says_yes(ask(what + ". All of them? [y/N]"))) return std::nullopt;
    return Error{"policy.needs_all",
                 what,
                 "Nothing was changed. Say that all are meant, or name one.",
                 {{By::you, {"migrate", command, "--all"}, "all of them are meant", ""},
                  {By::you, {"migrate", command, "-u", selection.units.front().unit.id}, "", "one of them"}}};
}

bool has_error(const CommandResult& result) {
    return std::any_of(result.units.begin(), result.units.end(),
                       [](const UnitResult& unit) { return unit.error.has_value(); }) ||
           !result.errors.empty();
}

std::optional<Error> missing_program(const Session& session, const Unit& unit,
                                     const std::vector<std::string>& launch, const std::string& cwd) {
    if (launch.empty()) return std::nullopt;
    auto path = session.env().get("PATH").value_or("");
    if (find_program(launch.front(), path, session.root / cwd) &&
        (launch.front() != "yarn" || yarn_has_installed(session.root, session.root / cwd)))
        return std::nullopt;
    return Error{"tool.missing",
                 fmt::format("{}: {} is not there", unit.id, launch.front()),
                 unit.runner.empty() ? "Install the tool."
                                     : "Install the project's dependencies with " + unit.runner + ".",
                 {}};
}

std::optional<Error> spend_approval(const Session& session, const Prepared& prepared,
                                    const Consent& consent) {
    if (!consent.approved || has_error(prepared.result) || store_of(session).use_approval(prepared.plan.id))
        return std::nullopt;
    return Error{"policy.needs_approval",
                 "the approval of this plan was used up by another run",
                 "Nothing was changed.",
                 {}};
}

void obtain_consent(const Session& session, Prepared& prepared, Consent& consent) {
    for (std::size_t i = 0; i < prepared.result.units.size(); ++i) {
        UnitResult& unit = prepared.result.units[i];
        if (!unit.plan || unit.error || unit.plan->verdict.decision != Decision::confirm ||
            !session.caller.person)
            continue;
        Consent given = prepared.units[i].consent.value_or(consent);
        given.confirmed = consent.confirmed;
        if (ask_for(session, *unit.plan, given)) {
            consent.confirmed = given.confirmed;
            bool asked_yes = unit.plan->verdict.ask_yes;
            given.yes = given.yes || asked_yes;
            judge_unit(session, prepared, i, given);
            prepared.units[i].consent = given;
        }
    }
    for (auto& unit : prepared.result.units)
        if (unit.plan && !unit.error && unit.plan->verdict.decision != Decision::allow)
            unit.error = error_of(unit.plan->verdict, *unit.plan, prepared.plan.id);
    // Before an approval is used up: what waits here has not been started.
    if (changes_something(prepared.request.verb) && !has_error(prepared.result))
        wait_for_long_transactions(session, prepared);
}

void run_prepared(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
                  bool exact, RunObserver* observer) {
    ExecuteSettings settings;
    settings.root = session.root;
    settings.state_dir = session.state_dir;
    settings.env = &session.env();
    settings.redactor = &redactor;
    settings.now = moment_of(prepared);
    if (auto timeout = session.parsed->duration("timeout"))
        settings.timeout = std::chrono::duration_cast<std::chrono::seconds>(*timeout);
    if (auto wait = session.parsed->duration("wait")) settings.lock_wait = *wait;

    settings.observer = observer;
    auto work = [&](std::size_t i) {
        UnitResult& result = prepared.result.units[i];
        GatheredUnit& gathered = prepared.units[i];
        if (!result.plan || !result.skipped.empty()) return true;
        run_unit(session, prepared, gathered, result, gathered.consent.value_or(consent), settings, exact);
        return !result.error.has_value();
    };
    const bool reads = !changes_something(prepared.request.verb);
    auto mode = Continue::never;
    auto wanted = session.parsed->value("continue").value_or(reads ? "always" : "never");
    if (wanted == "always") mode = Continue::always;
    if (wanted == "dependencies-successful") mode = Continue::dependencies_successful;
    std::function<bool(std::size_t)> function = work;
    auto tasks = tasks_for(prepared, function);
    auto ends = run_tasks(tasks, session.parsed->number("jobs").value_or(reads ? 4 : 1), mode);
    for (std::size_t i = 0; i < ends.size(); ++i) {
        UnitResult& result = prepared.result.units[i];
        if (ends[i] != TaskEnd::not_started || !result.plan || result.plan->steps.empty()) continue;
        result.skipped = "not started: a unit before it failed";
        for (const auto& step : result.plan->steps) {
            result.left.insert(result.left.end(), step.expect.applied_added.begin(),
                               step.expect.applied_added.end());
            result.left.insert(result.left.end(), step.expect.applied_removed.begin(),
                               step.expect.applied_removed.end());
        }
    }
    add_next(prepared.result);
}

namespace {

/// The process ends soon, and taking thousands of rows apart first would take longer than it took to compare
/// them. Sessions and programs are closed as ever.
void keep_to_the_end(Prepared prepared) {
    static auto* const kept = new std::vector<Prepared>;
    for (auto& unit : prepared.units) {
        unit.sessions = ReadSessions();
        unit.readers.reset();
    }
    kept->push_back(std::move(prepared));
}

}  // namespace

int run_verb(const Invocation& invocation, const ParsedCommand& parsed, Verb verb, const std::string& name) {
    const std::string command(to_string(verb));
    auto request = request_of(parsed, verb, name);
    if (!request) return report_error(invocation, command, request.error());
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, command, session.error());
    request->now = "{now}";  // filled when the steps run, so that a plan names no moment
    if (parsed.given("dry-run")) return show_plan(*session, *request);

    Redactor redactor;
    Consent consent = consent_of(parsed);
    auto prepared = prepare(*session, *request, consent, redactor);
    if (!prepared) return finish(*session, command, prepared.error());
    if (changes_something(verb))
        if (auto error = must_be_deliberate(*session, prepared->selection, command))
            return finish(*session, command, *error);
    obtain_consent(*session, *prepared, consent);
    const int exit = carry_out(*session, *prepared, consent, redactor, false);
    keep_to_the_end(std::move(*prepared));
    return exit;
}

int carry_out(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
              bool exact, const std::function<void(Prepared&, RunObserver&)>& after) {
    const Environment& env = session.env();
    bool color = session.err.color, terminal = session.invocation->stderr_tty;
    Progress progress(progress_style(env, terminal, color, session.quiet(), prepared.result.units.size()),
                      [](std::string_view text) { fmt::print(stderr, "{}", text); });
    EventWriter events([](std::string_view line) { fmt::print("{}", line); }, utc_now);
    const bool as_events = session.parsed->given("events");
    Observers observers({&progress, as_events ? &events : nullptr});
    if (as_events) {
        Plan plan = prepared.plan;
        for (const UnitResult& unit : prepared.result.units)
            if (unit.plan) plan.units.push_back(*unit.plan);
        observers.on_plan(plan);
    }
    const bool reads = !changes_something(prepared.request.verb);
    if (!reads) require_programs(session, prepared.result);
    if (!reads && has_error(prepared.result)) {
        hold_back(prepared.result);
    } else {
        run_prepared(session, prepared, consent, redactor, exact, &observers);
        keep_schema_files(session, prepared);
    }
    if (after && !has_error(prepared.result)) after(prepared, observers);
    log_outcome(session, prepared);
    prepared.result.exit = exit_of(prepared.result);
    if (reads && session.parsed->given("exit-code") &&
        std::any_of(prepared.result.units.begin(), prepared.result.units.end(),
                    [](const UnitResult& unit) { return differs(unit).value_or(false); }))
        prepared.result.exit = worst_exit(prepared.result.exit, 3);
    observers.on_summary(prepared.result);
    if (as_events) return prepared.result.exit;
    return finish(session, prepared.result, {.plan = true, .outcome = true, .ready = &prepared.ready},
                  prepared.lead + outcome_text(prepared.result, session.out));
}

int end_early(const Session& session, Prepared& prepared) {
    log_outcome(session, prepared);
    prepared.result.exit = exit_of(prepared.result);
    if (session.parsed->given("events")) {
        EventWriter([](std::string_view line) { fmt::print("{}", line); }, utc_now)
            .on_summary(prepared.result);
        return prepared.result.exit;
    }
    return finish(session, prepared.result, {.outcome = true, .ready = &prepared.ready},
                  prepared.lead + outcome_text(prepared.result, session.out));
}

}  // namespace migrate
