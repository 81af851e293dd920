// migrate-mongo: the table. Where no row says otherwise, the facts were seen in or read from migrate-mongo
// 11.0.0, 12.1.3 and 14.0.7 (bin, lib/actions, lib/env, lib/utils/lock); older ones have the commands of 11.
#include "adapters/migrate_mongo/migrate_mongo.hpp"

#include "adapters/registry.hpp"
#include "adapters/support/rows.hpp"

namespace migrate {

namespace {

using namespace rows;

constexpr VersionRange kBlock = since(12, 1);  // migrationBlock, down --block, the soft lock
constexpr VersionRange kDir = since(13);       // --migrations-dir

constexpr Row kRows[] = {
    built_in(
        Verb::status, "", Risk::read,
        "the changelog is read with the project's own driver: migrate-mongo status leaves out rows whose "
        "file is gone"),
    native(Verb::status, "native", "status [--file {config}]", Risk::read, {}, "a table for people"),
    built_in(Verb::history, "", Risk::read, "the changelog, read with the project's own driver"),
    cannot(Verb::diff, "", "MongoDB has no schema that could be compared", "migrate status -u {unit}"),
    native(Verb::generate, "", "create {name} [--file {config}]", Risk::files, {},
           "an empty migration; opens no connection"),
    native(Verb::generate, "empty", "create {name} [--file {config}]", Risk::files),
    built_in(Verb::init, "", Risk::files, "writes migrate-mongo-config.js that reads MONGODB_URL"),
    cannot(Verb::pull, "", "MongoDB has no schema that could be written down", "migrate status -u {unit}"),
    native(Verb::run, "", "up [--file {config}]", Risk::apply, {},
           "each file by itself: what a failed one wrote stays, unrecorded"),
    cannot(Verb::run, "to", "migrate-mongo up always applies everything that is pending",
           "migrate plan run -u {unit}"),
    native(Verb::rollback, "", "down [--file {config}]", Risk::revert, {},
           "one step for each migration: the last applied file by name, so changelog and folder must agree"),
    native(Verb::rollback, "batch", "down --block [--file {config}]", Risk::revert, kBlock,
           "all migrations of the last up"),
    cannot(Verb::rollback, "batch", "migrate-mongo keeps no blocks before 12.1",
           "migrate plan rollback --steps 1 -u {unit}", before(12, 1)),
    built_in(Verb::redo, "", Risk::revert, "down, then up"),
    cannot(Verb::seed, "",
           "migrate-mongo has no seeds; the project's own script can be named in migrate.toml",
           "migrate status -u {unit}"),
    built_in(Verb::baseline, "", Risk::revert, "inserts changelog rows with the project's own driver"),
    built_in(Verb::resolve, "", Risk::revert, "changes changelog rows with the project's own driver"),
    built_in(Verb::resolve, "unlock", Risk::revert, "empties the lock collection", kBlock),
    cannot(Verb::resolve, "unlock", "migrate-mongo takes no lock before 12.1", "migrate status -u {unit}",
           before(12, 1)),
    built_in(Verb::reset, "", Risk::destroy, "down for every applied migration, then up"),
    cannot(Verb::push, "", "MongoDB has no schema that could be pushed", "migrate status -u {unit}"),

    seen(Verb::init, "init", Risk::files),
    seen(Verb::rollback, "down -b", Risk::revert, kBlock, "all migrations of the last up"),
    seen({}, "help [{command}]", Risk::read),
    seen({}, "--help", Risk::read),
    seen({}, "-h", Risk::read),
    seen({}, "--version", Risk::read),
    seen({}, "-V", Risk::read),
};

constexpr Flag on(std::string_view command, Flag flag, VersionRange versions = {}) {
    flag.command = command;
    flag.versions = versions;
    return flag;
}

constexpr Flag kFlags[] = {
    retargeting("-f"),
    retargeting("--file"),
    on("init", valued("-m")),
    on("init", valued("--module")),
    on("down", flag("-b", Risk::revert), kBlock),
    on("down", flag("--block", Risk::revert), kBlock),
    // Another folder for the same database: changelog and files no longer belong together.
    on("create", valued("--migrations-dir"), kDir),
    on("up", valued("--migrations-dir", Risk::revert), kDir),
    on("down", valued("--migrations-dir", Risk::revert), kDir),
    on("status", valued("--migrations-dir"), kDir),
    flag("--help"),
    flag("-h"),
    flag("--version"),
    flag("-V"),
};

}  // namespace

const Adapter& migrate_mongo_adapter() {
    static const Adapter adapter{
        .tool = Tool::migrate_mongo,
        .program = "migrate-mongo",
        .title = "migrate-mongo",
        .rows = kRows,
        .flags = kFlags,
        .traits = {.locks = false,  // off in the template (lockTtl: 0), and not atomic
                   .keeps_checksums = false,
                   .keeps_times = true,
                   .transaction = "none, unless a migration uses a session",
                   .lock_timeout = "cannot"},
        .needs = migrate_mongo::needs,
        .plan = migrate_mongo::plan,
        .files = migrate_mongo::files,
        .history = migrate_mongo::history,
        .compare = migrate_mongo::compare,
        .targets = migrate_mongo::targets,
        .fits = migrate_mongo::fits,
        .read_status = migrate_mongo::read_status,
    };
    return adapter;
}

}  // namespace migrate
