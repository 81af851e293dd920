#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/drivers.hpp"
#include "adapters/left_lock.hpp"
#include "adapters/probes.hpp"
#include "backup/rehearsal_mark.hpp"
#include "command/flow.hpp"
#include "command/left_behind.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "db/database.hpp"
#include "live/long_transactions.hpp"
#include "plan/make.hpp"
#include "plan/native_status.hpp"
#include "report/half_done.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions};
constexpr Example kExamples[] = {
    {"migrate doctor", "what is missing or wrong, in the unit at or above the current directory"},
    {"migrate doctor --all --json", "every unit, for a script"},
};

/// A broken file is said once: by the unit that cannot do without it, which knows what that means.
void say_once(const std::vector<Problem>& problems, std::vector<Error>& findings) {
    for (const auto& problem : problems) {
        if (problem.code != "config.invalid") continue;
        auto by_unit = [&](const Error& finding) {
            return !finding.code.starts_with("doctor.") && finding.message.starts_with(problem.path + ':');
        };
        if (std::none_of(findings.begin(), findings.end(), by_unit)) continue;
        std::erase_if(findings, [&](const Error& finding) {
            return finding.code == "doctor.config.invalid" && finding.message.starts_with(problem.path + ':');
        });
    }
}

/// Whether the tool's lock is taken that a killed run leaves.
bool is_locked(const Session& session, const GatheredUnit& one, const Target& target) {
    const Unit& unit = one.selected.unit;
    if (has_left_lock(unit, session.root, target)) return true;
    const auto step = status_step(unit, session.root, target, one.request.environment);
    if (!step || !stays_open(unit.tool)) return false;
    const NativeCall with{&session.env(), &one.child_env, nullptr, one.request.environment, nullptr};
    const auto answer = ask_status(unit, *step, target, session.root, with);
    return answer && says_locked(unit, *answer);
}

/// The session that holds a lock which ends with it: its number, and what people read of it.
std::optional<std::pair<std::string, std::string>> session_with_lock(const Unit& unit, const Target& target) {
    const auto query = session_lock_query(unit, target);
    auto session = query ? db::open(target.connection, {}) : tl::unexpected(Error{});
    if (!query || !session) return std::nullopt;
    const auto rows = (*session)->query(*query);
    if (!rows || rows->rows.empty()) return std::nullopt;
    return std::pair{rows->rows[0][0].value_or(""),
                     session_text(rows->rows[0], target.connection.engine.value_or(Engine::postgresql))};
}

void examine(const Session& session, GatheredUnit& one, std::vector<Error>& findings) {
    UnitResult& unit = one.result;
    if (unit.error) findings.push_back(*unit.error);
    if (auto error = missing_program(session, unit.unit, unit.unit.launch, unit.unit.root))
        findings.push_back(std::move(*error));
    for (const auto& status : unit.targets) {
        const History& history = status.history;
        auto finding = [&](const char* code, const std::string& message, const char* hint,
                           std::vector<Next> next = {}) {
            findings.push_back({code, unit.unit.id + ": " + message, hint, std::move(next)});
        };
        auto resolve = [&](std::vector<std::string> way, const char* when, const char* effect,
                           By by = By::you) {
            Next next{by, {"migrate", "resolve"}, when, effect};
            way.insert(way.end(), {"-u", unit.unit.id});
            next.argv.insert(next.argv.end(), way.begin(), way.end());
            return std::vector<Next>{std::move(next)};
        };
        const auto look = resolve({}, "", "what is there of it, and the ways out");
        const char* const ways = "`migrate resolve` finishes or undoes it.";
        if (!history.failed.empty() && history.half_done.empty())
            finding("doctor.failed", history.failed.front().id + " stopped half way", ways, look);
        for (const auto& half : history.half_done)
            finding("doctor.half_done", half_done_line(half, history), ways, look);
        if (!status.error && is_locked(session, one, status.target))
            finding("doctor.locked",
                    fmt::format("{}'s own lock is taken: by a run that was killed, or that is at work",
                                adapter_of(unit.unit.tool).title),
                    "Its next run would end with \"locked\".",
                    resolve({"--unlock"}, "nothing is at work any more", "frees it", By::person));
        if (auto held = status.error ? std::nullopt : session_with_lock(unit.unit, status.target))
            finding(
                "doctor.locked",
                fmt::format("{}'s own lock is held by {}", adapter_of(unit.unit.tool).title, held->second),
                "It ends with that session. Until then the next run waits, and then fails.",
                {{By::person,
                  statement_command(status.target.connection, status.target.connection.database,
                                    "SELECT pg_terminate_backend(" + held->first + ")"),
                  "nothing is at work any more", "ends the session"}});
        if (auto driver = missing_driver(unit.unit, session.root, status.target))
            finding(
                "doctor.driver",
                fmt::format("the driver that {} loads for {} is not installed: {}",
                            adapter_of(unit.unit.tool).title,
                            driver->wanted.empty() ? "its database" : driver->wanted, driver->package),
                "Every command that connects would end with it. Install it with the project's own package "
                "manager.");
        for (const auto& id : history.edited)
            finding("doctor.edited", id + " was edited after it was applied",
                    "Bring the file back as it was, or take it as it is now.",
                    resolve({"--edited", id}, "the database is as the file says now", "takes it as it is"));
        for (const auto& id : history.missing)
            finding(
                "doctor.missing", id + " is applied, and its file is gone",
                "Bring the file back, or take its row out of the history.",
                resolve({"--forget", id}, "the file is gone for good", "takes its row out of the history"));
        for (const auto& id : history.will_skip)
            finding("doctor.will_skip", id + " is pending, and the tool will skip it",
                    "Give it a newer time.");
    }
    unit.error.reset();
}

/// What would keep the next `run` from starting (several heads, a version that does not fit), as its plan
/// says it; nothing is run.
void try_a_run(const GatheredUnit& one, std::vector<Error>& findings) {
    if (one.result.error) return;
    Request request = one.request;
    request.verb = Verb::run;
    auto plan = make_plan(one.selected.unit, request, one.facts);
    if (plan || plan.error().code == "verb.unsupported") return;
    auto known = [&](const Error& finding) {
        // A migration that has failed, files that are gone or edited: said above, with the way out.
        return finding.message.starts_with(one.selected.unit.id) && finding.code.starts_with("doctor.");
    };
    if (std::none_of(findings.begin(), findings.end(), known)) findings.push_back(plan.error());
}

int doctor(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "doctor", session.error());
    CommandResult result;
    result.command = "doctor";
    result.environment = session->environment;
    std::vector<Error> findings;
    for (const auto& problem : session->scan.problems)
        findings.push_back(
            {"doctor." + problem.code,
             fmt::format("{}{}: {}", problem.path, problem.line > 0 ? fmt::format(":{}", problem.line) : "",
                         problem.message),
             "",
             {}});
    auto selection = selected(*session);
    if (!selection && !session->scan.units.empty()) return finish(*session, "doctor", selection.error());
    if (selection) {
        Request request;
        request.verb = Verb::status;
        Redactor redactor;
        for (auto& one : gather(selection->units, request, gather_settings(*session), redactor, findings)) {
            const bool ran_well = !one.result.error;
            examine(*session, one, findings);
            if (ran_well) try_a_run(one, findings);
            result.units.push_back(std::move(one.result));
        }
    }
    add_left_behind(*session, result, findings);
    say_once(session->scan.problems, findings);
    std::string text = findings.empty()
                           ? fmt::format("{} unit{} looked at, nothing is wrong\n", result.units.size(),
                                         result.units.size() == 1 ? "" : "s")
                           : "";
    result.errors = std::move(findings);
    int status = result.errors.empty() ? 0 : 3;
    result.exit = status;
    return finish(*session, result, {}, text, status);
}

}  // namespace

constinit const Command doctor_command{
    .name = "doctor",
    .group = Group::look,
    .summary = "what is missing or wrong",
    .description =
        "Looks for broken configuration, programs that are not installed, databases that cannot be resolved "
        "or "
        "reached, and histories that need a hand. Ends with 3 where it found something. Changes nothing.",
    .shared = kShared,
    .examples = kExamples,
    .run = doctor,
};

}  // namespace migrate
