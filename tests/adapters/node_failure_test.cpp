// What the Node tools print when they fail, as the tools of the versions named there printed it.
#include "adapters/failure.hpp"

#include <doctest/doctest.h>

using namespace migrate;

namespace {

Error explain(Tool tool, std::string_view said, std::vector<std::string> migrations = {}) {
    Unit unit;
    unit.tool = tool;
    unit.id = ".:" + std::string(to_string(tool));
    unit.runner = "pnpm";
    Step step;
    step.migrations = std::move(migrations);
    auto error = explained({unit, step, said, "/srv/shop"});
    REQUIRE(error);
    return *error;
}

}  // namespace

TEST_CASE("knex: the migration that failed, the line in it, and the database's words") {
    Error error =
        explain(Tool::knex,
                "Using environment: development\n"
                "migration file \"20240103000000_bad.js\" failed\n"
                "migration failed with error: INSERT INTO x VALUES (1) - relation \"x\" does not exist\n"
                "error: INSERT INTO x VALUES (1) - relation \"x\" does not exist\n"
                "    at exports.up (/srv/shop/migrations/20240103000000_bad.js:2:9)\n");
    CHECK(error.code == "tool.failed");
    CHECK(error.message ==
          "20240103000000_bad.js:2: INSERT INTO x VALUES (1) - relation \"x\" does not exist");
}

TEST_CASE("knex: a lock that is taken is not now, and says who may free it") {
    Error error = explain(Tool::knex, "MigrationLocked: Migration table is already locked\n");
    CHECK(error.code == "target.busy");
    REQUIRE(error.next.size() == 1);
    CHECK(error.next[0].by == By::person);
    CHECK(error.next[0].argv == std::vector<std::string>{"migrate", "resolve", "--unlock", "-u", ".:knex"});
}

TEST_CASE("what Yarn's Plug'n'Play keeps from a package is named, with the way to declare it") {
    Error own =
        explain(Tool::drizzle,
                "Reading config file '/srv/shop/drizzle.config.ts'\n"
                "Error: Your application tried to access esbuild, but it isn't declared in your "
                "dependencies; this makes the require call ambiguous and unsound.\n\nRequired package: "
                "esbuild\n    at makeError (/srv/shop/.pnp.cjs:9393:34)\n");
    CHECK(own.message == ".:drizzle: esbuild is used and not among the package's dependencies");
    CHECK(own.hint.ends_with("yarn add esbuild"));
    Error theirs =
        explain(Tool::typeorm,
                "Error: typeorm tried to access pg (a peer dependency) but it isn't provided by its "
                "ancestors; this makes the require call ambiguous and unsound.\n");
    CHECK(theirs.message == ".:typeorm: typeorm uses pg and does not declare it");
    CHECK(theirs.hint.find("\"typeorm@*\": { peerDependencies: { pg: \"*\" } }") != std::string::npos);
}

TEST_CASE("knex: a driver that is not installed is named with the project's package manager") {
    Error error = explain(Tool::knex, "Knex: run\n$ npm install pg --save\nError: Cannot find module 'pg'\n");
    CHECK(error.code == "tool.missing");
    CHECK(error.message == ".:knex: the database driver pg is not installed");
    CHECK(error.hint == "Install it: pnpm add pg");
}

TEST_CASE("what a migration makes and is there already has a way out") {
    Error error = explain(Tool::knex,
                          "migration file \"1_a.js\" failed\n"
                          "migration failed with error: create table `a` - Table 'a' already exists\n");
    CHECK(error.hint.find("there already") != std::string::npos);
    REQUIRE(error.next.size() == 1);
    CHECK(error.next[0].argv[2] == "resolve");
}

TEST_CASE("sequelize: the migration that was begun last and not ended is the one that failed") {
    Error error = explain(Tool::sequelize,
                          "== 20240101000000-users: migrating =======\n"
                          "== 20240101000000-users: migrated (0.054s)\n\n"
                          "== 20240103000000-bad: migrating =======\n\n"
                          "ERROR: relation \"nowhere\" does not exist\n",
                          {"20240101000000-users.js", "20240103000000-bad.js"});
    CHECK(error.message == "20240103000000-bad.js: relation \"nowhere\" does not exist");
    CHECK(error.hint.find("no transaction") != std::string::npos);
}

TEST_CASE("sequelize: a failure before any migration is the tool's own") {
    Error error = explain(Tool::sequelize, "ERROR: Error parsing url: undefined\n");
    CHECK(error.message == ".:sequelize: sequelize-cli: Error parsing url: undefined");
    CHECK(explain(Tool::sequelize, "ERROR: Please install pg package manually\n").code == "tool.missing");
}

TEST_CASE("typeorm: the class, its file and line, and the database's words") {
    Error error =
        explain(Tool::typeorm,
                "Migration \"Bad1904067200000\" failed, error: relation \"nowhere\" does not exist\n"
                "QueryFailedError: relation \"nowhere\" does not exist\n"
                "    at async Bad1904067200000.up (/srv/shop/migrations/1904067200000-Bad.js:2:82)\n");
    CHECK(error.message == "1904067200000-Bad.js:2: Bad1904067200000: relation \"nowhere\" does not exist");
}

TEST_CASE("migrate-mongo: the file that failed, and a lock") {
    Error error =
        explain(Tool::migrate_mongo,
                "ERROR: Could not migrate up 20240103000000-bad.js: no such luck Error: no such luck\n"
                "    at Object.up (/srv/shop/migrations/20240103000000-bad.js:4:11)\n");
    CHECK(error.message == "20240103000000-bad.js:4: no such luck");
    CHECK(explain(Tool::migrate_mongo, "ERROR: Could not migrate up, a lock is in place.\n").code ==
          "target.busy");
}

TEST_CASE("what is not recognised is left to its own words") {
    for (Tool tool : {Tool::knex, Tool::sequelize, Tool::typeorm, Tool::migrate_mongo}) {
        Unit unit;
        unit.tool = tool;
        CHECK_FALSE(explained({unit, {}, "TypeError: x is not a function", "/srv/shop"}));
    }
}
