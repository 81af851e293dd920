#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "policy/log.hpp"
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

void examine(const Session& session, UnitResult& unit, std::vector<Error>& findings) {
    if (unit.error) findings.push_back(*unit.error);
    if (auto error = missing_program(session, unit.unit, unit.unit.launch, unit.unit.root))
        findings.push_back(std::move(*error));
    for (const auto& status : unit.targets) {
        const History& history = status.history;
        auto finding = [&](const char* code, const std::string& message, const char* hint) {
            findings.push_back({code, unit.unit.id + ": " + message, hint, {}});
        };
        if (!history.failed.empty())
            finding("doctor.failed", fmt::format("{} stopped half way", history.failed.front().id),
                    "`migrate resolve` finishes or undoes it.");
        for (const auto& id : history.edited)
            finding("doctor.edited", id + " was edited after it was applied",
                    "`migrate resolve --edited` takes it as it is now.");
        for (const auto& id : history.missing)
            finding("doctor.missing", id + " is applied, and its file is gone",
                    "Bring the file back, or `migrate resolve --forget`.");
        for (const auto& id : history.will_skip)
            finding("doctor.will_skip", id + " is pending, and the tool will skip it",
                    "Give it a newer time.");
    }
    unit.error.reset();
}

/// What was begun by this machine and has no end in the log, for the units looked at.
void add_interrupted(const Session& session, const CommandResult& result, std::vector<Error>& findings) {
    constexpr std::size_t kLines = 1000;
    for (const auto& entry : unfinished(session.state_dir / "log.jsonl", kLines)) {
        const bool looked_at =
            std::any_of(result.units.begin(), result.units.end(),
                        [&](const UnitResult& unit) { return unit.unit.id == entry.unit; });
        if (!looked_at) continue;
        const bool restore = entry.command == "restore";
        findings.push_back(
            {"doctor.interrupted",
             fmt::format("{}: {} was started at {} and never ended{}{}", entry.unit, entry.command, entry.at,
                         entry.detail.empty() ? "" : ": ", entry.detail),
             restore ? "What was being made there is not whole; the database itself was not touched."
                     : "It was killed, or is still at work. `status` reads what is really there.",
             {{By::you, {"migrate", "status", "-u", entry.unit}, "", "how things stand now"}}});
    }
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
            examine(*session, one.result, findings);
            result.units.push_back(std::move(one.result));
        }
    }
    add_interrupted(*session, result, findings);
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
