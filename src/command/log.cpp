#include "policy/log.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flow.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "report/text.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

constexpr Option kOptions[] = {
    {.name = "verify", .help = "walk the chain of hashes and say whether a line was changed"},
    {.name = "limit",
     .kind = ValueKind::number,
     .value = "N",
     .help = "so many of the last entries; default: 20"},
};
constexpr Example kExamples[] = {
    {"migrate log", "the last things that changed something, or were refused"},
    {"migrate log --verify", "ends with 3 where the log was tampered with"},
};

int log(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "log", session.error());
    auto file = session->state_dir / "log.jsonl";
    CommandResult result;
    result.command = "log";
    result.environment = session->environment;
    if (parsed.given("verify")) {
        LogCheck check = verify_log(file);
        if (check.broken_line == 0)
            return finish(*session, result, {},
                          fmt::format("{} entries, the chain holds ({})\n", check.lines, file.string()));
        result.errors.push_back({"check.log",
                                 fmt::format("{}:{}: {}", file.string(), check.broken_line, check.why),
                                 "Entries from there on prove nothing.",
                                 {}});
        return finish(*session, result, {}, "");
    }
    auto lines = read_log(file, static_cast<std::size_t>(parsed.number("limit").value_or(20)));
    const auto open = unfinished(file, lines.size());
    auto is_open = [&](const Json& entry) {
        return std::any_of(open.begin(), open.end(),
                           [&](const LogEntry& one) { return one.previous == entry.value("previous", ""); });
    };
    Json entries = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& line : lines) {
        Json entry = Json::parse(line, nullptr, false);
        if (!entry.is_object() || !entry.contains("at")) continue;
        auto text = [&](const char* key) { return entry.value(key, ""); };
        const bool started = text("outcome") == "started", never_ended = started && is_open(entry);
        if (!started || never_ended)
            rows.push_back({text("at"), text("user"), text("command"), text("unit"), text("target"),
                            never_ended ? "never ended" : text("outcome"), text("detail")});
        entries.push_back(std::move(entry));
    }
    if (session->json()) {
        Json document = envelope(result, {});
        document["entries"] = std::move(entries);
        fmt::print("{}", dump(document));
        return 0;
    }
    fmt::print("{}", rows.empty() ? "nothing was changed or refused yet\n" : table(rows));
    return 0;
}

std::string caller_text(const Caller& caller) {
    if (caller.person) return "person";
    return caller.agent_signs.empty() ? "no person" : "agent (" + caller.agent_signs.front() + ")";
}

/// What became of the unit, in a word, and the detail that goes with it; nullopt where nothing happened.
std::optional<std::pair<std::string, std::string>> outcome_of(const UnitResult& unit) {
    if (unit.error && exit_status(unit.error->code) == 4)
        return std::pair{std::string("refused"), unit.error->code};
    std::string ids;
    for (const auto& done : unit.done)
        ids += (ids.empty() ? "" : " ") + std::string(done.direction == "up" ? "+" : "-") + done.id;
    if (unit.error && unit.changed != Changed::nothing)
        return std::pair{std::string("failed"), unit.error->code + (ids.empty() ? "" : " " + ids)};
    if (unit.changed == Changed::nothing) return std::nullopt;
    for (const auto& file : unit.files) ids += (ids.empty() ? "" : " ") + file;
    return std::pair{std::string("done"), ids};
}

/// Whether a run before this one was killed behind the tool's work: this one found everything done.
bool ends_a_killed_one(const Session& session, const Prepared& prepared, const UnitResult& unit) {
    if (!changes_something(prepared.request.verb) || unit.error || !unit.skipped.empty() || !unit.plan ||
        !unit.plan->steps.empty() || unit.targets.empty())
        return false;
    const auto before = stopped(session.state_dir / "log.jsonl", unit.unit.id,
                                display(unit.targets.front().target.connection));
    return before && before->outcome == "never ended";
}

}  // namespace

LogEntry log_entry(const Session& session, const std::string& command, const UnitResult& unit) {
    LogEntry entry;
    entry.at = rfc3339(now_seconds());
    entry.user = session.caller.user;
    entry.pid = ::getpid();
    entry.caller = caller_text(session.caller);
    entry.command = command;
    entry.unit = unit.unit.id;
    if (!unit.targets.empty()) {
        entry.target = display(unit.targets.front().target.connection);
        entry.level = to_string(unit.targets.front().target.level);
    }
    return entry;
}

void write_log(const Session& session, const std::vector<LogEntry>& entries, std::vector<Error>& errors) {
    std::vector<std::filesystem::path> files{session.state_dir / "log.jsonl"};
    if (auto extra = session.parsed->value("log")) files.push_back(session.invocation->cwd / *extra);
    for (const auto& file : files)
        if (auto written = append_log(file, entries); !written) errors.push_back(written.error());
}

std::optional<Error> log_start(const Session& session, LogEntry entry) {
    entry.outcome = "started";
    std::vector<Error> errors;
    write_log(session, {std::move(entry)}, errors);
    if (errors.empty()) return std::nullopt;
    errors.front().hint = "Nothing was started: what changes a database must leave a line there.";
    return errors.front();
}

void log_outcome(const Session& session, Prepared& prepared) {
    std::vector<LogEntry> entries;
    for (std::size_t i = 0; i < prepared.result.units.size(); ++i) {
        const UnitResult& unit = prepared.result.units[i];
        auto outcome = outcome_of(unit);
        // What was begun has an end, also where it changed nothing.
        if (!outcome && prepared.units[i].started)
            outcome = unit.error ? std::pair{std::string("failed"), unit.error->code}
                                 : std::pair{std::string("done"), std::string()};
        if (!outcome && ends_a_killed_one(session, prepared, unit))
            outcome = {"done", "nothing was left to do"};
        if (!outcome) continue;
        LogEntry entry = log_entry(session, prepared.result.command, unit);
        entry.plan_id = prepared.plan.id;
        entry.outcome = outcome->first;
        entry.detail = outcome->second;
        entries.push_back(std::move(entry));
    }
    write_log(session, entries, prepared.result.errors);
}

constinit const Command log_command{
    .name = "log",
    .group = Group::look,
    .summary = "the audit log; --verify checks its chain",
    .description =
        "Everything that changed something, or was refused, is one line of an append-only log. Each line "
        "holds the hash of the line before it.",
    .options = kOptions,
    .examples = kExamples,
    .run = log,
};

}  // namespace migrate
