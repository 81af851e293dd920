// sequelize-cli 6: the table. Where no row says otherwise, the facts were seen in or read from
// sequelize-cli 6.2.0 and 6.6.5 (lib/sequelize, lib/commands, lib/core) with umzug 2.3.
#include "adapters/sequelize/sequelize.hpp"

#include "adapters/registry.hpp"
#include "adapters/support/rows.hpp"

namespace migrate {

namespace {

using namespace rows;

constexpr VersionRange kName = since(6, 5);  // db:migrate --name

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "the history table is read directly: db:migrate:status creates it"),
    native(Verb::status, "native",
           "db:migrate:status [--env {env}] [--config {config}] [--migrations-path {dir}]", Risk::apply, {},
           "creates SequelizeMeta where it is missing; lists rows without a file as up"),
    built_in(Verb::history, "", Risk::read, "names only, in order of the files: the table keeps no time"),
    cannot(Verb::diff, "", "sequelize-cli cannot compare models with a database", "migrate status -u {unit}"),
    native(Verb::generate, "", "migration:generate --name {name} [--migrations-path {dir}]", Risk::files, {},
           "an empty CommonJS file, also in a package of type module"),
    native(Verb::generate, "empty", "migration:generate --name {name} [--migrations-path {dir}]",
           Risk::files),
    built_in(Verb::init, "", Risk::files, "writes config/config.json that reads DATABASE_URL"),
    cannot(Verb::pull, "", "sequelize-cli writes no models from a database", "migrate status -u {unit}"),
    native(Verb::run, "", "db:migrate [--env {env}] [--config {config}] [--migrations-path {dir}]",
           Risk::apply, {}, "no transaction: a migration that fails leaves what it did, unrecorded"),
    native(Verb::run, "to",
           "db:migrate --to {file} [--env {env}] [--config {config}] [--migrations-path {dir}]", Risk::apply,
           {}, "a name that is not pending ends with \"already up to date\" and 0"),
    native(Verb::run, "one",
           "db:migrate --name {file} [--env {env}] [--config {config}] [--migrations-path {dir}]",
           Risk::apply, kName),
    native(Verb::rollback, "",
           "db:migrate:undo --name {file} [--env {env}] [--config {config}] [--migrations-path {dir}]",
           Risk::revert, {}, "one step for each migration with its whole name: the tool takes a prefix"),
    cannot(Verb::rollback, "batch", "sequelize-cli keeps no batches",
           "migrate plan rollback --steps 1 -u {unit}"),
    built_in(Verb::redo, "", Risk::revert, "db:migrate:undo --name FILE, then db:migrate for FILE alone"),
    native(Verb::seed, "", "db:seed:all [--env {env}] [--config {config}] [--seeders-path {seeds}]",
           Risk::revert, {}, "without seederStorage every call runs every seeder again"),
    built_in(Verb::baseline, "", Risk::revert, "inserts the names as the tool writes them"),
    built_in(Verb::resolve, "", Risk::revert, "inserts, deletes or renames rows of the history table"),
    cannot(Verb::resolve, "unlock", "sequelize-cli takes no lock that could be stale",
           "migrate status -u {unit}"),
    native(Verb::reset, "", "db:migrate:undo:all [--env {env}] [--config {config}] [--migrations-path {dir}]",
           Risk::destroy, {}, "reverts every migration, then db:migrate"),
    cannot(Verb::push, "", "only the application can call sync(); sequelize-cli has no such command",
           "migrate status -u {unit}"),

    seen(Verb::rollback, "db:migrate:undo", Risk::revert, {}, "the highest file name"),
    seen(Verb::reset, "db:migrate:undo:all --to {file}", Risk::destroy, {},
         "down to and including FILE, by prefix; an empty --to reverts everything"),
    seen({}, "db:migrate:schema:timestamps:add", Risk::revert, {},
         "renames SequelizeMeta to SequelizeMetaBackup and builds it anew"),
    seen(Verb::seed, "db:seed [--seed {files...}]", Risk::revert),
    seen({}, "db:seed:undo", Risk::revert, {}, "runs the down of seeders: deletes rows"),
    seen({}, "db:seed:undo:all", Risk::destroy, {}, "runs the down of every seeder: deletes rows"),
    seen({}, "db:create", Risk::apply),
    seen({}, "db:drop", Risk::destroy, {}, "the whole database, without a question"),
    seen(Verb::generate, "migration:create", Risk::files),
    seen({}, "model:generate", Risk::files),
    seen({}, "model:create", Risk::files),
    seen({}, "seed:generate", Risk::files),
    seen({}, "seed:create", Risk::files),
    seen(Verb::init, "init", Risk::files),
    seen(Verb::init, "init:config", Risk::files),
    seen(Verb::init, "init:migrations", Risk::files),
    seen(Verb::init, "init:models", Risk::files),
    seen(Verb::init, "init:seeders", Risk::files),
    seen({}, "--help", Risk::read),
    seen({}, "--version", Risk::read, {}, "runs .sequelizerc"),
};

constexpr Flag on(std::string_view command, Flag flag) {
    flag.command = command;
    return flag;
}

constexpr Flag kFlags[] = {
    retargeting("--env"),
    retargeting("--config"),
    retargeting("--options-path"),
    retargeting("--url"),
    // Another folder for the same database: history and files no longer belong together.
    valued("--migrations-path", Risk::files),
    valued("--seeders-path"),
    valued("--models-path"),
    flag("--debug"),
    flag("--underscored"),
    flag("--help"),
    flag("--version"),
    on("db:migrate", valued("--to")),
    on("db:migrate", valued("--from")),
    on("db:migrate", valued("--name")),
    on("db:migrate:undo", valued("--name")),
    on("db:migrate:undo:all", valued("--to")),
    on("db:seed", valued("--seed")),
    on("db:seed:undo", valued("--seed")),
    on("migration:generate", valued("--name")),
    on("migration:create", valued("--name")),
    on("seed:generate", valued("--name")),
    on("seed:create", valued("--name")),
    on("model:generate", valued("--name")),
    on("model:create", valued("--name")),
    on("model:generate", valued("--attributes")),
    on("model:create", valued("--attributes")),
    // Overwrites files that may hold uncommitted work.
    on("model:generate", flag("--force", Risk::revert)),
    on("model:create", flag("--force", Risk::revert)),
    on("init:config", flag("--force", Risk::revert)),
    // Delete the folder with all that is in it, and make an empty one (6.6.5).
    on("init", flag("--force", Risk::destroy)),
    on("init:migrations", flag("--force", Risk::destroy)),
    on("init:models", flag("--force", Risk::destroy)),
    on("init:seeders", flag("--force", Risk::destroy)),
    on("db:create", valued("--charset")),
    on("db:create", valued("--collate")),
    on("db:create", valued("--encoding")),
    on("db:create", valued("--ctype")),
    on("db:create", valued("--template")),
};

}  // namespace

const Adapter& sequelize_adapter() {
    static const Adapter adapter{
        .tool = Tool::sequelize,
        .program = "sequelize",
        .title = "Sequelize",
        .rows = kRows,
        .flags = kFlags,
        .traits = {.locks = false,
                   .keeps_checksums = false,
                   .keeps_times = false,
                   .transaction = "none",
                   .lock_timeout = "PGOPTIONS"},
        .needs = sequelize::needs,
        .plan = sequelize::plan,
        .files = sequelize::files,
        .history = sequelize::history,
        .compare = sequelize::compare,
        .targets = sequelize::targets,
        .fits = sequelize::fits,
        .read_status = sequelize::read_status,
    };
    return adapter;
}

}  // namespace migrate
