// What the command lines of dbmate, goose, golang-migrate, sql-migrate and the Supabase CLI would do. These
// programs are never started from here; their words only serve to judge a command line. The first word is
// the program. Facts: `--help` and README of dbmate 2.31, goose 3.29, golang-migrate 4.20.1, sql-migrate
// 1.8.1, Supabase CLI 2.
#include "adapters/sql/neighbours.hpp"

#include "adapters/support/rows.hpp"

namespace migrate::raw_sql {

namespace {

using namespace rows;

constexpr Row kDbmate[] = {
    seen(Verb::run, "dbmate up", Risk::apply, {},
         "creates the database if it is missing, rewrites db/schema.sql"),
    seen(Verb::run, "dbmate migrate", Risk::apply),
    seen(Verb::rollback, "dbmate rollback", Risk::revert, {},
         "where the newest applied file is gone it silently reverts the one before"),
    seen(Verb::rollback, "dbmate down", Risk::revert),
    seen({}, "dbmate drop", Risk::destroy, {}, "drops the database"),
    seen({}, "dbmate create", Risk::apply, {}, "creates the database"),
    seen({}, "dbmate load", Risk::revert, {}, "executes db/schema.sql"),
    seen({}, "dbmate dump", Risk::files, {}, "rewrites db/schema.sql"),
    seen({}, "dbmate wait", Risk::read),
    seen(Verb::status, "dbmate status", Risk::apply, {}, "creates its table where it is missing"),
    seen(Verb::generate, "dbmate new {name}", Risk::files),
    seen(Verb::generate, "dbmate n {name}", Risk::files),
    seen({}, "dbmate help [{command}]", Risk::read),
    seen({}, "dbmate --help", Risk::read),
    seen({}, "dbmate --version", Risk::read),
};

// goose takes driver and database as two words before the command, or from GOOSE_DRIVER and GOOSE_DBSTRING.
constexpr Row kGoose[] = {
    seen(Verb::run, "goose up", Risk::apply),
    seen(Verb::run, "goose {driver} {database} up", Risk::apply),
    seen(Verb::run, "goose up-by-one", Risk::apply),
    seen(Verb::run, "goose {driver} {database} up-by-one", Risk::apply),
    seen(Verb::run, "goose up-to {version}", Risk::apply),
    seen(Verb::run, "goose {driver} {database} up-to {version}", Risk::apply),
    seen(Verb::rollback, "goose down", Risk::revert),
    seen(Verb::rollback, "goose {driver} {database} down", Risk::revert),
    seen(Verb::rollback, "goose down-to {version}", Risk::revert),
    seen(Verb::rollback, "goose {driver} {database} down-to {version}", Risk::revert),
    seen(Verb::reset, "goose down-to 0", Risk::destroy, {}, "reverts every migration"),
    seen(Verb::reset, "goose {driver} {database} down-to 0", Risk::destroy, {}, "reverts every migration"),
    seen(Verb::redo, "goose redo", Risk::revert),
    seen(Verb::redo, "goose {driver} {database} redo", Risk::revert),
    seen(Verb::reset, "goose reset", Risk::destroy, {}, "reverts every migration"),
    seen(Verb::reset, "goose {driver} {database} reset", Risk::destroy, {}, "reverts every migration"),
    seen(Verb::status, "goose status", Risk::apply, {}, "creates its table where it is missing"),
    seen(Verb::status, "goose {driver} {database} status", Risk::apply, {},
         "creates its table where it is missing"),
    seen(Verb::status, "goose version", Risk::apply, {}, "creates its table where it is missing"),
    seen(Verb::status, "goose {driver} {database} version", Risk::apply, {},
         "creates its table where it is missing"),
    seen(Verb::generate, "goose create {name} [{kind}]", Risk::files),
    seen(Verb::generate, "goose {driver} {database} create {name} [{kind}]", Risk::files),
    seen({}, "goose fix", Risk::files, {}, "renumbers files with timestamps"),
    seen({}, "goose validate", Risk::read),
    seen({}, "goose env", Risk::read),
    seen({}, "goose -version", Risk::read),
    seen({}, "goose -h", Risk::read),
};

constexpr Row kGolangMigrate[] = {
    seen(Verb::run, "migrate up", Risk::apply),
    seen(Verb::run, "migrate up {n}", Risk::apply),
    seen(Verb::reset, "migrate down", Risk::destroy, {}, "without a number it reverts every migration"),
    seen(Verb::rollback, "migrate down {n}", Risk::revert),
    seen(Verb::reset, "migrate down -all", Risk::destroy, {}, "reverts every migration"),
    seen(Verb::run, "migrate goto {version}", Risk::revert, {}, "forth or back"),
    seen({}, "migrate drop", Risk::destroy, {}, "drops everything in the database"),
    seen(Verb::resolve, "migrate force {version}", Risk::revert, {}, "sets the version, runs nothing"),
    seen(Verb::status, "migrate version", Risk::apply, {}, "creates its table where it is missing"),
    seen(Verb::generate, "migrate create {name}", Risk::files),
    seen({}, "migrate -help", Risk::read),
    seen({}, "migrate -version", Risk::read),
};

constexpr Row kSqlMigrate[] = {
    seen(Verb::run, "sql-migrate up", Risk::apply),
    seen(Verb::rollback, "sql-migrate down", Risk::revert, {},
         "where a file with a lower number is pending it first executes that file's Up and records nothing"),
    seen(Verb::redo, "sql-migrate redo", Risk::revert),
    seen(Verb::resolve, "sql-migrate skip", Risk::revert, {}, "records migrations without running them"),
    seen(Verb::status, "sql-migrate status", Risk::apply, {}, "creates its table where it is missing"),
    seen(Verb::generate, "sql-migrate new {name}", Risk::files),
    seen({}, "sql-migrate --help", Risk::read),
    seen({}, "sql-migrate --version", Risk::read),
};

constexpr Row kSupabase[] = {
    seen(Verb::run, "supabase db push", Risk::apply, {},
         "the linked project unless --local or --db-url says otherwise"),
    seen(Verb::run, "supabase migration up", Risk::apply),
    seen(Verb::rollback, "supabase migration down", Risk::destroy, {},
         "resets the database to an earlier version"),
    seen(Verb::reset, "supabase db reset", Risk::destroy, {},
         "drops everything and runs all migrations again"),
    seen(Verb::resolve, "supabase migration repair [{versions...}]", Risk::revert),
    seen(Verb::status, "supabase migration list", Risk::read),
    seen(Verb::generate, "supabase migration new {name}", Risk::files),
    seen({}, "supabase migration squash", Risk::revert, {}, "rewrites files and history"),
    seen({}, "supabase migration fetch", Risk::files),
    seen(Verb::pull, "supabase db pull [{name}]", Risk::revert, {},
         "writes a migration and may record it as applied"),
    seen(Verb::diff, "supabase db diff", Risk::files),
    seen({}, "supabase db dump", Risk::read),
    seen({}, "supabase db lint", Risk::read),
    seen({}, "supabase db start", Risk::apply),
    seen({}, "supabase start", Risk::apply),
    seen({}, "supabase stop", Risk::read),
    seen({}, "supabase stop --no-backup", Risk::destroy, {}, "throws the local database away"),
    seen({}, "supabase status", Risk::read),
    seen(Verb::seed, "supabase seed buckets", Risk::revert),
};

constexpr Flag known(std::string_view command, std::string_view name, Risk risk = Risk::read) {
    return {.command = command, .name = name, .risk = risk};
}
constexpr Flag with_value(std::string_view command, std::string_view name, Risk risk = Risk::read) {
    return {.command = command, .name = name, .takes_value = true, .risk = risk};
}
/// Names another database or configuration.
constexpr Flag elsewhere(std::string_view command, std::string_view name) {
    return {.command = command, .name = name, .takes_value = true, .retargets = true};
}

constexpr Flag kFlags[] = {
    elsewhere("dbmate", "--url"),
    elsewhere("dbmate", "-u"),
    elsewhere("dbmate", "--env"),
    elsewhere("dbmate", "-e"),
    elsewhere("dbmate", "--env-file"),
    with_value("dbmate", "--migrations-dir"),
    with_value("dbmate", "-d"),
    with_value("dbmate", "--migrations-table", Risk::revert),
    with_value("dbmate", "--schema-file"),
    with_value("dbmate", "-s"),
    known("dbmate", "--no-dump-schema"),
    known("dbmate", "--strict"),
    known("dbmate", "--wait"),
    with_value("dbmate", "--wait-timeout"),
    known("dbmate", "--verbose"),
    known("dbmate", "-v"),
    known("dbmate", "--exit-code"),
    known("dbmate", "--quiet"),

    {.command = "supabase", .name = "--linked", .retargets = true},
    elsewhere("supabase", "--db-url"),
    elsewhere("supabase", "--project-ref"),
    known("supabase", "--local"),
    with_value("supabase", "--workdir"),
    known("supabase", "--include-all"),
    known("supabase", "--include-roles"),
    known("supabase", "--include-seed", Risk::revert),
    known("supabase", "--dry-run"),
    known("supabase", "--debug"),
    known("supabase", "--yes"),
    known("supabase", "--no-seed"),
    known("supabase", "--data-only"),
    with_value("supabase", "--password"),
    with_value("supabase", "-p"),
    with_value("supabase", "--file"),
    with_value("supabase", "-f"),
    with_value("supabase", "--schema"),
    with_value("supabase", "-s"),
    with_value("supabase", "--status"),
    with_value("supabase", "--version"),
};

/// Flags of programs that use Go's flag package, where one dash and two mean the same.
constexpr Flag kGoFlags[] = {
    with_value("goose", "--dir"),
    with_value("goose", "--table", Risk::revert),
    elsewhere("goose", "--env"),
    known("goose", "--v"),
    known("goose", "--s"),
    known("goose", "--no-color"),
    with_value("goose", "--timeout"),
    known("goose", "--allow-missing"),
    known("goose", "--no-versioning", Risk::revert),
    with_value("goose", "--certfile"),
    with_value("goose", "--ssl-cert"),
    with_value("goose", "--ssl-key"),

    with_value("migrate", "--path"),
    elsewhere("migrate", "--source"),
    elsewhere("migrate", "--database"),
    known("migrate", "--verbose"),
    with_value("migrate", "--prefetch"),
    with_value("migrate", "--lock-timeout"),
    with_value("migrate", "--ext"),
    with_value("migrate", "--dir"),
    known("migrate", "--seq"),
    with_value("migrate", "--digits"),
    with_value("migrate", "--format"),
    with_value("migrate", "--tz"),
    known("migrate", "--f"),

    elsewhere("sql-migrate", "--config"),
    elsewhere("sql-migrate", "--env"),
    known("sql-migrate", "--dryrun"),
    with_value("sql-migrate", "--version"),
    with_value("sql-migrate down", "--limit", Risk::destroy),  // 0 reverts everything
    with_value("sql-migrate", "--limit"),
};

}  // namespace

std::vector<Row> neighbour_rows() {
    std::vector<Row> rows;
    auto add = [&](std::span<const Row> some) { rows.insert(rows.end(), some.begin(), some.end()); };
    add(kDbmate);
    add(kGoose);
    add(kGolangMigrate);
    add(kSqlMigrate);
    add(kSupabase);
    return rows;
}

std::vector<Flag> neighbour_flags() {
    std::vector<Flag> flags(std::begin(kFlags), std::end(kFlags));
    for (Flag flag : kGoFlags) {
        flags.push_back(flag);
        flag.name.remove_prefix(1);
        flags.push_back(flag);
    }
    return flags;
}

}  // namespace migrate::raw_sql
