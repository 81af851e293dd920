// drizzle-kit's command line, up to 0.20, from 0.21 to 0.x, and 1.0. Seen with 0.20.18, 0.24.2, 0.30.6,
// 0.31.11 and 1.0.0-rc.5. Names of one syntax given to a kit of the other end with 0 and do nothing.
#include "adapters/drizzle/drizzle.hpp"
#include "adapters/support/rows.hpp"

namespace migrate::drizzle {

namespace {

using namespace migrate::rows;

constexpr VersionRange kDialect = before(0, 21);                   // verb:dialect
constexpr VersionRange kJournal = between({0, 21, 0}, {1, 0, 0});  // verb, meta/_journal.json
constexpr VersionRange kNoColon = {.from = {0, 21, 0}};            // verb
constexpr VersionRange kFolders = {.from = {1, 0, 0}};             // a folder for each migration
constexpr VersionRange kBefore1 = before(1);
constexpr VersionRange kExports = {.from = {0, 30, 1}};
constexpr VersionRange kForce = {.from = {0, 22, 0}};

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "drizzle-kit has no status: journal and history table are compared"),
    built_in(Verb::history, "", Risk::read,
             "the history table is read; before 1.0 it keeps no time of application"),

    cannot(Verb::diff, "",
           "before 1.0 it has no comparison that is sure to change nothing: `generate` writes files, `push` "
           "applies what it finds",
           "migrate status -u {unit}", kBefore1),

    native(Verb::run, "", "migrate [--config {config}]", Risk::apply, kJournal,
           "applies what is newer than the newest row and silently skips the rest; a failure is said by the "
           "exit status alone"),
    native(Verb::run, "", "migrate [--config {config}]", Risk::apply, kFolders,
           "applies every folder whose name the history does not hold"),
    built_in(
        Verb::run, "", Risk::apply,
        "0.20 has no command to migrate, its application does it: each migration is executed with its row, "
        "as the migrator of drizzle-orm does",
        kDialect),
    cannot(Verb::run, "to", "`drizzle-kit migrate` applies everything that is pending",
           "migrate plan run -u {unit}", kNoColon),

    native(Verb::generate, "pg", "generate:pg [--config {config}]", Risk::files, kDialect,
           "takes no name: it makes one up"),
    native(Verb::generate, "mysql", "generate:mysql [--config {config}]", Risk::files, kDialect,
           "takes no name: it makes one up"),
    native(Verb::generate, "sqlite", "generate:sqlite [--config {config}]", Risk::files, kDialect,
           "takes no name: it makes one up"),
    native(Verb::generate, "", "generate --name {name} [--config {config}]", Risk::files, kJournal,
           "ends with 0 whatever happens: the new file is the proof"),
    native(Verb::generate, "", "generate --name {name} --output json [--hints {hints}] [--config {config}]",
           Risk::files, kFolders, "ends with 2 where a rename has to be told from a new column (--hints)"),
    native(Verb::generate, "empty-pg", "generate:pg --custom [--config {config}]", Risk::files, kDialect),
    native(Verb::generate, "empty-mysql", "generate:mysql --custom [--config {config}]", Risk::files,
           kDialect),
    native(Verb::generate, "empty-sqlite", "generate:sqlite --custom [--config {config}]", Risk::files,
           kDialect),
    native(Verb::generate, "empty", "generate --custom --name {name} [--config {config}]", Risk::files,
           kJournal),
    native(Verb::generate, "empty", "generate --custom --name {name} --output json [--config {config}]",
           Risk::files, kFolders),

    built_in(Verb::init, "", Risk::files,
             "writes drizzle.config.ts and a schema; then `npm install drizzle-orm` and `npm install -D "
             "drizzle-kit`"),

    native(Verb::pull, "pg", "introspect:pg [--config {config}]", Risk::files, kDialect,
           "overwrites schema.ts in the migrations directory"),
    native(Verb::pull, "mysql", "introspect:mysql [--config {config}]", Risk::files, kDialect,
           "overwrites schema.ts in the migrations directory"),
    native(Verb::pull, "sqlite", "introspect:sqlite [--config {config}]", Risk::files, kDialect,
           "overwrites schema.ts in the migrations directory"),
    native(Verb::pull, "", "pull [--config {config}]", Risk::files, kJournal,
           "overwrites schema.ts and relations.ts in the migrations directory"),
    native(Verb::pull, "", "pull --output json [--config {config}]", Risk::files, kFolders,
           "overwrites schema.ts and relations.ts in the migrations directory"),

    built_in(Verb::rollback, "", Risk::revert,
             "Drizzle has no rollback: executes the down file beside each migration (NAME.down.sql, 1.0: "
             "down.sql in the folder) and deletes its row"),
    cannot(Verb::rollback, "batch", "Drizzle keeps no batches: its history has one row for each migration",
           "migrate rollback --steps 1 -u {unit}"),
    cannot(Verb::rollback, "none", "Drizzle has no rollback, and there is no down file beside the migration",
           "migrate restore -u {unit}"),
    built_in(Verb::redo, "", Risk::revert, "the down file of the last migration, then the migration again"),

    built_in(Verb::seed, "", Risk::revert, "Drizzle has no seeds: the seed script of package.json is run"),
    cannot(Verb::seed, "none", "Drizzle has no seeds, and package.json has no script for them",
           "migrate explain seed -u {unit}"),

    built_in(
        Verb::baseline, "", Risk::revert,
        "inserts the row of each migration as the migrator writes it, and makes the table if it is missing"),
    built_in(Verb::resolve, "", Risk::revert,
             "--applied, --edited, --renamed and --forget change the one row that is meant"),
    cannot(Verb::resolve, "rolled-back",
           "its history holds only what is applied: a migration that failed has no row",
           "migrate plan run -u {unit}"),
    cannot(Verb::resolve, "unlock", "drizzle-kit takes no lock", "migrate doctor -u {unit}"),
    cannot(Verb::resolve, "resume",
           "its history does not say how far a migration came; on PostgreSQL a failed one leaves nothing",
           "migrate plan run -u {unit}"),

    cannot(Verb::reset, "", "drizzle-kit has no command that empties a database",
           "migrate rollback -u {unit}"),

    native(Verb::push, "pg", "push:pg [--config {config}]", Risk::destroy, kDialect,
           "changes the schema behind the history's back; waits for ever where it wants to ask"),
    native(Verb::push, "mysql", "push:mysql [--config {config}]", Risk::destroy, kDialect,
           "changes the schema behind the history's back; waits for ever where it wants to ask"),
    native(Verb::push, "sqlite", "push:sqlite [--config {config}]", Risk::destroy, kDialect,
           "changes the schema behind the history's back; waits for ever where it wants to ask"),
    native(
        Verb::push, "", "push [--config {config}]", Risk::destroy, kJournal,
        "changes the schema behind the history's back; without a terminal it ends with 0 where it wants to "
        "ask, or waits for ever (before 0.31.10)"),
    native(Verb::push, "", "push --output json [--config {config}]", Risk::destroy, kFolders,
           "changes the schema behind the history's back; ends with 2 where it wants to ask"),

    // Recognised only.
    seen(Verb::push, "push --force", Risk::destroy, {},
         "drops and empties tables without asking (0.22 to 0.31)"),
    // Behind push and generate, whose command lines begin alike.
    native(Verb::diff, "", "generate --explain [--config {config}]", Risk::read, kFolders,
           "what the schema has and the migrations do not; writes nothing"),
    native(Verb::diff, "database", "push --explain [--config {config}]", Risk::read, kFolders,
           "what the schema has and the database does not; ends with 2 where it would have to ask"),
    seen(Verb::generate, "generate --fix-conflicts", Risk::revert, kFolders,
         "deletes migration folders and writes one new; databases that ran them must be made anew"),
    seen(Verb::baseline, "pull --init", Risk::revert, kFolders,
         "writes the first migration from the database and records it as applied"),
    seen(Verb::pull, "introspect", Risk::files, kNoColon, "the other name of pull"),
    seen(std::nullopt, "check", Risk::read, kNoColon),
    seen(std::nullopt, "export", Risk::read, kExports, "prints the whole schema as SQL"),
    seen(std::nullopt, "up", Risk::files, kNoColon, "rewrites the journal and the snapshots in place"),
    seen(std::nullopt, "drop", Risk::files, {}, "deletes a migration file; the database keeps its change"),
    seen(std::nullopt, "studio", Risk::revert, {}, "edits and deletes rows by hand, in a browser"),
    seen(std::nullopt, "--version", Risk::read),
    seen(std::nullopt, "-v", Risk::read),
    seen(std::nullopt, "--help", Risk::read),
    seen(std::nullopt, "-h", Risk::read),
    seen(std::nullopt, "help", Risk::read),
    // The old names on a new kit: a note that they are deprecated, exit status 0, nothing done. A kit whose
    // version is unknown may be an old one: then the rows above hold.
    seen(Verb::generate, "generate:pg", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::generate, "generate:mysql", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::generate, "generate:sqlite", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::push, "push:pg", Risk::destroy, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::push, "push:mysql", Risk::destroy, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::push, "push:sqlite", Risk::destroy, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::pull, "introspect:pg", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::pull, "introspect:mysql", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(Verb::pull, "introspect:sqlite", Risk::files, {}, "does nothing from 0.21 on, and ends with 0"),
    seen(std::nullopt, "check:pg", Risk::read),
    seen(std::nullopt, "check:mysql", Risk::read),
    seen(std::nullopt, "check:sqlite", Risk::read),
    seen(std::nullopt, "up:pg", Risk::files),
    seen(std::nullopt, "up:mysql", Risk::files),
    seen(std::nullopt, "up:sqlite", Risk::files),
};

constexpr Flag of(std::string_view command, std::string_view name, bool takes_value = false,
                  Risk risk = Risk::read, VersionRange versions = {}) {
    return {command, name, takes_value, risk, versions, false};
}
/// A flag that says where the database is.
constexpr Flag elsewhere(std::string_view name, std::string_view command = {}) {
    return {command, name, true, Risk::read, {}, true};
}

constexpr Flag kFlags[] = {
    flag("--help"),
    flag("-h"),
    flag("--version"),
    elsewhere("--config"),
    // push, pull, introspect, studio and 0.20's verbs take a connection instead of a configuration.
    elsewhere("--url"),
    elsewhere("--connectionString"),
    elsewhere("--uri"),
    elsewhere("--host", "push"),
    elsewhere("--port", "push"),
    elsewhere("--host", "pull"),
    elsewhere("--port", "pull"),
    elsewhere("--host", "introspect"),
    elsewhere("--port", "introspect"),
    elsewhere("--host", "push:pg"),
    elsewhere("--port", "push:pg"),
    elsewhere("--host", "push:mysql"),
    elsewhere("--port", "push:mysql"),
    elsewhere("--host", "introspect:pg"),
    elsewhere("--port", "introspect:pg"),
    elsewhere("--host", "introspect:mysql"),
    elsewhere("--port", "introspect:mysql"),
    elsewhere("--user"),
    elsewhere("--password"),
    elsewhere("--database"),
    elsewhere("--ssl"),
    elsewhere("--auth-token"),
    elsewhere("--authToken"),
    valued("--dialect"),
    valued("--driver"),
    valued("--schema"),
    valued("--out"),
    valued("--prefix"),
    valued("--tablesFilter"),
    valued("--schemaFilters"),
    valued("--schemaFilter"),
    valued("--extensionsFilters"),
    valued("--introspect-casing"),
    valued("--casing"),
    of("", "--breakpoints", true),
    flag("--strict"),
    flag("--verbose"),
    valued("--output"),
    valued("--hints"),
    valued("--hints-file"),

    of("generate", "--name", true),
    of("generate", "--custom"),
    of("generate", "--explain", false, Risk::read, kFolders),
    of("generate", "--fix-conflicts", false, Risk::revert, kFolders),
    of("generate", "--ignore-conflicts", false, Risk::files, kFolders),
    of("generate:pg", "--custom"),
    of("generate:mysql", "--custom"),
    of("generate:sqlite", "--custom"),
    of("push", "--force", false, Risk::destroy, kForce),
    of("push", "--explain", false, Risk::read, kFolders),
    // A hint can be the answer "yes, lose the data".
    of("push", "--hints", true, Risk::destroy, kFolders),
    of("push", "--hints-file", true, Risk::destroy, kFolders),
    of("migrate", "--ignore-conflicts", false, Risk::apply, kFolders),
    of("check", "--ignore-conflicts", false, Risk::read, kFolders),
    of("pull", "--init", false, Risk::revert, kFolders),
    of("export", "--sql"),
    of("studio", "--port", true),
    of("studio", "--host", true),
};

}  // namespace

std::span<const Row> rows() {
    return kRows;
}

std::span<const Flag> flags() {
    return kFlags;
}

}  // namespace migrate::drizzle
