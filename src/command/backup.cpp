// `backup` and `backup list`: dumps of the units' databases, read back.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "backup/dump.hpp"
#include "backup/rehearsal_mark.hpp"
#include "backup/store.hpp"
#include "command/backup_report.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "report/text.hpp"

namespace migrate {

Json to_json(const Backup& backup) {
    return {{"id", backup.id},
            {"unit", backup.unit},
            {"target", backup.target},
            {"engine", to_string(backup.engine)},
            {"database", backup.database},
            {"taken_at", rfc3339(backup.taken_at)},
            {"finished_at", rfc3339(backup.finished_at)},
            {"format", backup.format},
            {"file", backup.path.string()},
            {"bytes", backup.bytes},
            {"sha256", backup.sha256},
            {"made_by", backup.made_by},
            {"server", backup.server},
            {"verified", backup.verified}};
}

int finish_with(const Session& session, CommandResult& result, const Json& more, const std::string& text) {
    if (!session.json()) return finish(session, result, {}, text);
    result.exit = worst_exit(result.exit, exit_of(result));
    Json document = envelope(result, {.outcome = true});
    document.update(more);
    fmt::print("{}", dump(document));
    if (!session.quiet()) fmt::print(stderr, "{}", text);
    return result.exit;
}

Result<std::vector<GatheredUnit>> units_of(const Session& session, Redactor& redactor,
                                           CommandResult& result) {
    auto selection = selected(session);
    if (!selection) return tl::unexpected(selection.error());
    Request request;
    request.verb = Verb::status;
    GatherSettings settings = gather_settings(session);
    settings.ask_live = true;
    return gather(selection->units, request, settings, redactor, result.errors);
}

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions};
constexpr Positional kList[] = {{.name = "list", .help = "list the backups of this machine instead"}};
constexpr Option kBackupOptions[] = {
    {.name = "format",
     .kind = ValueKind::choice,
     .value = "FORMAT",
     .choices = "custom|directory",
     .help = "PostgreSQL's form of the dump, custom where nothing is said"},
    {.name = "rehearse",
     .help = "also restore the dump into a database of its own beside the original (SQLite: open the copy), "
             "compare the "
             "number of rows in every table, and drop it again"},
    {.name = "keep",
     .kind = ValueKind::number,
     .value = "N",
     .help = "afterwards remove all but the N newest backups of the same database"},
};
constexpr Example kBackupExamples[] = {
    {"migrate backup -u ledger", "dumps the unit's database, reads the dump back, and keeps it"},
    {"migrate backup -u ledger --keep 7", "the same, and keeps the last seven"},
    {"migrate backup -u ledger --rehearse", "the same, and proves that it restores, row by row counted"},
    {"migrate backup list", "what there is to restore, newest last"},
};
std::string size_text(std::uintmax_t bytes) {
    if (bytes < 10'000) return fmt::format("{} bytes", bytes);
    if (bytes < 10'000'000) return fmt::format("{} kB", bytes / 1000);
    return fmt::format("{} MB", bytes / 1'000'000);
}

int list(const Session& session) {
    CommandResult result;
    result.command = "backup";
    result.environment = session.environment;
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& backup : backups_of(session).list()) {
        rows.push_back({backup.id, backup.unit, backup.target, size_text(backup.bytes), backup.verified});
        all.push_back(to_json(backup));
    }
    const std::string text = rows.empty() ? "there are no backups\n" : table(rows);
    return finish_with(session, result, {{"backups", std::move(all)}}, text);
}

DumpSettings dump_settings(const Session& session, const Redactor& redactor) {
    DumpSettings settings;
    settings.store = backups_of(session);
    settings.programs = programs_of(session, redactor);
    settings.rehearsals = rehearsals_of(session);
    settings.format = session.parsed->value("format").value_or("");
    settings.rehearse = session.parsed->given("rehearse");
    settings.now = now_seconds();
    const std::string compact = compact_time(settings.now);
    settings.name = compact.substr(0, 8) + "T" + compact.substr(8) + "Z";
    return settings;
}

/// One unit: each of its databases that the project migrates.
void back_up(const Session& session, GatheredUnit& one, const Redactor& redactor, Json& made,
             std::string& text, std::vector<LogEntry>& log) {
    UnitResult& unit = one.result;
    unit.error.reset();
    text += session.out.bold(unit.unit.id) + "\n";
    for (auto& status : unit.targets) {
        if (!status.target.migrated) continue;
        const std::string name = fingerprint_of(session, status.target);
        text += fmt::format("  {}  {}\n", target_text(status.target), to_string(status.target.level));
        if (!session.quiet())
            fmt::print(stderr, "{}: dumping {}\n", unit.unit.id, target_text(status.target));
        const DumpSettings settings = dump_settings(session, redactor);
        LogEntry entry = log_entry(session, "backup", unit);
        status.error = log_start(session, entry);
        if (status.error) {
            unit.error = status.error;
            return;
        }
        std::string dropped;
        if (settings.rehearse)
            for (const auto& left : drop_left_rehearsals(status.target.connection, settings.rehearsals)) {
                text += fmt::format("  {}   {}, which a rehearsal that was killed had left\n",
                                    session.out.green("dropped"), left);
                dropped += "; dropped " + left;
            }
        auto backup = take_backup(status.target, name, unit.unit.id, settings);
        if (!backup) {
            status.error = backup.error();
            if (!unit.error) unit.error = backup.error();
            text += error_text(backup.error(), session.out);
            entry.outcome = "failed";
            entry.detail = backup.error().code + dropped;
            log.push_back(std::move(entry));
            continue;
        }
        entry.outcome = "done";
        entry.detail = backup->id + dropped;
        log.push_back(std::move(entry));
        made.push_back(to_json(*backup));
        text += fmt::format("  {} {}  {}\n", session.out.green("backed up"), backup->id,
                            session.out.dim(size_text(backup->bytes)));
        text += fmt::format("            {}\n            {}\n", backup->verified, backup->path.string());
        if (auto keep = session.parsed->number("keep"))
            for (const auto& removed : settings.store.prune(name, std::max(1, *keep)))
                text += fmt::format("  removed   {}\n", removed.id);
    }
}

}  // namespace

Result<std::vector<Backup>> back_up_protected(const Session& session, const UnitResult& unit,
                                              const Redactor& redactor) {
    std::vector<Backup> made;
    std::vector<Error> unwritten;
    for (const auto& status : unit.targets) {
        if (!status.target.migrated || !is_protected(status.target.level)) continue;
        const std::string name = fingerprint_of(session, status.target);
        if (!session.quiet())
            fmt::print(stderr, "{}: dumping {}\n", unit.unit.id, target_text(status.target));
        LogEntry entry = log_entry(session, "backup", unit);
        if (auto error = log_start(session, entry)) return tl::unexpected(*error);
        auto backup = take_backup(status.target, name, unit.unit.id, dump_settings(session, redactor));
        entry.outcome = backup ? "done" : "failed";
        entry.detail = backup ? backup->id : backup.error().code;
        write_log(session, {entry}, unwritten);
        if (!backup) return tl::unexpected(backup.error());
        made.push_back(std::move(*backup));
    }
    if (!unwritten.empty()) return tl::unexpected(unwritten.front());
    return made;
}

namespace {

int backup(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "backup", session.error());
    if (auto word = parsed.positional(0)) {
        if (*word == "list") return list(*session);
        return finish(*session, "backup",
                      Error{"usage",
                            "backup takes no argument but `list`: " + *word,
                            "-u names the unit whose database is to be dumped.",
                            {{By::you, {"migrate", "backup", "-u", *word}, "", "if that is a unit"}}});
    }
    CommandResult result;
    result.command = "backup";
    result.environment = session->environment;
    Redactor redactor;
    auto units = units_of(*session, redactor, result);
    if (!units) return finish(*session, "backup", units.error());
    Json made = Json::array();
    std::string text;
    std::vector<LogEntry> log;
    for (auto& one : *units) {
        // A history that cannot be read is no reason to go without a backup.
        if (one.result.targets.empty() && one.result.error)
            text +=
                session->out.bold(one.result.unit.id) + "\n" + error_text(*one.result.error, session->out);
        else
            back_up(*session, one, redactor, made, text, log);
        result.units.push_back(std::move(one.result));
    }
    write_log(*session, log, result.errors);
    return finish_with(*session, result, {{"backups", std::move(made)}}, text);
}

}  // namespace

constinit const Command backup_command{
    .name = "backup",
    .group = Group::database,
    .summary = "dump the database, and read the dump back",
    .description =
        "Dumps the database of each chosen unit with the database's own program (SQLite: by its library), "
        "reads the dump back as a whole, and keeps it outside the repository, private to the user. A fresh "
        "one is what changes on production owe. The password is never a process argument.",
    .positionals = kList,
    .options = kBackupOptions,
    .shared = kShared,
    .examples = kBackupExamples,
    .run = backup,
};

}  // namespace migrate
