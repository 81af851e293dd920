// TypeORM 0.2, 0.3 and 1, the real tool on real databases, through the real binary.
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kBad = "migrations/1704240000000-Bad.js";

std::string class_of(const std::string& name, const std::string& up, const std::string& down) {
    return "module.exports = class " + name + " {\n  async up(queryRunner) {\n    " + up +
           "\n  }\n  async down(queryRunner) {\n    " + down + "\n  }\n};\n";
}

/// What 0.2 loads must export the class under a name.
std::string file_of(const std::string& name, const std::string& up, const std::string& down) {
    return class_of(name, up, down) + "module.exports = { " + name + ": module.exports };\n";
}

std::string table(const std::string& name) {
    return file_of(name == "users" ? "Users1704067200000" : "Posts1704153600000",
                   "await queryRunner.query('CREATE TABLE " + name + " (id int PRIMARY KEY)');",
                   "await queryRunner.query('DROP TABLE " + name + "');");
}

struct Kind {
    std::string tool;  ///< installed folder
    std::string type;  ///< TypeORM's name of the engine
};

Tree::Files shop(const Kind& kind) {
    std::string options =
        "type: '" + kind.type + "', entities: [], migrations: ['migrations/*.js'], " +
        (kind.type == "better-sqlite3" ? "database: 'dev.sqlite3'" : "url: process.env.DATABASE_URL");
    Tree::Files files{{"migrations/1704067200000-Users.js", table("users")},
                      {"migrations/1704153600000-Posts.js", table("posts")}};
    if (kind.tool == "typeorm-0.2")
        files["ormconfig.js"] =
            "module.exports = { " + options + ", cli: { migrationsDir: 'migrations' } };\n";
    else
        files["data-source.js"] =
            "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ " + options +
            " });\n";
    return files;
}

struct Shop : NodeProject {
    Connection database;
    Shop(const Kind& kind, const Place& place)
        : NodeProject(kind.tool, place.url, shop(kind)), database(place.connection) {}
};

/// The same as goes_round(), without what TypeORM does not have: it writes no empty migration in JavaScript
/// before 0.3 and has no seeds.
void up_and_down(const NodeProject& project, const Connection& database) {
    CHECK(says(project.must({"status"}), "uninitialised"));
    CHECK(says(project.must({"plan", "run"}), "apply 2 migrations"));
    project.must({"run"});
    CHECK(has_table(database, "posts"));
    CHECK(says(project.must({"status"}), "current"));
    project.must({"rollback", "--yes"});
    CHECK_FALSE(has_table(database, "posts"));
    CHECK(has_table(database, "users"));
    CHECK(says(project.must({"status"}), "pending        1"));
    project.must({"run"});
    project.must({"redo", "--yes"});
    CHECK(has_table(database, "posts"));
    CHECK(says(project.must({"run"}), "nothing to do"));
    Ran seed = project.migrate({"seed", "-u", ".:typeorm", "--yes"});
    CHECK(seed.status == 2);
    CHECK_MESSAGE(says(seed, "TypeORM has no seeds"), all_of(seed));
}

}  // namespace

TEST_CASE("typeorm 1 goes up, back and up again on PostgreSQL") {
    Shop project({"typeorm-1", "postgres"}, on_postgresql());
    up_and_down(project, project.database);
}
TEST_CASE("typeorm 1 goes up, back and up again on MariaDB") {
    Shop project({"typeorm-1", "mysql"}, on_mariadb());
    up_and_down(project, project.database);
}
TEST_CASE("typeorm 1 goes up, back and up again on SQLite") {
    NodeProject project("typeorm-1", "", shop({"typeorm-1", "better-sqlite3"}));
    Connection database;
    database.engine = Engine::sqlite;
    database.database = project.tree.path("dev.sqlite3").string();
    up_and_down(project, database);
}
TEST_CASE("typeorm 0.3 goes up, back and up again on PostgreSQL") {
    Shop project({"typeorm-0.3", "postgres"}, on_postgresql());
    up_and_down(project, project.database);
}
TEST_CASE("typeorm 0.2 goes up, back and up again on PostgreSQL") {
    Shop project({"typeorm-0.2", "postgres"}, on_postgresql());
    up_and_down(project, project.database);
}

TEST_CASE(
    "typeorm writes a migration from what the entities have and the migrations have not, on a scratch "
    "database") {
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        Shop project({tool, "postgres"}, on_postgresql());
        project.tree.write(
            "data-source.js",
            "const { DataSource, EntitySchema } = require('typeorm');\n"
            "const tags = new EntitySchema({ name: 'tags', columns: { id: { type: 'int', primary: true } } "
            "});\n"
            "module.exports = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: "
            "[tags], migrations: ['migrations/*.js'] });\n");
        project.tree.remove("migrations/1704067200000-Users.js");
        project.tree.remove("migrations/1704153600000-Posts.js");
        project.tree.write("migrations/1704067200000-Empty.js", file_of("Empty1704067200000", "", ""));
        Ran ran = project.must({"generate", "add tags"});
        CHECK_MESSAGE(says(ran, "wrote    migrations/"), all_of(ran));
        CHECK_FALSE(has_table(project.database, "migrations"));  // the unit's own database was not touched
        project.must({"run"});
        CHECK(has_table(project.database, "tags"));
        // A second time there is nothing to write, which the tool calls a failure.
        Ran again = project.must({"generate", "nothing"});
        CHECK_MESSAGE(says(again, "nothing to do"), all_of(again));

        // diff says the same of the database, and what would make it like the entities.
        CHECK(says(project.must({"diff", "--exit-code"}), "no difference"));
        const std::string source = project.tree.read("data-source.js");
        project.tree.write("data-source.js",
                           std::string(source).replace(source.find("primary: true }"), 15,
                                                       "primary: true }, name: { type: 'text' }"));
        Ran differs = project.migrate({"diff", "--exit-code"});
        CHECK_MESSAGE(differs.status == 3, all_of(differs));
        CHECK(says(differs, "ADD \"name\" text"));
    }
}

TEST_CASE("typeorm: a failing migration is named with its file and the database's own words") {
    for (std::string tool : {"typeorm-0.2", "typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        Shop project({tool, "postgres"}, on_postgresql());
        project.tree.write(kBad, file_of("Bad1704240000000",
                                         "await queryRunner.query('INSERT INTO nowhere VALUES (1)');", ""));
        Ran ran = project.migrate({"run"});
        CHECK(ran.status == 1);
        CHECK_MESSAGE(says(ran, "Bad1704240000000: relation \"nowhere\" does not exist (tool.failed)"),
                      all_of(ran));
        CHECK(says(ran, "left     Users1704067200000"));  // one transaction: nothing stays
        CHECK_FALSE(has_table(project.database, "users"));
    }
}

TEST_CASE("typeorm: a migration that ends the process with 0, or never ends, is no success") {
    Shop project({"typeorm-1", "postgres"}, on_postgresql());
    project.must({"run"});
    project.tree.write(kBad, file_of("Bad1704240000000", "process.exit(0);", ""));
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
    CHECK(says(ran, "not recorded: Bad1704240000000"));

    project.tree.write(kBad, file_of("Bad1704240000000", "await new Promise(() => {});", ""));
    Ran endless = project.migrate({"run", "--timeout", "5s"});
    CHECK(endless.status == 1);
    CHECK_MESSAGE(says(endless, "tool.timeout"), all_of(endless));
    CHECK(says(endless, "left     Bad1704240000000"));
}

TEST_CASE("typeorm: a database that was made before there were migrations is adopted") {
    for (std::string tool : {"typeorm-0.2", "typeorm-1"}) {
        CAPTURE(tool);
        Shop project({tool, "postgres"}, on_postgresql());
        execute(project.database, {"CREATE TABLE users (id INT)", "CREATE TABLE posts (id INT)"});
        project.must({"baseline", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
        CHECK(says(project.must({"run"}), "nothing to do"));
        project.must({"resolve", "--rolled-back", "Posts1704153600000", "--yes"});
        CHECK(says(project.must({"status"}), "pending        1"));
    }
}

TEST_CASE("typeorm: a data source in TypeScript is run by the project's own ts-node") {
    Tree::Files files{
        {"src/data-source.ts",
         "import { DataSource } from 'typeorm';\n\nexport const AppDataSource = new DataSource({\n  type: "
         "'postgres',\n  url: process.env.DATABASE_URL,\n  migrations: ['src/migrations/*.ts'],\n});\n"},
        {"src/migrations/1704067200000-Users.ts",
         "import { MigrationInterface, QueryRunner } from 'typeorm';\n\nexport class Users1704067200000 "
         "implements MigrationInterface {\n  async up(queryRunner: QueryRunner): Promise<void> {\n    await "
         "queryRunner.query('CREATE TABLE users (id int)');\n  }\n  async down(queryRunner: QueryRunner): "
         "Promise<void> {\n    await queryRunner.query('DROP TABLE users');\n  }\n}\n"},
        {"tsconfig.json",
         R"({ "compilerOptions": { "module": "commonjs", "target": "es2020", "strict": true } })"},
    };
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        Place place = on_postgresql();
        NodeProject project(tool, place.url, files);
        project.must({"run"});
        CHECK(has_table(place.connection, "users"));
        project.must({"rollback", "--yes"});
        CHECK_FALSE(has_table(place.connection, "users"));
    }
}

TEST_CASE("typeorm: that an applied file was edited nobody can know, and status says so") {
    Shop project({"typeorm-1", "postgres"}, on_postgresql());
    says_edits_are_unknown(project, "migrations/1704067200000-Users.js");
}

TEST_CASE("typeorm: a database that nobody answers for") {
    Shop project({"typeorm-1", "postgres"}, on_postgresql());
    says_unreachable(project, "postgresql://app:hidden-word@127.0.0.1:1/shop");
}

TEST_CASE("typeorm: production is refused") {
    Shop project({"typeorm-1", "postgres"}, on_production("typeorm_prod"));
    refuses_production(project, project.database, false);
}
