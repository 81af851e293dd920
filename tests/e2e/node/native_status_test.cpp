// What Knex, TypeORM, sequelize-cli and migrate-mongo say of their own state, beside what their tables hold.
// Where they differ stands in docs/adapters/.
#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/project.hpp"
#include "tests/support/states.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

States states(const NodeProject& project) {
    return states_of([&](std::vector<std::string> words) { return project.migrate(std::move(words)); });
}

States same(const std::string& state) {
    return {state, state, "nothing"};
}

/// A table of its own in a schema of its own.
Place in_a_schema() {
    Place place = on_postgresql();
    execute(place.connection, {"CREATE SCHEMA app"});
    return place;
}

std::string missing(Place place) {
    Connection connection = place.connection;
    connection.database += "_typo";
    return PostgresServer::shared().url(connection);
}

/// What all of them agree with us about. `late` sorts before the second file.
void agrees_on_the_way(NodeProject& project, const Place& place, const std::string& late,
                       const std::string& text, const std::string& some_file) {
    project.environment["DATABASE_URL"] = missing(place);
    CHECK(states(project) == States{"uninitialised", "target.missing", "nothing"});
    project.environment["DATABASE_URL"] = place.url;
    CHECK(states(project) == States{"uninitialised", "pending", "database"});  // it has made its tables
    CHECK(states(project) == same("pending"));
    project.must({"run"});
    CHECK(states(project) == same("current"));
    project.must({"rollback", "--yes"});
    CHECK(states(project) == same("pending"));
    project.must({"run"});
    project.tree.write(late, text);
    CHECK(states(project) == same("pending"));
    project.tree.remove(late);
    const std::string before = project.tree.read(some_file);
    project.tree.write(some_file, before + "// edited\n");
    CHECK(states(project) == same("current"));  // neither can know
    project.tree.write(some_file, before);
}

std::string knex_file(const std::string& table) {
    return "exports.up = (knex) => knex.schema.createTable('" + table +
           "', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('" + table +
           "');\n";
}

std::string typeorm_file(const std::string& name, const std::string& table) {
    return "exports." + name + " = class " + name +
           " {\n  async up(queryRunner) {\n    await queryRunner.query('CREATE TABLE " + table +
           " (id int)');\n  }\n  async down(queryRunner) {\n    await queryRunner.query('DROP TABLE " +
           table + "');\n  }\n};\n";
}

std::string sequelize_file(const std::string& table) {
    return "module.exports = {\n  up: (queryInterface, Sequelize) => queryInterface.createTable('" + table +
           "', { id: { type: Sequelize.INTEGER, primaryKey: true } }),\n"
           "  down: (queryInterface) => queryInterface.dropTable('" +
           table + "'),\n};\n";
}

}  // namespace

TEST_CASE("knex: status --native makes its tables, and then agrees but for files that are gone") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        const Place place = in_a_schema();
        NodeProject project(
            tool, place.url,
            {{"knexfile.js",
              "module.exports = { development: { client: 'pg', connection: process.env.DATABASE_URL,\n"
              "  migrations: { tableName: 'changes', schemaName: 'app' } } };\n"},
             {"migrations/20240101000000_users.js", knex_file("users")},
             {"migrations/20240103000000_posts.js", knex_file("posts")}});
        agrees_on_the_way(project, place, "migrations/20240102000000_late.js", knex_file("late"),
                          "migrations/20240101000000_users.js");
        CHECK(has_table(place.connection, "posts"));
        project.tree.write(
            "migrations/20240104000000_bad.js",
            "exports.up = (knex) => knex.raw('SELECT nonsense');\nexports.down = () => null;\n");
        CHECK(project.migrate({"run"}).status == 1);
        CHECK(states(project) == same("pending"));  // a failure leaves no row
        project.tree.remove("migrations/20240104000000_bad.js");

        project.tree.remove("migrations/20240103000000_posts.js");
        CHECK(states(project) == States{"diverged", "tool.failed", "nothing"});  // "directory is corrupt"
        project.tree.write("migrations/20240102000000_branch.js", knex_file("branch"));
        CHECK(states(project) == States{"diverged", "tool.failed", "nothing"});
    }
}

TEST_CASE("typeorm: status --native makes its table, and then agrees but for classes that are gone") {
    for (std::string tool : {"typeorm-0.2", "typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        const Place place = in_a_schema();
        const std::string options =
            "type: 'postgres', url: process.env.DATABASE_URL, schema: 'app', migrationsTableName: "
            "'changes',\n"
            "  entities: [], migrations: ['migrations/*.js'] ";
        const bool old = tool == "typeorm-0.2";
        const std::string config = old ? "ormconfig.js" : "data-source.js";
        const std::string begin =
            old ? "module.exports = { "
                : "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ ";
        const std::string end = old ? "};\n" : "});\n";
        NodeProject project(
            tool, place.url,
            {{config, begin + options + end},
             {"migrations/1704067200000-Users.js", typeorm_file("Users1704067200000", "users")},
             {"migrations/1704240000000-Posts.js", typeorm_file("Posts1704240000000", "posts")}});
        agrees_on_the_way(project, place, "migrations/1704153600000-Late.js",
                          typeorm_file("Late1704153600000", "late"), "migrations/1704067200000-Users.js");

        // Its words go through the data source's logger: a file is no answer.
        project.tree.write(config, begin + options + ", logger: 'file', logging: true" + end);
        CHECK(states(project) == States{"current", "tool.failed", "nothing"});
        project.tree.write(config, begin + options + end);

        project.tree.remove("migrations/1704240000000-Posts.js");
        CHECK(states(project) ==
              States{"diverged", "current", "nothing"});  // rows without a class are hidden
        project.tree.write("migrations/1704153600000-Branch.js",
                           typeorm_file("Branch1704153600000", "branch"));
        CHECK(states(project) == States{"diverged", "pending", "nothing"});
    }
}

TEST_CASE("sequelize: status --native makes its table, and then agrees in everything") {
    const Place place = in_a_schema();
    NodeProject project("sequelize-6", place.url,
                        {{"config/config.json",
                          R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres",
  "migrationStorageTableName": "changes", "migrationStorageTableSchema": "app" } })"},
                         {"migrations/20240101000000-users.js", sequelize_file("users")},
                         {"migrations/20240103000000-posts.js", sequelize_file("posts")}});
    agrees_on_the_way(project, place, "migrations/20240102000000-late.js", sequelize_file("late"),
                      "migrations/20240101000000-users.js");
    project.tree.remove("migrations/20240103000000-posts.js");
    CHECK(states(project) == same("diverged"));
    project.tree.write("migrations/20240102000000-branch.js", sequelize_file("branch"));
    CHECK(states(project) == same("diverged"));
}

TEST_CASE("migrate-mongo: status --native only reads, and is silent about rows without a file") {
    for (std::string version : {"11", "12", "14"}) {
        CAPTURE(version);
        auto file = [](const std::string& name) {
            return "module.exports = { async up(db) { await db.collection('" + name +
                   "').insertOne({ a: 1 }); }, async down(db) { await db.collection('" + name +
                   "').drop(); } };\n";
        };
        auto config = [](const std::string& hash) {
            return "module.exports = { mongodb: { url: process.env.DATABASE_URL, options: {} }, "
                   "migrationsDir: "
                   "'migrations', changelogCollectionName: 'changes', migrationFileExtension: '.js', "
                   "useFileHash: " +
                   hash + ", moduleSystem: 'commonjs' };\n";
        };
        NodeProject project("migrate-mongo-" + version, MongoServer::shared().fresh_database(),
                            {{"migrate-mongo-config.js", config("true")},
                             {"migrations/20240101000000-users.js", file("users")},
                             {"migrations/20240103000000-posts.js", file("posts")}});
        CHECK(states(project) == States{"uninitialised", "pending", "nothing"});
        project.must({"run"});
        CHECK(states(project) == same("current"));
        const std::string before = project.tree.read("migrations/20240101000000-users.js");
        project.tree.write("migrations/20240101000000-users.js", before + "// edited\n");
        CHECK(states(project) == States{"edited", "pending", "nothing"});  // and would run again
        project.tree.write("migrate-mongo-config.js", config("false"));
        CHECK(states(project) == same("current"));
        project.tree.write("migrations/20240102000000-late.js", file("late"));
        CHECK(states(project) == same("pending"));
        project.tree.remove("migrations/20240103000000-posts.js");
        CHECK(states(project) == States{"diverged", "pending", "nothing"});
        project.tree.remove("migrations/20240102000000-late.js");
        CHECK(states(project) == States{"diverged", "current", "nothing"});
    }
}

TEST_CASE("status of Knex, TypeORM and sequelize-cli makes nothing; --native is judged as a change") {
    const std::string data_source =
        "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: 'postgres', "
        "url: "
        "process.env.DATABASE_URL, entities: [], migrations: ['migrations/*.js'] });\n";
    struct Case {
        const char* tool;
        Tree::Files files;
        const char* table;
    };
    const Case cases[] = {
        {"knex-3",
         {{"knexfile.js",
           "module.exports = { development: { client: 'pg', connection: process.env.DATABASE_URL } };\n"},
          {"migrations/20240101000000_users.js", knex_file("users")}},
         "knex_migrations"},
        {"typeorm-1",
         {{"data-source.js", data_source},
          {"migrations/1704067200000-Users.js", typeorm_file("Users1704067200000", "users")}},
         "migrations"},
        {"sequelize-6",
         {{"config/config.json",
           R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres" } })"},
          {"migrations/20240101000000-users.js", sequelize_file("users")}},
         "SequelizeMeta"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.tool);
        const Place place = on_production("status_prod_" + std::string(one.tool).substr(0, 4));
        NodeProject project(one.tool, place.url, one.files);
        CHECK(says(project.must({"status"}), "uninitialised"));
        CHECK_FALSE(has_table(place.connection, one.table));
        Ran refused = project.migrate({"status", "--native", "--yes"});
        CHECK_MESSAGE(refused.status == 4, all_of(refused));
        CHECK_FALSE(has_table(place.connection, one.table));
        CHECK(says(project.must({"log"}), "refused"));
    }
}
