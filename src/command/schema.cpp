#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "config/schema_entry.hpp"
#include "plan/schema.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions};
constexpr Option kOptions[] = {
    {.name = "out",
     .short_name = 'o',
     .kind = ValueKind::file,
     .value = "FILE",
     .help = "write it there instead of to stdout; the file is left alone where it is the same"},
    {.name = "after-run",
     .help = "keep that file current: after each run, rollback and redo on a database that is not protected"},
};
constexpr Example kExamples[] = {
    {"migrate schema -u ledger", "prints the SQL that makes the schema of the unit called ledger"},
    {"migrate schema -u ledger --out db/schema.sql --after-run",
     "writes db/schema.sql, and lets every run write it again"},
};

std::optional<Error> must_be_one(const Selection& selection) {
    if (selection.units.size() < 2) return std::nullopt;
    std::vector<Next> next;
    for (const auto& one : selection.units)
        next.push_back({By::you, {"migrate", "schema", "-u", one.unit.id}, "", ""});
    return Error{"unit.ambiguous",
                 fmt::format("schema needs one unit, and {} are chosen", selection.units.size()),
                 "Nothing was written.", std::move(next)};
}

/// The one target that the unit migrates.
Result<Target> target_of(const UnitResult& unit) {
    std::vector<Target> targets;
    for (const auto& status : unit.targets)
        if (status.target.migrated) targets.push_back(status.target);
    if (targets.size() == 1) return targets.front();
    Error error{"unit.ambiguous",
                fmt::format("{} has {} databases, and schema needs one", unit.unit.id, targets.size()),
                "Nothing was written.",
                {}};
    for (const auto& target : targets)
        error.next.push_back(
            {By::you, {"migrate", "schema", "-u", unit.unit.id + '@' + target.name}, "", ""});
    return tl::unexpected(std::move(error));
}

/// The file as migrate.toml names it.
Result<std::string> below_root(const Session& session, const std::string& file) {
    const auto path = (session.invocation->cwd / file).lexically_normal();
    std::string relative = path.lexically_relative(session.root).generic_string();
    if (relative.empty() || relative == ".." || relative.starts_with("../"))
        return fail("usage", fmt::format("--out {} lies outside the repository", file),
                    "A file that is kept current lies below " + session.root.string() + '.');
    return relative;
}

Result<void> keep_after_run(const Session& session, UnitResult& unit, const std::string& file) {
    auto relative = below_root(session, file);
    if (!relative) return tl::unexpected(relative.error());
    const auto config = session.root / "migrate.toml";
    const std::string before = read_file(config).value_or("");
    auto text = with_schema_file(before, session.config, unit.unit, *relative);
    if (!text) return tl::unexpected(text.error());
    if (*text == before) return {};
    if (auto written = write_file(config, *text); !written) return written;
    unit.files.emplace_back("migrate.toml");
    return {};
}

/// Where the text goes: the file that is named, else the one that is kept current.
std::string file_of(const Session& session, const Unit& unit) {
    if (auto out = session.parsed->value("out")) return *out;
    const UnitConfig* entry = config_of(session.config, unit);
    if (!session.parsed->given("after-run") || !entry || entry->schema_file.empty()) return "";
    return (session.root / entry->schema_file).string();
}

Result<void> write_files(const Session& session, UnitResult& unit) {
    const std::string file = file_of(session, unit.unit);
    if (file.empty()) return {};
    if (session.parsed->given("after-run"))
        if (auto kept = keep_after_run(session, unit, file); !kept) return kept;
    auto written = write_schema(session.invocation->cwd / file, unit.text);
    if (!written) return tl::unexpected(written.error());
    if (*written) unit.files.push_back(file);
    return {};
}

/// Reads the schema, and writes it where it is to be kept.
void read_schema(const Session& session, UnitResult& unit) {
    auto target = target_of(unit);
    if (!target) {
        unit.error = target.error();
        return;
    }
    auto text = schema_of(unit.unit, *target, session.root);
    if (!text) {
        unit.error = text.error();
        return;
    }
    unit.text = std::move(*text);
    if (auto written = write_files(session, unit); !written) unit.error = written.error();
    if (!unit.files.empty()) unit.changed = Changed::files;
}

int schema(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "schema", session.error());
    auto selection = selected(*session);
    if (!selection) return finish(*session, "schema", selection.error());
    if (auto error = must_be_one(*selection)) return finish(*session, "schema", *error);
    CommandResult result;
    result.command = "schema";
    result.environment = session->environment;
    GatherSettings settings = gather_settings(*session);
    settings.read_histories = false;
    Redactor redactor;
    std::string shown;
    for (auto& one : gather(selection->units, Request{}, settings, redactor, result.errors)) {
        UnitResult& unit = one.result;
        if (!unit.error && result.errors.empty()) read_schema(*session, unit);
        if (unit.error && !(session->json() && session->quiet()))
            fmt::print(stderr, "{}", error_text(*unit.error, session->err));
        for (const auto& file : unit.files) shown += "wrote " + file + '\n';
        if (!session->json() && !unit.error && file_of(*session, unit.unit).empty()) shown = unit.text;
        result.units.push_back(std::move(unit));
    }
    return finish(*session, result, {.outcome = true}, shown);
}

}  // namespace

constinit const Command schema_command{
    .name = "schema",
    .group = Group::look,
    .summary = "the database's schema as SQL, the same everywhere",
    .description =
        "Writes the SQL that makes the schema of the unit's database again in an empty one: ordered, without "
        "owners, rights, versions, counters and rows, without history tables. Two databases with one schema "
        "give one text, on every machine. Reads only; no other program is needed.\n\n"
        "With --after-run the file is entered in migrate.toml as the unit's schema_file, and every run, "
        "rollback and redo on a database that is not protected writes it again.",
    .options = kOptions,
    .shared = kShared,
    .examples = kExamples,
    .run = schema,
};

}  // namespace migrate
