// sequelize-cli 6, the real tool on real databases, through the real binary.
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kBad = "migrations/20240104000000-bad.js";

const Kind kPlain{"sequelize-6", Engine::postgresql};

}  // namespace

TEST_CASE(
    "sequelize: a failing migration is named, what was before it is applied, and what it left is said") {
    Shop project(kPlain);
    project.tree.write(kBad,
                       "module.exports = {\n  up: async (queryInterface, Sequelize) => {\n"
                       "    await queryInterface.createTable('half', { id: Sequelize.INTEGER });\n"
                       "    await queryInterface.sequelize.query('INSERT INTO nowhere VALUES (1)');\n  },\n"
                       "  down: async () => {},\n};\n");
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "error: 20240104000000-bad.js: relation \"nowhere\" does not exist"),
                  all_of(ran));
    CHECK(says(ran, "sequelize-cli uses no transaction"));
    CHECK(says(ran, "applied  20240103000000-posts.js"));
    CHECK(says(ran, "left     20240104000000-bad.js"));
    CHECK(has_table(project.database, "half"));
    // Only what the history lacks is said to be pending.
    Ran again = project.migrate({"run", "--json"});
    CHECK_MESSAGE(says(again, "\"changed\": \"unknown\""), all_of(again));
}

TEST_CASE("sequelize: a migration that never settles lets the tool end with 0, and that is no success") {
    Shop project(kPlain);
    project.must({"run"});
    project.tree.write(kBad, "module.exports = { up: () => process.exit(0), down: async () => {} };\n");
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
    CHECK(says(ran, "not recorded: 20240104000000-bad.js"));

    project.tree.write(kBad,
                       "module.exports = { up: () => new Promise(() => setInterval(() => {}, 1000)), "
                       "down: async () => {} };\n");
    Ran endless = project.migrate({"run", "--timeout", "4s"});
    CHECK(endless.status == 1);
    CHECK_MESSAGE(says(endless, "tool.timeout"), all_of(endless));
}

TEST_CASE("sequelize: --to is checked against the files, which the tool itself does not do") {
    Shop project(kPlain);
    Ran ran = project.migrate({"run", "--to", "20240101000000-user.js"});
    CHECK(ran.status == 2);
    CHECK_MESSAGE(says(ran, "migration.unknown"), all_of(ran));
    project.must({"run", "--to", "20240101000000-users.js"});
    CHECK(has_table(project.database, "users"));
    CHECK_FALSE(has_table(project.database, "posts"));
}

TEST_CASE("sequelize: a database that was made before there were migrations is adopted") {
    Shop project(kPlain);
    execute(project.database, {"CREATE TABLE users (id INT)", "CREATE TABLE posts (id INT)"});
    project.must({"baseline", "--yes"});
    CHECK(says(project.must({"status"}), "current"));
    project.must({"resolve", "--rolled-back", "20240103000000-posts.js", "--yes"});
    CHECK(says(project.must({"status"}), "pending        1"));
    CHECK(has_table(project.database, "posts"));
}

TEST_CASE("sequelize: a file that is gone cannot be undone, and nothing is tried") {
    Shop project(kPlain);
    project.must({"run"});
    project.tree.remove("migrations/20240103000000-posts.js");
    Ran ran = project.migrate({"rollback", "--yes"});
    CHECK(ran.status == 2);
    CHECK_MESSAGE(says(ran, "20240103000000-posts.js (migration.missing)"), all_of(ran));
    CHECK(has_table(project.database, "posts"));
}
