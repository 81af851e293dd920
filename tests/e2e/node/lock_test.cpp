// A migration that would wait for a lock gives up in time, having changed nothing, with each real tool.
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// The first migration makes `users`, the second changes it while another session holds it.
void gives_up(const std::string& tool, const Place& place, const Tree::Files& files, const Tree::Files& later,
              int status = 6) {
    NodeProject project(tool, place.url, files);
    project.must({"run"});
    for (const auto& [path, text] : later) project.tree.write(path, text);
    auto blocker = connect(place.connection);
    REQUIRE(blocker->execute("BEGIN"));
    REQUIRE(blocker->execute("LOCK TABLE users IN ACCESS SHARE MODE"));
    Ran ran = project.migrate({"run", "--wait", "0s"});
    CHECK_MESSAGE(ran.status == status, all_of(ran));
    CHECK_MESSAGE(says(ran, "lock timeout"), all_of(ran));
    CHECK(count(place.connection, "information_schema.columns WHERE table_name = 'users'") == "1");
    REQUIRE(blocker->execute("ROLLBACK"));
    project.must({"run"});
    CHECK(count(place.connection, "information_schema.columns WHERE table_name = 'users'") == "2");
}

constexpr const char* kCreate = "CREATE TABLE users (id INT PRIMARY KEY)";
constexpr const char* kAlter = "ALTER TABLE users ADD COLUMN name TEXT";

}  // namespace

TEST_CASE("knex gives up behind a lock in time, and the same command goes on later") {
    auto migration = [](const char* sql) {
        return std::string("exports.up = (knex) => knex.raw('") + sql + "');\nexports.down = () => {};\n";
    };
    gives_up("knex-3", on_postgresql(),
             {{"knexfile.js",
               "module.exports = { development: { client: 'pg', connection: process.env.DATABASE_URL } };\n"},
              {"migrations/20240101000000_users.js", migration(kCreate)}},
             {{"migrations/20240102000000_name.js", migration(kAlter)}});
}

TEST_CASE("sequelize-cli gives up behind a lock in time, and the same command goes on later") {
    auto migration = [](const char* sql) {
        return std::string("module.exports = {\n  up: (queryInterface) => queryInterface.sequelize.query('") +
               sql + "'),\n  down: async () => {},\n};\n";
    };
    gives_up("sequelize-6", on_postgresql(),
             {{"config/config.json",
               R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres" } })"},
              {"migrations/20240101000000-users.js", migration(kCreate)}},
             {{"migrations/20240102000000-name.js", migration(kAlter)}}, 1);  // it uses no transaction
}

TEST_CASE("typeorm gives up behind a lock in time, and the same command goes on later") {
    auto migration = [](const std::string& name, const char* sql) {
        return "module.exports = class " + name + " {\n  async up(queryRunner) { await queryRunner.query('" +
               sql + "'); }\n  async down() {}\n};\n";
    };
    gives_up("typeorm-1", on_postgresql(),
             {{"data-source.js",
               "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: "
               "'postgres', entities: [], migrations: ['migrations/*.js'], url: process.env.DATABASE_URL "
               "});\n"},
              {"migrations/1704067200000-Users.js", migration("Users1704067200000", kCreate)}},
             {{"migrations/1704153600000-Name.js", migration("Name1704153600000", kAlter)}});
}
