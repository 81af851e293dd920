// Traps of Knex, TypeORM, sequelize-cli and migrate-mongo that no other test shows: what the tools do by
// themselves, and what the program makes of it.
#include <thread>

#include "tests/e2e/node/project.hpp"
#include "tests/support/terminal.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

Tree::Files knex_shop(const std::string& more = "") {
    return {{"knexfile.js",
             "module.exports = { development: { client: 'pg', connection: "
             "process.env.DATABASE_URL" +
                 more + " } };\n"},
            {"migrations/20240101000000_users.js",
             "exports.up = (knex) => knex.schema.createTable('users', (t) => { t.increments(); "
             "t.string('name'); });\nexports.down = (knex) => knex.schema.dropTable('users');\n"},
            {"migrations/20240102000000_posts.js",
             "exports.up = (knex) => knex.schema.createTable('posts', (t) => { t.increments(); });\n"
             "exports.down = (knex) => knex.schema.dropTable('posts');\n"}};
}

std::string data_source(const std::string& options) {
    return "const { DataSource, EntitySchema } = require('typeorm');\nmodule.exports = new DataSource({ "
           "type: "
           "'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.js'], " +
           options + " });\n";
}

std::string typeorm_class(const std::string& name, const std::string& up, const std::string& more = "") {
    return "exports." + name + " = class " + name + " {\n" + more + "  async up(queryRunner) {\n    " + up +
           "\n  }\n  async down() {}\n};\n";
}

Tree::Files sequelize_shop() {
    auto file = [](const std::string& table) {
        return "module.exports = {\n  up: (queryInterface, Sequelize) => queryInterface.createTable('" +
               table +
               "', { id: { type: Sequelize.INTEGER, primaryKey: true } }),\n"
               "  down: (queryInterface) => queryInterface.dropTable('" +
               table + "'),\n};\n";
    };
    return {{"config/config.json",
             R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres" } })"},
            {"migrations/20240101000000-users.js", file("users")},
            {"migrations/20240102000000-posts.js", file("posts")}};
}

Ran person(const NodeProject& project, const Place& place, Words words) {
    return at_terminal(project.tree, std::move(words), project.environment, place.connection.database);
}

}  // namespace

TEST_CASE("two runs at once of Knex, TypeORM and sequelize-cli apply each migration once") {
    struct Case {
        const char* tool;
        Tree::Files files;
        const char* table;
    };
    const Case cases[] = {
        {"knex-3", knex_shop(), "knex_migrations"},
        {"typeorm-1",
         {{"data-source.js", data_source("entities: []")},
          {"migrations/1704067200000-Users.js",
           typeorm_class("Users1704067200000", "await queryRunner.query('CREATE TABLE users (id int)');")},
          {"migrations/1704153600000-Posts.js",
           typeorm_class("Posts1704153600000", "await queryRunner.query('CREATE TABLE posts (id int)');")}},
         "migrations"},
        {"sequelize-6", sequelize_shop(), "\"SequelizeMeta\""},
    };
    for (const Case& one : cases) {
        CAPTURE(one.tool);
        const Place place = on_postgresql();
        NodeProject project(one.tool, place.url, one.files);
        Ran first, second;
        std::thread other([&] { second = project.migrate({"run"}); });
        first = project.migrate({"run"});
        other.join();
        CHECK_MESSAGE(first.status == 0, all_of(first));
        CHECK_MESSAGE(second.status == 0, all_of(second));
        CHECK(count(place.connection, one.table) == "2");
    }
}

TEST_CASE("knex, typeorm and sequelize: reset wants a person who types the database's name") {
    struct Case {
        const char* tool;
        Tree::Files files;
    };
    const Case cases[] = {
        {"knex-3", knex_shop()},
        {"typeorm-1",
         {{"data-source.js", data_source("entities: []")},
          {"migrations/1704067200000-Users.js",
           typeorm_class("Users1704067200000", "await queryRunner.query('CREATE TABLE users (id int)');")}}},
        {"sequelize-6", sequelize_shop()},
    };
    for (const Case& one : cases) {
        CAPTURE(one.tool);
        const Place place = on_postgresql();
        NodeProject project(one.tool, place.url, one.files);
        project.must({"run"});
        execute(place.connection, {"INSERT INTO users VALUES (1)", "CREATE TABLE somebody_elses (id int)"});
        CHECK(project.migrate({"reset", "--yes"}).status == 4);
        CHECK(at_terminal(project.tree, {"reset"}, project.environment, "another").status == 4);
        CHECK(count(place.connection, "users") == "1");
        Ran reset = person(project, place, {"reset"});
        CHECK_MESSAGE(reset.status == 0, all_of(reset));
        CHECK(count(place.connection, "users") == "0");
        // schema:drop takes everything in the schema, also what the project never made.
        CHECK(has_table(place.connection, "somebody_elses") == (std::string(one.tool) != "typeorm-1"));
    }
}

TEST_CASE("knex: a broken knexfile, a tool or a name that is not there: nothing is run") {
    const Place place = on_postgresql();
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        NodeProject project(tool, place.url, knex_shop());
        const std::string knexfile = project.tree.read("knexfile.js");
        project.tree.write("knexfile.js", "module.exports = { development: {\n");
        Ran broken = project.migrate({"run"});
        CHECK_MESSAGE(broken.status == 2, all_of(broken));
        CHECK(says(broken, "knexfile.js"));
        project.tree.write("knexfile.js", knexfile);
        Ran unknown = project.migrate({"run", "--to", "20240101000000_user.js"});
        CHECK_MESSAGE(unknown.status == 2, all_of(unknown));
        CHECK(says(unknown, "migration.unknown"));
        project.tree.remove("node_modules");
        Ran missing = project.migrate({"run"});
        CHECK_MESSAGE(missing.status == 5, all_of(missing));
        CHECK(says(missing, "tool.missing"));
        CHECK_FALSE(has_table(place.connection, "users"));
    }
}

TEST_CASE(
    "knex: with a migration outside the transaction, what stood before the failure stays, and is named") {
    const Place place = on_postgresql();
    NodeProject project("knex-3", place.url, knex_shop());
    project.tree.write("migrations/20240102000000_posts.js",
                       "exports.up = async (knex) => {\n  await knex.schema.createTable('posts', (t) => "
                       "t.increments());\n  await knex.raw('INSERT INTO nowhere VALUES (1)');\n};\n"
                       "exports.down = () => null;\nexports.config = { transaction: false };\n");
    Ran failed = project.migrate({"run"});
    CHECK(failed.status == 1);
    CHECK_MESSAGE(says(failed, "applied  20240101000000_users.js"), all_of(failed));
    CHECK(says(failed, "left     20240102000000_posts.js"));
    CHECK(has_table(place.connection, "posts"));
    Ran again = project.migrate({"run"});
    CHECK(says(again, "What it makes is there already"));
}

TEST_CASE("knex: two rows in its lock table are a lock too, and resolve --unlock leaves one") {
    const Place place = on_postgresql();
    NodeProject project("knex-3", place.url, knex_shop());
    project.must({"run", "--steps", "1"});
    execute(place.connection, {"INSERT INTO knex_migrations_lock (is_locked) VALUES (0)"});
    Ran locked = project.migrate({"run"});
    CHECK_MESSAGE(locked.status == 6, all_of(locked));
    CHECK(says(project.must({"resolve"}), "migrate resolve --unlock -u .:knex"));
    project.must({"resolve", "--unlock", "--yes"});
    CHECK(count(place.connection, "knex_migrations_lock") == "1");
    project.must({"run"});
}

TEST_CASE("typeorm: a generated change of type drops the column, and the plan says so") {
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        const Place place = on_postgresql();
        auto entity = [](const std::string& length) {
            return data_source(
                "entities: [new EntitySchema({ name: 'users', columns: { id: { type: 'int', "
                "primary: true }, name: { type: 'varchar', length: " +
                length + " } } })]");
        };
        NodeProject project(tool, place.url, {{"data-source.js", entity("50")}, {"migrations/", ""}});
        project.must({"generate", "init", "-u", "tool=typeorm"});
        project.must({"run"});
        execute(place.connection, {"INSERT INTO users VALUES (1, 'ada')"});
        project.tree.write("data-source.js", entity("60"));
        project.must({"generate", "longer"});
        Ran plan = project.must({"plan", "run"});
        CHECK_MESSAGE(says(plan, "DROP COLUMN"), all_of(plan));
        CHECK(says(plan, "destroys:"));
        // With that one pending, another generate must not repeat it.
        Ran again = project.migrate({"generate", "again"});
        CHECK_MESSAGE(says(again, "nothing to do"), all_of(again));
    }
}

TEST_CASE("typeorm: what the tool says of success before it rolls everything back is not counted") {
    const Place place = on_postgresql();
    NodeProject project(
        "typeorm-1", place.url,
        {{"data-source.js", data_source("entities: []")},
         {"migrations/1704067200000-Users.js",
          typeorm_class("Users1704067200000", "await queryRunner.query('CREATE TABLE users (id int)');")},
         {"migrations/1704153600000-Bad.js",
          typeorm_class("Bad1704153600000", "await queryRunner.query('SELECT nonsense');")}});
    Ran failed = project.migrate({"run"});
    CHECK(failed.status == 1);
    CHECK(says(failed, "Migration Users1704067200000 has been  executed successfully") ==
          says(failed, "has been  executed"));
    CHECK_MESSAGE(says(failed, "left     Users1704067200000"), all_of(failed));
    CHECK_FALSE(has_table(place.connection, "users"));
    CHECK(says(project.must({"status"}), "pending        2"));
}

TEST_CASE("typeorm: what is exported beside a class, and a data source that is none, are failures") {
    const Place place = on_postgresql();
    Tree::Files files{
        {"data-source.js", data_source("entities: []")},
        {"migrations/1704067200000-Users.js",
         typeorm_class("Users1704067200000", "await queryRunner.query('CREATE TABLE users (id int)');")}};
    NodeProject project("typeorm-1", place.url, files);
    project.tree.write("migrations/1704067200000-Users.js",
                       files["migrations/1704067200000-Users.js"] + "exports.Helper = class Helper {};\n");
    Ran helper = project.migrate({"run"});
    CHECK_MESSAGE(helper.status == 1, all_of(helper));
    CHECK(says(helper, "Helper"));
    CHECK_FALSE(has_table(place.connection, "users"));
    project.tree.write("migrations/1704067200000-Users.js", files["migrations/1704067200000-Users.js"]);

    const std::string source = project.tree.read("data-source.js");
    project.tree.write("data-source.js", source +
                                             "module.exports = { a: module.exports, b: 1 };\n"
                                             "module.exports.c = new DataSource({ type: 'postgres' });\n");
    Ran two = project.migrate({"run"});
    CHECK_MESSAGE(two.status != 0, all_of(two));
    CHECK_FALSE(has_table(place.connection, "users"));
}

TEST_CASE(
    "sequelize: a variable that is not set, a folder below, a seed that fails: nothing is passed over") {
    const Place place = on_postgresql();
    NodeProject project("sequelize-6", place.url, sequelize_shop());
    project.environment.erase("DATABASE_URL");
    Ran unset = project.migrate({"run"});
    CHECK_MESSAGE(unset.status == 2, all_of(unset));
    CHECK(says(unset, "target.unresolved"));
    project.environment["DATABASE_URL"] = place.url;
    Ran staging = project.migrate({"run", "--env", "staging"});
    CHECK_MESSAGE(staging.status == 2, all_of(staging));
    CHECK(says(staging, "environment.undefined"));
    CHECK_FALSE(has_table(place.connection, "users"));

    project.must({"run"});
    CHECK(says(project.must({"run"}), "nothing to do"));
    project.tree.write("seeders/20240101000000-bad.js",
                       "module.exports = { up: (q) => q.bulkInsert('nowhere', [{ a: 1 }]), down() {} };\n");
    Ran seed = project.migrate({"seed", "--yes"});
    CHECK_MESSAGE(seed.status == 1, all_of(seed));
    CHECK(says(seed, "nowhere"));
}

TEST_CASE("sequelize: rollback goes by file names, each one whole, also past a late file") {
    const Place place = on_postgresql();
    NodeProject project("sequelize-6", place.url, sequelize_shop());
    project.tree.remove("migrations/20240101000000-users.js");
    project.must({"run"});
    project.tree.write("migrations/20240101000000-users.js",
                       sequelize_shop()["migrations/20240101000000-users.js"]);
    Ran status = project.must({"status"});
    CHECK_MESSAGE(says(status, "out of order"), all_of(status));
    project.must({"run"});
    Ran plan = project.must({"plan", "rollback"});
    CHECK_MESSAGE(says(plan, "20240102000000-posts.js"), all_of(plan));
    project.must({"rollback", "--yes"});
    CHECK_FALSE(has_table(place.connection, "posts"));
    CHECK(has_table(place.connection, "users"));
}
