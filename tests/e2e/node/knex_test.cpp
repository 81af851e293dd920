// Knex 2 and 3, the real tool on real databases, through the real binary.
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kUsers = "migrations/20240101000000_users.js";
constexpr const char* kPosts = "migrations/20240102000000_posts.js";
constexpr const char* kBad = "migrations/20240103000000_bad.js";

Tree::Files shop(const std::string& client, const std::string& connection) {
    return {
        {"knexfile.js", "module.exports = { development: { client: '" + client +
                            "', connection: " + connection + ", useNullAsDefault: true } };\n"},
        {kUsers,
         "exports.up = (knex) => knex.schema.createTable('users', (t) => { t.increments(); t.string('name'); "
         "});\n"
         "exports.down = (knex) => knex.schema.dropTable('users');\n"},
        {kPosts,
         "exports.up = (knex) => knex.schema.createTable('posts', (t) => { t.increments(); });\n"
         "exports.down = (knex) => knex.schema.dropTable('posts');\n"},
        {"seeds/users.js",
         "exports.seed = async (knex) => {\n  await knex('users').del();\n"
         "  await knex('users').insert([{ name: 'ada' }, { name: 'grace' }]);\n};\n"},
    };
}

struct Shop : NodeProject {
    Connection database;
    Shop(const std::string& tool, const std::string& client, const Place& place)
        : NodeProject(tool, place.url, shop(client, "process.env.DATABASE_URL")),
          database(place.connection) {}
};

void goes_round_in_a_file(const std::string& tool) {
    NodeProject project(tool, "", shop("better-sqlite3", "{ filename: './dev.sqlite3' }"));
    Connection database;
    database.engine = Engine::sqlite;
    database.database = project.tree.path("dev.sqlite3").string();
    goes_round(project, database, true);
}

}  // namespace

TEST_CASE("knex 3 goes up, back and up again on PostgreSQL") {
    Shop project("knex-3", "pg", on_postgresql());
    goes_round(project, project.database, true);
}
TEST_CASE("knex 3 goes up, back and up again on MariaDB") {
    Shop project("knex-3", "mysql2", on_mariadb());
    goes_round(project, project.database, true);
}
TEST_CASE("knex 3 goes up, back and up again on SQLite, whose file its first run makes") {
    goes_round_in_a_file("knex-3");
}
TEST_CASE("knex 2 goes up, back and up again on PostgreSQL") {
    Shop project("knex-2", "pg", on_postgresql());
    goes_round(project, project.database, true);
}
TEST_CASE("knex 2 goes up, back and up again on MariaDB") {
    Shop project("knex-2", "mysql2", on_mariadb());
    goes_round(project, project.database, true);
}
TEST_CASE("knex 2 goes up, back and up again on SQLite") {
    goes_round_in_a_file("knex-2");
}

TEST_CASE("knex: a failing migration is named with the database's own words, and what it left is said") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        Shop project(tool, "pg", on_postgresql());
        project.tree.write(kBad,
                           "exports.up = (knex) => knex.schema.raw('INSERT INTO nowhere VALUES (1)');\n"
                           "exports.down = () => null;\n");
        Ran ran = project.migrate({"run"});
        CHECK(ran.status == 1);
        CHECK_MESSAGE(says(ran, "error: 20240103000000_bad.js: "), all_of(ran));
        CHECK(says(ran, "relation \"nowhere\" does not exist (tool.failed)"));
        CHECK(says(ran, "left     20240101000000_users.js"));  // one transaction: nothing stays
        CHECK_FALSE(has_table(project.database, "users"));
    }
}

TEST_CASE(
    "knex: on MariaDB what stood before the failure stays, unrecorded, and is explained on the next run") {
    Shop project("knex-3", "mysql2", on_mariadb());
    project.tree.write(kPosts,
                       "exports.up = async (knex) => {\n  await knex.schema.createTable('posts', (t) => "
                       "t.increments());\n  await knex.raw('INSERT INTO nowhere VALUES (1)');\n};\n"
                       "exports.down = (knex) => knex.schema.dropTable('posts');\n");
    CHECK(project.migrate({"run"}).status == 1);
    CHECK(has_table(project.database, "posts"));
    Ran again = project.migrate({"run"});
    CHECK(again.status == 1);
    CHECK_MESSAGE(says(again, "What it makes is there already"), all_of(again));
    project.must({"resolve", "--applied", "20240102000000_posts.js", "--yes"});
    CHECK(says(project.must({"status"}), "current"));
}

TEST_CASE("knex: a migration that ends the process with 0 is no success") {
    Shop project("knex-3", "pg", on_postgresql());
    project.tree.write(kBad, "exports.up = () => process.exit(0);\nexports.down = () => null;\n");
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
    CHECK(says(ran, "not recorded: 20240101000000_users.js"));
}

TEST_CASE("knex: a migration that never settles is ended when its time is over, and the history read again") {
    Shop project("knex-3", "pg", on_postgresql());
    project.must({"run"});
    project.tree.write(kBad, "exports.up = () => new Promise(() => {});\nexports.down = () => null;\n");
    Ran ran = project.migrate({"run", "--timeout", "4s"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "tool.timeout"), all_of(ran));
    CHECK(says(ran, "left     20240103000000_bad.js"));
    project.tree.remove(kBad);
    CHECK(says(project.must({"status"}), "current"));
}

TEST_CASE("knex: a lock that was left behind is named, and freed by resolve --unlock") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        Shop project(tool, "pg", on_postgresql());
        project.must({"run"});
        execute(project.database, {"UPDATE knex_migrations_lock SET is_locked = 1"});
        Ran ran = project.migrate({"rollback", "--yes"});
        CHECK_MESSAGE(ran.status == 6, all_of(ran));
        CHECK(says(ran, "Knex's own migration lock is taken (target.busy)"));
        CHECK(says(ran, "migrate resolve --unlock -u .:knex"));
        CHECK(has_table(project.database, "posts"));
        project.must({"resolve", "--unlock", "--yes"});
        project.must({"rollback", "--yes"});
        CHECK_FALSE(has_table(project.database, "posts"));
    }
}

TEST_CASE("knex: that an applied file was edited nobody can know, and status says so") {
    Shop project("knex-3", "pg", on_postgresql());
    says_edits_are_unknown(project, kUsers);
}

TEST_CASE("knex: a database that nobody answers for") {
    Shop project("knex-3", "pg", on_postgresql());
    says_unreachable(project, "postgresql://app:hidden-word@127.0.0.1:1/shop");
}

TEST_CASE("knex: production is refused") {
    Shop project("knex-3", "pg", on_production("knex_prod"));
    refuses_production(project, project.database, true);
}

TEST_CASE("knex: a database that was made before there were migrations is adopted") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        Shop project(tool, "pg", on_postgresql());
        execute(project.database, {"CREATE TABLE users (id INT)", "CREATE TABLE posts (id INT)"});
        project.must({"baseline", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
        CHECK(says(project.must({"run"}), "nothing to do"));
    }
}

TEST_CASE("knex: files of applied migrations that are gone stop a run before the tool is started") {
    Shop project("knex-3", "pg", on_postgresql());
    project.must({"run"});
    project.tree.remove(kUsers);
    Ran status = project.must({"status"});
    CHECK(says(status, "diverged"));
    Ran run = project.migrate({"rollback", "--yes"});
    CHECK(run.status == 2);
    CHECK(says(run, "20240101000000_users.js (migration.missing)"));
    CHECK(has_table(project.database, "posts"));
}

TEST_CASE("knex: part of what is pending, then the last batch back") {
    for (std::string tool : {"knex-2", "knex-3"}) {  // 3.3 has migrate:to, before it is a loop
        CAPTURE(tool);
        Shop project(tool, "pg", on_postgresql());
        project.must({"run", "--to", "20240101000000_users.js"});
        CHECK_FALSE(has_table(project.database, "posts"));
        project.must({"run", "--steps", "1"});
        CHECK(has_table(project.database, "posts"));
        project.must({"rollback", "--batch", "--yes"});
        CHECK_FALSE(has_table(project.database, "posts"));
        CHECK(has_table(project.database, "users"));
    }
}

TEST_CASE("knex: an environment that the knexfile does not have is not replaced by another") {
    Shop project("knex-3", "pg", on_postgresql());
    Ran ran = project.migrate({"run", "--env", "staging"});
    CHECK(ran.status == 2);
    CHECK(says(ran, "knexfile.js:1: there is no environment staging (environment.undefined)"));
    CHECK_FALSE(has_table(project.database, "users"));
}
