// Knex: the table. Where no row says otherwise, the facts were seen in or read from knex 2.0.0, 2.5.1,
// 3.1.0 and 3.3.0 (bin/cli.js, lib/migrations).
#include "adapters/knex/knex.hpp"
#include "adapters/registry.hpp"
#include "adapters/support/rows.hpp"

namespace migrate {

namespace {

using namespace rows;

constexpr VersionRange kTo = since(3, 3);       // migrate:to and migrate:before, #6420
constexpr VersionRange kDisable = since(3, 2);  // --disable-transactions

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "the history table is read directly: migrate:list creates its tables, and the SQLite file"),
    native(Verb::status, "native", "migrate:list [--knexfile {knexfile}] [--env {env}]", Risk::apply, {},
           "creates knex_migrations and knex_migrations_lock where they are missing"),
    built_in(Verb::history, "", Risk::read, "read from the history table"),
    cannot(Verb::diff, "", "Knex has no models that a database could be compared with",
           "migrate status -u {unit}"),
    native(Verb::generate, "", "migrate:make {name} [-x {extension}] [--knexfile {knexfile}] [--env {env}]",
           Risk::files, {},
           "an empty migration; the database driver must be installed, but no connection is opened"),
    native(Verb::generate, "empty",
           "migrate:make {name} [-x {extension}] [--knexfile {knexfile}] [--env {env}]", Risk::files),
    built_in(Verb::init, "", Risk::files, "writes a knexfile that reads DATABASE_URL"),
    cannot(Verb::pull, "", "Knex keeps no schema file that could be updated from the database",
           "migrate status -u {unit}"),
    native(Verb::run, "", "migrate:latest [--knexfile {knexfile}] [--env {env}]", Risk::apply, {},
           "one batch; on PostgreSQL and SQLite one transaction, unless a migration says transaction: false"),
    native(Verb::run, "to", "migrate:to {file} [--knexfile {knexfile}] [--env {env}]", Risk::apply, kTo,
           "one batch up to and including FILE"),
    native(Verb::run, "to", "migrate:up {file} [--knexfile {knexfile}] [--env {env}]", Risk::apply,
           before(3, 3), "before 3.3 there is no migrate:to: one step and one batch for each migration"),
    native(Verb::run, "one", "migrate:up {file} [--knexfile {knexfile}] [--env {env}]", Risk::apply),
    native(Verb::rollback, "", "migrate:down {file} [--knexfile {knexfile}] [--env {env}]", Risk::revert, {},
           "one step for each migration, newest row first"),
    native(Verb::rollback, "batch", "migrate:rollback [--knexfile {knexfile}] [--env {env}]", Risk::revert,
           {}, "reverts the whole last batch: on a database that was migrated in one go, everything"),
    built_in(Verb::redo, "", Risk::revert, "migrate:down FILE, then migrate:up FILE"),
    native(Verb::seed, "", "seed:run [--knexfile {knexfile}] [--env {env}]", Risk::revert, {},
           "all seed files by name; the template of a seed begins with deleting the table's rows"),
    built_in(Verb::baseline, "", Risk::revert,
             "inserts the rows as Knex writes them: name, next batch, migration_time"),
    built_in(Verb::resolve, "", Risk::revert, "inserts, deletes or renames rows of the history table"),
    native(Verb::resolve, "unlock", "migrate:unlock [--knexfile {knexfile}] [--env {env}]", Risk::revert, {},
           "empties the lock table and inserts one free row: a runner that still works is no longer alone"),
    native(Verb::reset, "", "migrate:rollback --all [--knexfile {knexfile}] [--env {env}]", Risk::destroy, {},
           "reverts every migration, then migrate:latest"),
    cannot(Verb::push, "", "Knex has no models that could be pushed", "migrate status -u {unit}"),

    seen(Verb::status, "migrate:status", Risk::apply, {}, "alias of migrate:list"),
    seen(Verb::status, "migrate:currentVersion", Risk::apply, {}, "creates the history tables"),
    seen(Verb::run, "migrate:up", Risk::apply, {}, "the next pending migration"),
    seen(Verb::run, "migrate:before {file}", Risk::apply, kTo,
         "runs what sorts before FILE, reverts nothing"),
    seen(Verb::rollback, "migrate:down", Risk::revert, {}, "the last applied migration by file name"),
    seen({}, "seed:make {name}", Risk::revert, {}, "overwrites a seed of that name without a word"),
    seen(Verb::init, "init", Risk::files, {}, "writes a knexfile"),
    seen({}, "help [{command}]", Risk::read),
    seen({}, "--help", Risk::read),
    seen({}, "-h", Risk::read),
    seen({}, "--version", Risk::read),
    seen({}, "-V", Risk::read),
};

constexpr Flag disable_transactions(std::string_view command) {
    return {.command = command, .name = "--disable-transactions", .risk = Risk::revert, .versions = kDisable};
}

constexpr Flag kFlags[] = {
    retargeting("--knexfile"),
    retargeting("--env"),
    retargeting("--cwd"),
    retargeting("--client"),
    retargeting("--connection"),
    // Another folder or table for the same database: history and files no longer belong together.
    valued("--migrations-directory", Risk::revert),
    valued("--migrations-table-name", Risk::revert),
    valued("--knexpath"),
    flag("--debug"),
    flag("--esm"),
    flag("--verbose"),
    flag("--help"),
    flag("-h"),
    valued("--specific"),
    flag("--timestamp-filename-prefix"),
    valued("-x"),
    valued("--stub"),
    {.command = "migrate:rollback", .name = "--all", .risk = Risk::destroy},
    disable_transactions("migrate:latest"),
    disable_transactions("migrate:up"),
    disable_transactions("migrate:to"),
    disable_transactions("migrate:before"),
    disable_transactions("migrate:down"),
    disable_transactions("migrate:rollback"),
};

}  // namespace

const Adapter& knex_adapter() {
    static const Adapter adapter{
        .tool = Tool::knex,
        .program = "knex",
        .title = "Knex",
        .rows = kRows,
        .flags = kFlags,
        .traits = {.locks = true,
                   .keeps_checksums = false,
                   .keeps_times = true,
                   .transaction =
                       "all pending in one where no migration says transaction: false (MySQL: none)",
                   .lock_timeout = "PGOPTIONS"},
        .needs = knex::needs,
        .plan = knex::plan,
        .files = knex::files,
        .history = knex::history,
        .compare = knex::compare,
        .targets = knex::targets,
        .fits = knex::fits,
        .read_status = knex::read_status,
    };
    return adapter;
}

}  // namespace migrate
