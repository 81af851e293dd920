// Knex 2 and 3, the real tool on real databases, through the real binary.
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kUsers = "migrations/20240101000000_users.js";
constexpr const char* kPosts = "migrations/20240103000000_posts.js";
constexpr const char* kBad = "migrations/20240104000000_bad.js";

}  // namespace

TEST_CASE(
    "knex: on MariaDB what stood before the failure stays, unrecorded, and is explained on the next run") {
    Shop project({"knex-3", Engine::mariadb});
    project.tree.write(kPosts,
                       "exports.up = async (knex) => {\n  await knex.schema.createTable('posts', (t) => "
                       "t.increments());\n  await knex.raw('INSERT INTO nowhere VALUES (1)');\n};\n"
                       "exports.down = (knex) => knex.schema.dropTable('posts');\n");
    CHECK(project.migrate({"run"}).status == 1);
    CHECK(has_table(project.database, "posts"));
    Ran again = project.migrate({"run"});
    CHECK(again.status == 1);
    CHECK_MESSAGE(says(again, "What it makes is there already"), all_of(again));
    project.must({"resolve", "--applied", "20240103000000_posts.js", "--yes"});
    CHECK(says(project.must({"status"}), "current"));
}

TEST_CASE("knex: a migration that ends the process with 0 is no success") {
    Shop project({"knex-3", Engine::postgresql});
    project.tree.write(kBad, "exports.up = () => process.exit(0);\nexports.down = () => null;\n");
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
    CHECK(says(ran, "not recorded: 20240101000000_users.js"));
}

TEST_CASE("knex: a migration that never settles is ended when its time is over, and the history read again") {
    Shop project({"knex-3", Engine::postgresql});
    project.must({"run"});
    project.tree.write(kBad, "exports.up = () => new Promise(() => {});\nexports.down = () => null;\n");
    Ran ran = project.migrate({"run", "--timeout", "4s"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "tool.timeout"), all_of(ran));
    CHECK(says(ran, "left     20240104000000_bad.js"));
    project.tree.remove(kBad);
    CHECK(says(project.must({"status"}), "current"));
}

TEST_CASE("knex: a lock that was left behind is named, and freed by resolve --unlock") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        Shop project({tool, Engine::postgresql});
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

TEST_CASE("knex: a database that was made before there were migrations is adopted") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        Shop project({tool, Engine::postgresql});
        execute(project.database, {"CREATE TABLE users (id INT)", "CREATE TABLE posts (id INT)"});
        project.must({"baseline", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
        CHECK(says(project.must({"run"}), "nothing to do"));
    }
}

TEST_CASE("knex: files of applied migrations that are gone stop a run before the tool is started") {
    Shop project({"knex-3", Engine::postgresql});
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
        Shop project({tool, Engine::postgresql});
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
    Shop project({"knex-3", Engine::postgresql});
    Ran ran = project.migrate({"run", "--env", "staging"});
    CHECK(ran.status == 2);
    CHECK(says(ran, "knexfile.js:1: there is no environment staging (environment.undefined)"));
    CHECK_FALSE(has_table(project.database, "users"));
}
