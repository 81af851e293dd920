#include <fmt/format.h>

#include <algorithm>

#include "command/flow.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "report/detect.hpp"
#include "report/text.hpp"
#include "run/process.hpp"

namespace migrate {

namespace {

/// What a unit still lacks before it can be used; "" if nothing.
std::string lacking(const Session& session, const UnitResult& unit) {
    if (unit.error) return unit.error->code;
    if (unit.unit.launch.empty()) return "";
    auto path = session.env().get("PATH").value_or("");
    return find_program(unit.unit.launch.front(), path, session.root / unit.unit.root) ? "" : "not installed";
}

/// Whether detection's problems, which are listed below the units, say the same.
bool said_of(const Scan& scan, const Error& error) {
    return std::any_of(scan.problems.begin(), scan.problems.end(), [&](const Problem& problem) {
        return error.message.starts_with(problem.path) && error.message.ends_with(problem.message);
    });
}

/// A local database that does not answer, is missing, or holds nothing yet.
bool is_not_there(const TargetStatus& target) {
    if (target.target.level > Level::local) return false;
    if (target.error) return target.error->code == "target.unreachable";
    return !target.history.database_exists || target.history.state == State::uninitialised;
}

/// `migrate` alone: the units, where each points, what is missing, what to type next.
std::string text_of(const Session& session) {
    if (auto suggestion = suggest(session.scan))
        return suggestion_text(*suggestion, session.out) + problems_text(session.scan, session.out);
    std::vector<SelectedUnit> units;
    for (const auto& unit : session.scan.units) units.push_back({unit, false, ""});
    Request request;
    request.verb = Verb::status;
    Redactor redactor;
    std::vector<Error> ignored;
    std::vector<std::vector<std::string>> rows;
    std::string missing;
    bool can_be_set_up = false;
    for (const auto& one : gather(units, request, gather_settings(session), redactor, ignored)) {
        const UnitResult& unit = one.result;
        std::string name =
            unit.unit.alias.empty() ? unit.unit.id : unit.unit.alias + " (" + unit.unit.id + ")";
        std::string lacks = lacking(session, unit);
        if (unit.targets.empty()) rows.push_back({name, "", "", lacks});
        if (unit.error && unit.targets.empty() && !said_of(session.scan, *unit.error))
            missing += error_text(*unit.error, session.out);
        for (const auto& target : unit.targets) {
            can_be_set_up = can_be_set_up || is_not_there(target);
            rows.push_back({name, target_text(target.target), std::string(to_string(target.target.level)),
                            lacks.empty() ? state_text(target) : lacks});
        }
    }
    std::size_t count = session.scan.units.size();
    std::string title = fmt::format("{} migration unit{}", count, count == 1 ? "" : "s");
    std::string text =
        fmt::format("{} in {}\n\n{}\n", session.out.bold(title), session.root.string(), table(rows));
    if (!missing.empty()) text += missing + "\n";
    std::vector<Next> next{{By::you, {"migrate", "status", "--all"}, "", "what is applied and pending"},
                           {By::you, {"migrate", "plan", "run", "--all"}, "", "what `migrate run` would do"},
                           {By::you, {"migrate", "doctor", "--all"}, "", "what is missing"}};
    if (can_be_set_up)
        next.push_back({By::you,
                        {"migrate", "setup", "--all"},
                        "",
                        "starts, creates, migrates and seeds the local databases"});
    return text + problems_text(session.scan, session.out) + next_text(next, session.out);
}

int overview(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "", session.error());
    if (session->json())
        fmt::print("{}", dump(detect_json(session->scan, session->environment)));
    else
        fmt::print("{}", text_of(*session));
    return 0;
}

}  // namespace

constinit const Command overview_command{
    .name = "",
    .group = Group::look,
    .summary = "what is here, where it points, and what to type next",
    .run = overview,
};

}  // namespace migrate
