// TypeORM 0.2, 0.3 and 1, the real tool on real databases, through the real binary.
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kBad = "migrations/1704326400000-Bad.js";

std::string class_of(const std::string& name, const std::string& up, const std::string& down) {
    return "module.exports = class " + name + " {\n  async up(queryRunner) {\n    " + up +
           "\n  }\n  async down(queryRunner) {\n    " + down + "\n  }\n};\n";
}

/// What 0.2 loads must export the class under a name.
std::string file_of(const std::string& name, const std::string& up, const std::string& down) {
    return class_of(name, up, down) + "module.exports = { " + name + ": module.exports };\n";
}

}  // namespace

TEST_CASE(
    "typeorm writes a migration from what the entities have and the migrations have not, on a scratch "
    "database") {
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        Shop project({tool, Engine::postgresql});
        project.tree.write(
            "data-source.js",
            "const { DataSource, EntitySchema } = require('typeorm');\n"
            "const tags = new EntitySchema({ name: 'tags', columns: { id: { type: 'int', primary: true } } "
            "});\n"
            "module.exports = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: "
            "[tags], migrations: ['migrations/*.js'] });\n");
        project.tree.remove("migrations/1704067200000-Users.js");
        project.tree.remove("migrations/1704240000000-Posts.js");
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

TEST_CASE("typeorm: a migration that ends the process with 0, or never ends, is no success") {
    Shop project({"typeorm-1", Engine::postgresql});
    project.must({"run"});
    project.tree.write(kBad, file_of("Bad1704326400000", "process.exit(0);", ""));
    Ran ran = project.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
    CHECK(says(ran, "not recorded: Bad1704326400000"));

    project.tree.write(kBad, file_of("Bad1704326400000", "await new Promise(() => {});", ""));
    Ran endless = project.migrate({"run", "--timeout", "5s"});
    CHECK(endless.status == 1);
    CHECK_MESSAGE(says(endless, "tool.timeout"), all_of(endless));
    CHECK(says(endless, "left     Bad1704326400000"));
}

TEST_CASE("typeorm: a database that was made before there were migrations is adopted") {
    for (std::string tool : {"typeorm-0.2", "typeorm-1"}) {
        CAPTURE(tool);
        Shop project({tool, Engine::postgresql});
        execute(project.database, {"CREATE TABLE users (id INT)", "CREATE TABLE posts (id INT)"});
        project.must({"baseline", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
        CHECK(says(project.must({"run"}), "nothing to do"));
        project.must({"resolve", "--rolled-back", "Posts1704240000000", "--yes"});
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
