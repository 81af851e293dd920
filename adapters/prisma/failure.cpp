// What Prisma's error codes mean for a migration that did not go through (5.22.0, 6.19.3, 7.10.1).
#include <algorithm>

#include "adapters/prisma/prisma.hpp"

namespace migrate::prisma {

namespace {

constexpr std::string_view kDatabaseError = "Database error:\n";

std::string_view trimmed(std::string_view text) {
    auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// What stands behind `label`, up to `end`; "" where there is no such label.
std::string_view behind(std::string_view text, std::string_view label, std::string_view end = "\n") {
    std::size_t at = text.find(label);
    if (at == std::string_view::npos) return "";
    text.remove_prefix(at + label.size());
    return trimmed(text.substr(0, text.find(end)));
}

/// PostgreSQL takes a file as one transaction; elsewhere the statements before the failing one stand.
bool one_transaction(const Unit& unit) {
    return std::all_of(unit.engines.begin(), unit.engines.end(),
                       [](Engine engine) { return engine == Engine::postgresql; });
}

Error migration_failed(const FailedStep& failed) {
    const std::string name(behind(failed.said, "Migration name:"));
    std::string cause(behind(failed.said, kDatabaseError, "\n\n"));
    if (cause.empty()) cause = "Prisma does not say why";
    if (auto code = behind(failed.said, "Database error code:"); !code.empty())
        cause += " (" + std::string(code) + ")";
    if (failed.step.target == "scratch")
        return {
            "tool.failed",
            failed.unit.id + ": " + name + " cannot be applied to an empty database: " + cause,
            "The migrations alone do not make this database. Correct " + name +
                ", or add what it takes for granted to an earlier one. Nothing but the scratch database was "
                "touched.",
            {}};
    return {
        "tool.failed", failed.unit.id + ": " + name + " failed: " + cause,
        one_transaction(failed.unit)
            ? "PostgreSQL has undone all of it, unless the file ends transactions itself. Prisma applies "
              "nothing more before this one is resolved."
            : "The statements before the failing one have stayed. Prisma applies nothing more before this "
              "one is resolved.",
        ways_out(failed.unit.id, name)};
}

}  // namespace

std::string cause_in_logs(std::string_view logs) {
    std::string_view cause = behind(logs, kDatabaseError, "\n\n");
    if (!cause.empty()) return std::string(cause);
    // The engine's stack begins with its first frame.
    cause = trimmed(logs.substr(0, logs.find("\n   0: ")));
    return std::string(cause);
}

std::vector<Next> ways_out(const std::string& unit, const std::string& migration) {
    return {{By::you,
             {"migrate", "resolve", "--rolled-back", migration, "-u", unit},
             "nothing of it is in the database",
             "makes it pending again, to be applied once it is corrected"},
            {By::you,
             {"migrate", "resolve", "--applied", migration, "-u", unit},
             "all of it is in the database",
             "records it as applied"}};
}

std::optional<Error> explained(const FailedStep& failed) {
    auto says = [&](std::string_view words) { return failed.said.find(words) != std::string_view::npos; };
    if (says("P3018")) return migration_failed(failed);
    if (says("P3005"))
        return Error{
            "tool.failed",
            failed.unit.id + ": the database holds tables and no history of Prisma (P3005)",
            "Prisma applies nothing before it is told which migrations are in there already. Nothing "
            "was changed.",
            {{By::you,
              {"migrate", "plan", "baseline", "-u", failed.unit.id},
              "the tables are those of the migrations",
              "records them as applied"}}};
    if (says("P1002") && says("advisory lock"))
        return Error{
            "target.busy",
            failed.unit.id + ": another Prisma holds the lock of this database (P1002)",
            "It waited ten seconds. Through a pooler that hands out transactions, such a lock may be "
            "left behind: directUrl goes past it.",
            {}};
    return std::nullopt;
}

}  // namespace migrate::prisma
