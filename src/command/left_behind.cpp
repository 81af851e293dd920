#include "command/left_behind.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "backup/rehearsal_mark.hpp"
#include "command/flow.hpp"
#include "db/scratch.hpp"
#include "policy/log.hpp"
#include "target/url.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLines = 1000;  // of the log

struct Place {
    std::string unit;
    const Target* target = nullptr;
    std::unique_ptr<db::Database> session;
};

bool exists(const Place& place, const std::string& database) {
    if (is_file_engine(place.target->connection)) {
        std::error_code error;
        return fs::exists(database, error);
    }
    if (!place.session) return true;
    const std::array<db::Value, 1> name{database};
    auto rows = place.session->query(place.session->engine() == Engine::postgresql
                                         ? "SELECT 1 FROM pg_catalog.pg_database WHERE datname = ?"
                                         : "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?",
                                     name);
    return !rows || !rows->rows.empty();
}

Next drop_by_person(const Place& place, const std::string& database, const char* when) {
    Next next{By::person, {"rm", database}, when, "removes it"};
    if (!is_file_engine(place.target->connection))
        next.argv = drop_command(place.target->connection, database);
    return next;
}

void add_rehearsals(const Session& session, const Place& place, std::vector<Error>& findings) {
    if (!place.session) return;
    auto left = left_rehearsals(*place.session, place.target->connection, rehearsals_of(session));
    if (!left) return;
    for (const auto& one : *left) {
        Error finding{
            "doctor.rehearsal",
            fmt::format("{}: the database {} is left of a rehearsal that {}", place.unit, one.database,
                        one.ours ? "was killed" : "was killed, or is at work on another machine"),
            "It holds a copy of the data.",
            {drop_by_person(place, one.database, one.ours ? "" : "nobody works with it")}};
        if (one.ours) {
            finding.hint += " The next rehearsal drops it.";
            finding.next.insert(finding.next.begin(), {By::you,
                                                       {"migrate", "backup", "--rehearse", "-u", place.unit},
                                                       "",
                                                       "drops it, and takes a backup that is rehearsed"});
        }
        findings.push_back(std::move(finding));
    }
}

/// Scratch databases are never made on the server of a protected target.
void add_scratch(const Place& place, std::vector<Error>& findings) {
    if (is_protected(place.target->level)) return;
    for (const auto& name :
         place.session ? db::scratch_databases(*place.session) : db::scratch_files(place.target->connection))
        findings.push_back(
            {"doctor.scratch",
             fmt::format("{}: {} is left of a `generate` or `diff` that was killed, or is at work",
                         place.unit, name),
             "It was made empty, for comparing; nothing of yours is in it.",
             {place.session
                  ? drop_by_person(place, name, "nothing is at work any more")
                  : Next{By::person, {"rm", "-r", name}, "nothing is at work any more", "removes it"}}});
}

void add_interrupted(const Session& session, const std::vector<Place>& places, const CommandResult& result,
                     std::vector<Error>& findings) {
    for (const auto& entry : unresolved(session.state_dir / "log.jsonl", kLines)) {
        const bool looked_at =
            std::any_of(result.units.begin(), result.units.end(),
                        [&](const UnitResult& unit) { return unit.unit.id == entry.unit; });
        if (!looked_at) continue;
        Error finding{"doctor.interrupted",
                      fmt::format("{}: {} was started at {} and never ended{}{}", entry.unit, entry.command,
                                  entry.at, entry.detail.empty() ? "" : ": ", entry.detail),
                      "It was killed, or is still at work. `status` reads what is really there.",
                      {{By::you, {"migrate", "status", "-u", entry.unit}, "", "how things stand now"}}};
        if (entry.command == "restore") {
            finding.hint = "What was being made there is not whole; the database itself was not touched.";
            const auto place = std::find_if(places.begin(), places.end(), [&](const Place& one) {
                return one.unit == entry.unit && display(one.target->connection) == entry.target;
            });
            constexpr std::string_view kInto = " into ";
            const std::size_t at = entry.detail.find(kInto);
            if (place != places.end() && at != std::string::npos) {
                std::string made = entry.detail.substr(at + kInto.size());
                if (is_file_engine(place->target->connection)) made = (session.root / made).string();
                // Dropped since: there is nothing left of it.
                if (!exists(*place, made)) continue;
                finding.next = {drop_by_person(*place, made, "nothing is at work there any more")};
            }
        }
        findings.push_back(std::move(finding));
    }
}

}  // namespace

void add_left_behind(const Session& session, const CommandResult& result, std::vector<Error>& findings) {
    std::vector<Place> places;
    std::set<std::string> seen;
    for (const auto& unit : result.units)
        for (const auto& status : unit.targets) {
            if (!status.target.migrated || status.error) continue;
            Place place{unit.unit.id, &status.target, nullptr};
            if (!is_file_engine(status.target.connection))
                if (auto opened = db::open(status.target.connection, {})) place.session = std::move(*opened);
            places.push_back(std::move(place));
            // Two units of one database have the same neighbours.
            if (!seen.insert(display(status.target.connection)).second) continue;
            add_rehearsals(session, places.back(), findings);
            add_scratch(places.back(), findings);
        }
    add_interrupted(session, places, result, findings);
}

}  // namespace migrate
