// Prisma's command line, versions 4 to 7. Seen with 5.22.0, 6.19.3 and 7.10.1; the breaks between them are
// of the CLI's own help and sources (branches 6.0.x, 6.19.x, v7).
#include "adapters/prisma/prisma.hpp"
#include "adapters/support/rows.hpp"

namespace migrate::prisma {

namespace {

using namespace migrate::rows;

constexpr VersionRange kOld = before(7);                      // --schema everywhere, URLs in the schema
constexpr VersionRange kNew = between({7, 0, 0}, {8, 0, 0});  // URLs in prisma.config only
constexpr VersionRange kResets = before(6, 5);                // migrate dev offers to wipe the database
constexpr VersionRange kSince6_5 = between({6, 5, 0}, {8, 0, 0});

constexpr std::string_view kNoBatches = "Prisma keeps no batches: its history has one row for each migration";

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "the history table is read: `migrate status` of Prisma says \"up to date\" of edited and of "
             "missing migrations, and ends with 1 for everything else"),
    native(Verb::status, "native", "migrate status [--schema {schema}] [--config {config}]", Risk::read, {},
           "0 is up to date, 1 is pending, failed, diverged or unreachable"),
    built_in(Verb::history, "", Risk::read, "the history table is read; Prisma has no command for it"),

    native(Verb::diff, "",
           "migrate diff --from-schema-datasource {schema} --to-schema-datamodel {schema} [{script}]",
           Risk::read, kOld, "what the models have and the database does not"),
    native(Verb::diff, "",
           "migrate diff --from-config-datasource --to-schema {schema} [{script}] [--config {config}]",
           Risk::read, kNew, "what the models have and the database does not"),
    native(Verb::diff, "reverse",
           "migrate diff --from-schema-datamodel {schema} --to-schema-datasource {schema} [{script}]",
           Risk::read, kOld, "the way back from the models to the database"),
    native(Verb::diff, "reverse",
           "migrate diff --from-schema {schema} --to-config-datasource [{script}] [--config {config}]",
           Risk::read, kNew, "the way back from the models to the database"),
    native(Verb::diff, "first", "migrate diff --from-empty --to-schema-datamodel {schema} --script",
           Risk::read, kOld, "needs no database"),
    native(Verb::diff, "first", "migrate diff --from-empty --to-schema {schema} --script [--config {config}]",
           Risk::read, kNew, "needs no database"),
    native(Verb::diff, "first-reverse", "migrate diff --from-schema-datamodel {schema} --to-empty --script",
           Risk::read, kOld),
    native(Verb::diff, "first-reverse",
           "migrate diff --from-schema {schema} --to-empty --script [--config {config}]", Risk::read, kNew),
    native(Verb::diff, "url", "migrate diff --from-url {scratch} --to-schema-datamodel {schema} --script",
           Risk::read, kOld, "SQLite whose URL stands in the schema: a file has no password to show"),
    native(Verb::diff, "url-reverse",
           "migrate diff --from-schema-datamodel {schema} --to-url {scratch} --script", Risk::read, kOld),

    native(Verb::run, "", "migrate deploy [--schema {schema}] [--config {config}]", Risk::apply, {},
           "applies everything that is pending, in the order of the folders' names; asks nothing"),
    cannot(Verb::run, "to", "`migrate deploy` applies everything that is pending",
           "migrate plan run -u {unit}"),

    built_in(Verb::generate, "", Risk::files,
             "composed of `migrate diff --script` against a scratch database that holds the migrations: "
             "`migrate dev --create-only` would apply what is pending first, and may ask"),
    built_in(Verb::generate, "empty", Risk::files, "writes migration.sql and down.sql to be filled in"),

    built_in(Verb::init, "", Risk::files,
             "writes schema.prisma (7: prisma.config.ts too); then `npm install -D prisma` and the client"),

    native(Verb::pull, "", "db pull [--schema {schema}] [--config {config}]", Risk::files, {},
           "rewrites the models in the schema from the database"),

    built_in(Verb::rollback, "", Risk::revert,
             "Prisma has no rollback: executes the down.sql beside each migration and deletes its row"),
    cannot(Verb::rollback, "batch", kNoBatches, "migrate rollback --steps 1 -u {unit}"),
    cannot(Verb::rollback, "none", "Prisma has no rollback, and there is no down.sql beside the migration",
           "migrate restore -u {unit}"),
    built_in(Verb::redo, "", Risk::revert, "down.sql of the last migration, then `migrate deploy`"),

    native(
        Verb::seed, "", "db seed [-- {args...}]", Risk::revert, kOld,
        "runs the command of package.json#prisma.seed (6: also migrations.seed of prisma.config), split at "
        "blanks, without a shell; 6 ends with 0 where none is configured"),
    native(
        Verb::seed, "", "db seed [--config {config}] [-- {args...}]", Risk::revert, kNew,
        "runs migrations.seed of prisma.config, split at blanks, without a shell; ends with 0 where none is "
        "configured"),

    native(Verb::resolve, "", "migrate resolve --applied {name} [--schema {schema}] [--config {config}]",
           Risk::revert),
    native(Verb::resolve, "rolled-back",
           "migrate resolve --rolled-back {name} [--schema {schema}] [--config {config}]", Risk::revert, {},
           "only a failed migration; it is pending again then"),
    built_in(
        Verb::resolve, "rows", Risk::revert,
        "--edited, --renamed and --forget change the one row that is meant; Prisma has no command for it"),
    cannot(Verb::resolve, "unlock", "Prisma's lock ends with the session that holds it",
           "migrate doctor -u {unit}"),
    cannot(Verb::resolve, "resume",
           "Prisma does not know how far a failed migration came: say with --applied that it is through, or "
           "with --rolled-back that nothing of it is left",
           "migrate resolve -u {unit}"),
    native(Verb::baseline, "", "migrate resolve --applied {name} [--schema {schema}] [--config {config}]",
           Risk::revert, {}, "once for each migration; creates the history table"),

    native(Verb::reset, "",
           "migrate reset --force --skip-generate --skip-seed [--schema {schema}] [--config {config}]",
           Risk::destroy, kOld, "drops the database or schema, and applies all migrations"),
    native(Verb::reset, "", "migrate reset --force [--schema {schema}] [--config {config}]", Risk::destroy,
           kNew, "drops the database or schema, and applies all migrations"),
    native(Verb::push, "", "db push --skip-generate [--schema {schema}] [--config {config}]", Risk::destroy,
           kOld, "changes the schema behind the history's back; ends with 1 where values would be lost"),
    native(Verb::push, "", "db push [--schema {schema}] [--config {config}]", Risk::destroy, kNew,
           "changes the schema behind the history's back; ends with 1 where values would be lost"),

    // Recognised only. Where ranges overlap for an unknown version, the more dangerous row stands first.
    seen(std::nullopt, "migrate dev", Risk::revert, kResets,
         "applies what is pending; on a terminal it offers to wipe the database when it finds drift"),
    seen(std::nullopt, "migrate dev", Risk::apply, kSince6_5,
         "applies what is pending and what the models add; needs a shadow database"),
    seen(Verb::generate, "migrate dev --create-only", Risk::revert, kResets,
         "applies what is pending before it writes the new migration"),
    seen(Verb::generate, "migrate dev --create-only", Risk::apply, kSince6_5,
         "applies what is pending before it writes the new migration"),
    seen(Verb::push, "db push --force-reset", Risk::destroy, {}, "drops everything first, the history too"),
    seen(Verb::push, "db push --accept-data-loss", Risk::destroy, {},
         "drops columns and tables with their data"),
    seen(Verb::pull, "db pull --print", Risk::read),
    seen(Verb::pull, "introspect", Risk::files, before(5), "the old name of db pull"),
    seen(std::nullopt, "db execute [--url {url}] [--schema {schema}] [--file {file}]", Risk::destroy, {},
         "any SQL"),
    native(Verb::generate, "execute", "db execute --url {scratch} --file {file}", Risk::destroy, kOld,
           "only ever on a scratch file of ours: SQLite whose URL stands in the schema"),
    seen(std::nullopt, "db drop", Risk::destroy, {}, "unknown to 5 and later; drops the database"),
    seen(std::nullopt, "studio", Risk::revert, {}, "edits and deletes rows by hand, in a browser"),
    seen(std::nullopt, "generate", Risk::files, {}, "writes the client, no migration"),
    seen(std::nullopt, "validate", Risk::read),
    seen(std::nullopt, "format", Risk::files),
    seen(std::nullopt, "format --check", Risk::read),
    seen(Verb::init, "init", Risk::files),
    seen(std::nullopt, "version", Risk::read),
    seen(std::nullopt, "debug", Risk::read),
    seen(std::nullopt, "dev", Risk::files, between({6, 6, 0}, {8, 0, 0}),
         "a PostgreSQL server on this machine"),
    seen(std::nullopt, "dev ls", Risk::read, between({6, 6, 0}, {8, 0, 0})),
    seen(std::nullopt, "dev rm", Risk::destroy, between({6, 6, 0}, {8, 0, 0}), "deletes that server's data"),
    seen(std::nullopt, "--version", Risk::read),
    seen(std::nullopt, "-v", Risk::read),
    seen(std::nullopt, "--help", Risk::read),
    seen(std::nullopt, "-h", Risk::read),
};

constexpr Flag of(std::string_view command, std::string_view name, bool takes_value = false,
                  Risk risk = Risk::read, VersionRange versions = {}, bool retargets = false) {
    return {command, name, takes_value, risk, versions, retargets};
}
/// A flag that names another database, as a URL, a file or a schema.
constexpr Flag elsewhere(std::string_view command, std::string_view name, VersionRange versions = {}) {
    return {command, name, true, Risk::read, versions, true};
}

constexpr Flag kFlags[] = {
    flag("--help"),
    flag("-h"),
    flag("--preview-feature"),
    flag("--early-access-feature"),
    valued("--telemetry-information"),
    flag("--no-hints"),
    elsewhere("", "--schema"),
    elsewhere("", "--config", {{6, 0, 0}, {8, 0, 0}}),

    of("migrate dev", "--name", true),
    of("migrate dev", "-n", true),
    of("migrate dev", "--create-only"),
    of("migrate dev", "--skip-seed", false, Risk::read, kOld),
    of("migrate dev", "--skip-generate", false, Risk::read, kOld),
    elsewhere("migrate dev", "--url", kNew),
    of("migrate reset", "--force", false, Risk::destroy),
    of("migrate reset", "-f", false, Risk::destroy),
    of("migrate reset", "--skip-seed", false, Risk::read, kOld),
    of("migrate reset", "--skip-generate", false, Risk::read, kOld),
    of("migrate resolve", "--applied", true),
    of("migrate resolve", "--rolled-back", true),

    of("migrate diff", "--from-empty"),
    of("migrate diff", "--to-empty"),
    of("migrate diff", "--from-migrations", true),
    of("migrate diff", "--to-migrations", true),
    of("migrate diff", "--from-schema-datamodel", true, Risk::read, kOld),
    of("migrate diff", "--to-schema-datamodel", true, Risk::read, kOld),
    of("migrate diff", "--from-schema", true, Risk::read, kNew),
    of("migrate diff", "--to-schema", true, Risk::read, kNew),
    of("migrate diff", "--from-config-datasource", false, Risk::read, kNew),
    of("migrate diff", "--to-config-datasource", false, Risk::read, kNew),
    elsewhere("migrate diff", "--from-schema-datasource", kOld),
    elsewhere("migrate diff", "--to-schema-datasource", kOld),
    elsewhere("migrate diff", "--from-url", kOld),
    elsewhere("migrate diff", "--to-url", kOld),
    elsewhere("migrate diff", "--from-local-d1", kOld),
    elsewhere("migrate diff", "--to-local-d1", kOld),
    // The shadow database is wiped, whatever is in it.
    of("migrate diff", "--shadow-database-url", true, Risk::destroy, {}, true),
    of("migrate diff", "--script"),
    of("migrate diff", "--exit-code"),
    of("migrate diff", "--output", true, Risk::files),
    of("migrate diff", "-o", true, Risk::files),

    of("db push", "--accept-data-loss", false, Risk::destroy),
    of("db push", "--force-reset", false, Risk::destroy),
    of("db push", "--skip-generate", false, Risk::read, kOld),
    elsewhere("db push", "--url", kNew),
    of("db pull", "--force", false, Risk::files),
    of("db pull", "--print"),
    of("db pull", "--composite-type-depth", true),
    of("db pull", "--schemas", true),
    of("db pull", "--local-d1"),
    elsewhere("db pull", "--url"),
    elsewhere("db execute", "--url", kOld),
    of("db execute", "--file", true),
    of("db execute", "--stdin"),

    of("studio", "--port", true),
    of("studio", "-p", true),
    of("studio", "--browser", true),
    of("studio", "-b", true),
    of("studio", "--hostname", true),
    of("studio", "-n", true),
    elsewhere("studio", "--url", kNew),
    of("generate", "--generator", true),
    of("generate", "--watch"),
    of("generate", "--no-engine"),
    of("generate", "--data-proxy"),
    of("generate", "--accelerate"),
    of("generate", "--sql"),
    of("generate", "--allow-no-models"),
    of("generate", "--require-models"),
    of("format", "--check"),
    of("version", "--json"),
    of("", "--version"),
    of("init", "--datasource-provider", true),
    of("init", "--generator-provider", true),
    of("init", "--url", true),
    of("init", "--output", true),
    of("init", "--with-model"),
    of("dev", "--name", true),
    of("dev", "--port", true),
};

}  // namespace

std::span<const Row> rows() {
    return kRows;
}

std::span<const Flag> flags() {
    return kFlags;
}

}  // namespace migrate::prisma
