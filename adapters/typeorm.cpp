// TypeORM: the table. Where no row says otherwise, the facts were seen in or read from typeorm 0.2.45,
// 0.3.0, 0.3.31 and 1.1.1; the versions in which a flag appeared from the packages before and after it.
// Long names only: -f, -d and -t change their meaning from version to version and command to command.
#include "adapters/typeorm/typeorm.hpp"

#include "adapters/registry.hpp"
#include "adapters/support/rows.hpp"

namespace migrate {

namespace {

using namespace rows;

constexpr VersionRange kOld = before(0, 3);          // ormconfig, connections by name
constexpr VersionRange kNew = since(0, 3);           // -d data source
constexpr VersionRange kFake = since(0, 3, 8);       // run --fake, revert --fake
constexpr VersionRange kEsm = since(0, 3, 23);       // --esm
constexpr VersionRange kCheck = since(0, 2, 32);     // generate --dryrun and --check
constexpr VersionRange kOutputJs = since(0, 2, 29);  // --outputJs

constexpr Row kRows[] = {
    built_in(
        Verb::status, "", Risk::read,
        "the history table is read directly: migration:show creates it, lists no row without a class, and "
        "prints nothing with logger: 'file'"),
    native(Verb::status, "native", "migration:show --dataSource {ds}", Risk::apply, kNew),
    native(Verb::status, "native", "migration:show [--connection {connection}] [--config {config}]",
           Risk::apply, kOld, "until 0.2.41 ends with 1 when something is pending"),
    built_in(Verb::history, "", Risk::read, "in order of id; TypeORM keeps no time of application"),

    native(Verb::diff, "", "schema:log --dataSource {ds}", Risk::read, kNew,
           "the SQL that would bring the database to the entities"),
    native(Verb::diff, "", "schema:log [--connection {connection}] [--config {config}]", Risk::read, kOld),

    native(
        Verb::generate, "", "migration:generate {path} --dataSource {ds} [--outputJs={js}] [--esm={esm}]",
        Risk::files, kNew,
        "compares the entities with a database that has every migration: a scratch one, never the real one"),
    native(Verb::generate, "",
           "migration:generate --name {name} [--dir {dir}] [--outputJs={js}] [--connection {connection}] "
           "[--config {config}]",
           Risk::files, kOld),
    native(Verb::generate, "empty", "migration:create {path} [--outputJs={js}] [--esm={esm}]", Risk::files,
           since(0, 3, 4)),
    native(Verb::generate, "empty", "migration:create {path} [--outputJs={js}]", Risk::files,
           between({0, 3, 0}, {0, 3, 4}), "writes the file without a timestamp in front of its name"),
    native(Verb::generate, "empty", "migration:create --name {name} [--dir {dir}] [--outputJs={js}]",
           Risk::files, kOld),

    built_in(Verb::init, "", Risk::files, "writes a data source that reads DATABASE_URL"),
    cannot(Verb::pull, "", "TypeORM writes no entities from a database", "migrate diff -u {unit}"),

    native(Verb::run, "", "migration:run --dataSource {ds} [--transaction {transaction}]", Risk::apply, kNew,
           "all pending in one transaction unless the data source says each or none"),
    native(Verb::run, "",
           "migration:run [--transaction {transaction}] [--connection {connection}] [--config {config}]",
           Risk::apply, kOld),
    cannot(Verb::run, "to", "migration:run always applies everything that is pending",
           "migrate plan run -u {unit}"),

    native(Verb::rollback, "", "migration:revert --dataSource {ds}", Risk::revert, kNew,
           "one step for each migration: always the row with the highest id, not the newest timestamp"),
    native(Verb::rollback, "", "migration:revert [--connection {connection}] [--config {config}]",
           Risk::revert, kOld),
    cannot(Verb::rollback, "batch", "TypeORM keeps no batches", "migrate plan rollback --steps 1 -u {unit}"),
    built_in(Verb::redo, "", Risk::revert, "migration:revert, then migration:run"),
    cannot(Verb::seed, "", "TypeORM has no seeds; the project's own script can be named in migrate.toml",
           "migrate status -u {unit}"),

    built_in(Verb::baseline, "", Risk::revert, "inserts the rows as TypeORM writes them: timestamp and name"),
    native(Verb::baseline, "all", "migration:run --fake --dataSource {ds} [--transaction {transaction}]",
           Risk::revert, kFake, "marks everything that is pending as applied, never a part of it"),
    built_in(Verb::resolve, "", Risk::revert, "inserts, deletes or renames rows of the history table"),
    cannot(Verb::resolve, "unlock", "TypeORM takes no lock that could be stale", "migrate status -u {unit}"),

    native(Verb::reset, "", "schema:drop --dataSource {ds}", Risk::destroy, kNew,
           "drops every table of the schema, the project's own or not (MySQL: of the database), then "
           "migration:run"),
    native(Verb::reset, "", "schema:drop [--connection {connection}] [--config {config}]", Risk::destroy,
           kOld),
    native(Verb::push, "", "schema:sync --dataSource {ds}", Risk::destroy, kNew,
           "makes the database like the entities: a changed type or length drops the column and its values"),
    native(Verb::push, "", "schema:sync [--connection {connection}] [--config {config}]", Risk::destroy,
           kOld),

    seen(Verb::baseline, "migration:run --fake", Risk::revert, kFake),
    seen(Verb::baseline, "migration:run -f", Risk::revert, kFake),
    seen(Verb::resolve, "migration:revert --fake", Risk::revert, kFake, "forgets the last row only"),
    seen(Verb::resolve, "migration:revert -f", Risk::revert, kFake),
    seen(Verb::diff, "migration:generate [{path}] --dryrun", Risk::read, kCheck, "prints instead of writing"),
    seen(Verb::diff, "migration:generate [{path}] --dr", Risk::read, kCheck),
    seen(Verb::diff, "migration:generate [{path}] --check", Risk::read, kCheck,
         "ends with 1 when the entities and the database differ"),
    seen(Verb::diff, "migration:generate [{path}] --ch", Risk::read, kCheck),
    seen(Verb::generate, "migration:generate", Risk::files),
    seen(Verb::generate, "migration:create", Risk::files),
    seen(Verb::generate, "migrations:create", Risk::files, kOld, "deprecated alias"),
    seen(Verb::generate, "migrations:generate", Risk::files, kOld, "deprecated alias"),
    seen(Verb::run, "migrations:run", Risk::apply, kOld, "deprecated alias"),
    seen(Verb::rollback, "migrations:revert", Risk::revert, kOld, "deprecated alias"),
    seen({}, "query {sql}", Risk::destroy, {}, "any SQL"),
    seen({}, "cache:clear", Risk::revert, {}, "empties the table of cached query results"),
    seen({}, "entity:create [{path}]", Risk::files),
    seen({}, "subscriber:create [{path}]", Risk::files),
    seen(Verb::init, "init", Risk::files, {}, "writes a whole project and installs its packages"),
    seen({}, "version", Risk::read),
    seen({}, "--version", Risk::read),
    seen({}, "-v", Risk::read),
    seen({}, "--help", Risk::read),
    seen({}, "-h", Risk::read),
    seen({}, "help", Risk::read),
};

constexpr Flag with(Flag flag, std::string_view command, VersionRange versions) {
    flag.command = command;
    flag.versions = versions;
    return flag;
}

constexpr Flag kFlags[] = {
    with(retargeting("--dataSource"), "", kNew),
    with(retargeting("-d"), "", kNew),
    with(retargeting("--connection"), "", kOld),
    with(retargeting("-c"), "", kOld),
    with(retargeting("--config"), "", kOld),
    with(retargeting("-f"), "", kOld),
    with(valued("-d"), "", kOld),  // --dir
    with(valued("--dir"), "", kOld),
    with(valued("-n"), "", kOld),
    with(valued("--name"), "", kOld),
    with(flag("-f", Risk::revert), "migration:run", kFake),
    with(flag("--fake", Risk::revert), "migration:run", kFake),
    with(flag("-f", Risk::revert), "migration:revert", kFake),
    with(flag("--fake", Risk::revert), "migration:revert", kFake),
    valued("-t"),
    valued("--transaction"),
    with(valued("--timestamp"), "", since(0, 2, 42)),
    with(flag("-o"), "", kOutputJs),
    with(flag("--outputJs"), "", kOutputJs),
    with(flag("--esm"), "", kEsm),
    flag("-p"),
    flag("--pretty"),
    with(flag("--dr"), "migration:generate", kCheck),
    with(flag("--dryrun"), "migration:generate", kCheck),
    with(flag("--ch"), "migration:generate", kCheck),
    with(flag("--check"), "migration:generate", kCheck),
    with(valued("-n"), "init", {}),
    with(valued("--name"), "init", {}),
    with(valued("--db"), "init", {}),
    with(valued("--database"), "init", {}),
    with(flag("--express"), "init", {}),
    with(flag("--docker"), "init", {}),
    with(valued("--pm"), "init", {}),
    with(valued("--manager"), "init", {}),
    with(valued("--ms"), "init", {}),
    with(valued("--module"), "init", {}),
    flag("--help"),
    flag("-h"),
    flag("--version"),
    flag("-v"),
};

}  // namespace

const Adapter& typeorm_adapter() {
    static const Adapter adapter{
        .tool = Tool::typeorm,
        .program = "typeorm",
        .title = "TypeORM",
        .rows = kRows,
        .flags = kFlags,
        .traits = {.locks = false,
                   .keeps_checksums = false,
                   .keeps_times = false,
                   .transaction = "all pending in one; migrationsTransactionMode each or none (MySQL: none)",
                   .lock_timeout = "PGOPTIONS"},
        .needs = typeorm::needs,
        .plan = typeorm::plan,
        .files = typeorm::files,
        .history = typeorm::history,
        .compare = typeorm::compare,
        .targets = typeorm::targets,
        .fits = typeorm::fits,
        .read_status = typeorm::read_status,
    };
    return adapter;
}

}  // namespace migrate
