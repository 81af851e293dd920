// npm, pnpm, Yarn 1, Yarn 4 with Plug'n'Play, and bun: a workspace of one package with Knex, as each of them
// has installed it; with pnpm and Yarn 4 also one with the other tools. The tool is started directly, from
// the level where it lies, and nothing is ever downloaded.
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using nlohmann::json;

constexpr const char* kUnit = "packages/api:knex";

/// The installed workspace of one package manager, copied; with its own program on PATH, and no network.
struct Workspace {
    Tree tree;
    std::map<std::string, std::string> environment;

    explicit Workspace(const std::string& manager) {
        const fs::path installed = test_tool("managers/" + manager);
        fs::remove_all(tree.path());
        fs::copy(installed, tree.path(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        tree.write("packages/api/knexfile.js",
                   "module.exports = { development: { client: 'better-sqlite3', connection: { filename: "
                   "'./dev.sqlite3' }, useNullAsDefault: true } };\n");
        tree.write("packages/api/migrations/20240101000000_users.js",
                   "exports.up = (knex) => knex.schema.createTable('users', (t) => { t.increments(); });\n"
                   "exports.down = (knex) => knex.schema.dropTable('users');\n");
        environment = {{"npm_config_registry", "http://127.0.0.1:1"},
                       {"YARN_ENABLE_NETWORK", "false"},
                       {"YARN_ENABLE_TELEMETRY", "false"},
                       {"BUN_CONFIG_REGISTRY", "http://127.0.0.1:1"}};
        first_on_path(test_tool("managers/bin/" + manager));
    }

    void first_on_path(const fs::path& directory) {
        const std::string before =
            environment.contains("PATH") ? environment["PATH"] : std::string(std::getenv("PATH"));
        environment["PATH"] = directory.string() + ":" + before;
    }

    Ran migrate(Words words) const { return migrate_in(tree, std::move(words), environment); }

    json detected() const {
        Ran ran = migrate({"detect", "--json"});
        REQUIRE_MESSAGE(ran.status == 0, all_of(ran));
        return json::parse(ran.out)["units"][0];
    }
};

constexpr const char* kMigration = "20240101000000";

/// TypeORM with its data source in TypeScript, sequelize-cli, drizzle-kit, migrate-mongo and Prisma (over the
/// stand-in for its schema engine), one a package, each with a migration to apply.
struct EveryTool {
    Tree tree, engine;
    std::map<std::string, std::string> environment;
    Place place = on_postgresql();

    explicit EveryTool(const std::string& manager) {
        const fs::path installed = test_tool("managers/" + manager + "-all");
        if (manager == "pnpm") {
            tree.link((installed / "node_modules").string(), "node_modules");
            for (const auto* name : {"package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"})
                fs::copy_file(installed / name, tree.path(name));
            for (const auto& package : fs::directory_iterator(installed / "packages")) {
                const std::string into = "packages/" + package.path().filename().string();
                fs::create_directories(tree.path(into));
                fs::copy_file(package.path() / "package.json", tree.path(into + "/package.json"));
                tree.link((package.path() / "node_modules").string(), into + "/node_modules");
            }
        } else {
            fs::remove_all(tree.path());
            fs::copy(installed, tree.path(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        }
        write_projects();
        const auto prisma = test_tool("node/prisma-7/node_modules");
        engine.link(prisma.string(), "node_modules");
        fs::copy_file(source_directory() / "tests/e2e/prisma/schema-engine.cjs",
                      engine.path("schema-engine"));
        engine.executable("schema-engine");
        environment = {{"YARN_ENABLE_NETWORK", "false"},
                       {"YARN_ENABLE_TELEMETRY", "false"},
                       {"npm_config_registry", "http://127.0.0.1:1"},
                       {"PATH", test_tool("managers/bin/" + manager).string() + ":" + std::getenv("PATH")},
                       {"DATABASE_URL", place.url},
                       {"PRISMA_DATABASE_URL", on_postgresql().url},
                       {"MONGO_URL", MongoServer::shared().fresh_database()},
                       {"PRISMA_SCHEMA_ENGINE_BINARY", engine.path("schema-engine").string()},
                       {"PRISMA_QUERY_ENGINE_LIBRARY", engine.path("schema-engine").string()}};
    }

    void write_projects() {
        // That part of the configuration which only running it tells is asked, with the package manager's own
        // way of finding modules.
        tree.write(
            "packages/typeorm/data-source.ts",
            "import { DataSource } from 'typeorm';\nconst place = (): any => ({ url: "
            "process.env['DATABASE' + '_URL'] });\nexport const shop = new DataSource({ type: 'postgres', "
            "...place(), entities: [], migrations: ['migrations/*.ts'] });\n");
        tree.write("packages/typeorm/tsconfig.json",
                   R"({ "compilerOptions": { "module": "commonjs", "target": "es2020" } })");
        tree.write("packages/typeorm/migrations/1704067200000-Users.ts",
                   "import { QueryRunner } from 'typeorm';\nexport class Users1704067200000 {\n  async up(q: "
                   "QueryRunner) { await q.query('CREATE TABLE t (id int)'); }\n  async down(q: QueryRunner) "
                   "{ await "
                   "q.query('DROP TABLE t'); }\n}\n");
        tree.write("packages/sequelize/config/config.json",
                   R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres" } })");
        tree.write(std::string("packages/sequelize/migrations/") + kMigration + "-users.js",
                   "module.exports = {\n  up: (queryInterface) => queryInterface.sequelize.query('CREATE "
                   "TABLE s (id "
                   "int)'),\n  down: (queryInterface) => queryInterface.dropTable('s'),\n};\n");
        tree.write("packages/drizzle/drizzle.config.ts",
                   "import { defineConfig } from 'drizzle-kit';\nexport default defineConfig({ dialect: "
                   "'postgresql', schema: './schema.ts', out: './drizzle', dbCredentials: { url: "
                   "process.env.DATABASE_URL! } });\n");
        tree.write("packages/drizzle/schema.ts",
                   "import { pgTable, integer } from 'drizzle-orm/pg-core';\nexport const users = "
                   "pgTable('d', { id: "
                   "integer('id') });\n");
        tree.write("packages/mongo/migrate-mongo-config.js",
                   "module.exports = { mongodb: { url: process.env.MONGO_URL, options: {} }, migrationsDir: "
                   "'migrations', changelogCollectionName: 'changelog', migrationFileExtension: '.js', "
                   "moduleSystem: "
                   "'commonjs' };\n");
        tree.write(
            std::string("packages/mongo/migrations/") + kMigration + "-users.js",
            "module.exports = {\n  async up(db) { await db.collection('users').insertOne({ a: 1 }); },\n  "
            "async down(db) { await db.collection('users').drop(); },\n};\n");
        tree.write("packages/prisma/prisma.config.ts",
                   "import { defineConfig } from 'prisma/config';\nexport default defineConfig({ schema: "
                   "'prisma/schema.prisma' });\n");
        tree.write(
            "packages/prisma/prisma/schema.prisma",
            "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"PRISMA_DATABASE_URL\")\n}\n");
        tree.write("packages/prisma/prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        tree.write(std::string("packages/prisma/prisma/migrations/") + kMigration + "_users/migration.sql",
                   "CREATE TABLE p (id int);\n");
    }

    Ran migrate(Words words) const { return migrate_in(tree, std::move(words), environment); }
    void must(Words words, std::string_view words_said = "") const {
        Ran ran = migrate(std::move(words));
        CHECK_MESSAGE(ran.status == 0, all_of(ran));
        CHECK_MESSAGE(says(ran, words_said), all_of(ran));
    }
};

/// `launch` starts the binary that it ends with.
void every_tool_works(const std::string& manager, const std::function<Words(std::string)>& launch) {
    EveryTool shop(manager);
    const std::map<std::string, Words> expected{
        {"typeorm", {"0.3.31", "typeorm-ts-node-commonjs"}},
        {"sequelize", {"6.6.5", "sequelize-cli"}},
        {"drizzle", {"0.31.11", "drizzle-kit"}},
        {"mongo", {"14.0.7", "migrate-mongo"}},
        {"prisma", {"6.19.3", "prisma"}},
    };
    Ran detected = shop.migrate({"detect", "--json"});
    REQUIRE_MESSAGE(detected.status == 0, all_of(detected));
    const json found = json::parse(detected.out);
    CHECK(found["units"].size() == expected.size());
    for (const auto& unit : found["units"]) {
        const std::string id = unit["id"], name = id.substr(9, id.find(':') - 9);
        CAPTURE(id);
        REQUIRE(expected.contains(name));
        CHECK(unit["version"] == expected.at(name)[0]);
        CHECK(unit["runner"] == (manager == "pnpm" ? "pnpm" : "yarn"));
        CHECK(unit["launch"] == json(launch(expected.at(name)[1])));
    }
    shop.must({"generate", "init", "-u", "drizzle"}, "0000_init.sql");
    for (const auto& one : expected) {
        const std::string& name = one.first;
        CAPTURE(name);
        shop.must({"run", "-u", name}, "applied");
        if (name != "drizzle") shop.must({"status", "--native", "-u", name}, "current");
        shop.must({"status", "-u", name}, "current");
    }
}

void goes_up_and_back(const std::string& manager, const std::string& runner, const Words& launch) {
    Workspace shop(manager);
    const json unit = shop.detected();
    CHECK(unit["id"] == kUnit);
    CHECK(unit["version"] == "3.3.0");
    CHECK(unit["runner"] == runner);
    CHECK(unit["launch"] == json(launch));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    Ran status = shop.migrate({"status", "--native"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "current"));
    Ran back = shop.migrate({"rollback", "--yes", "-u", "api"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK(says(shop.migrate({"status"}), "pending        1"));
}

}  // namespace

TEST_CASE("npm: the binary at the top of the workspace is started") {
    goes_up_and_back("npm", "npm", {"../../node_modules/.bin/knex"});
}
TEST_CASE("pnpm: the binary of the package itself is started") {
    goes_up_and_back("pnpm", "pnpm", {"node_modules/.bin/knex"});
}
TEST_CASE("Yarn 1: the binary of the package itself is started") {
    goes_up_and_back("yarn1", "yarn", {"node_modules/.bin/knex"});
}
TEST_CASE("Yarn 4 with Plug'n'Play: its own run is what starts the binary") {
    goes_up_and_back("berry", "yarn", {"yarn", "run", "-B", "knex"});
}
TEST_CASE("bun: the binary of the package itself is started") {
    goes_up_and_back("bun", "bun", {"node_modules/.bin/knex"});
}

TEST_CASE("pnpm: every other tool is found, started from its package, and works") {
    every_tool_works("pnpm", [](const std::string& binary) { return Words{"node_modules/.bin/" + binary}; });
}
TEST_CASE("Yarn 4 with Plug'n'Play: every other tool is found, started by its own run, and works") {
    every_tool_works("berry", [](const std::string& binary) { return Words{"yarn", "run", "-B", binary}; });
}

TEST_CASE("where nothing is installed nothing is run or downloaded, by no package manager") {
    for (std::string manager : {"npm", "pnpm", "yarn1", "berry", "bun"}) {
        CAPTURE(manager);
        Workspace shop(manager);
        for (const auto* installed :
             {"node_modules", "packages/api/node_modules", ".pnp.cjs", ".pnp.loader.mjs", ".yarn"})
            shop.tree.remove(installed);
        // Whoever would download stands first on PATH, and says that it was called.
        for (std::string program : {"npx", "npm", "pnpm", "pnpx", "yarn", "bun", "bunx", "corepack"}) {
            const std::string path = "called/" + program;
            shop.tree.write(path, "#!/bin/sh\necho $0 >> \"" + shop.tree.path("calls").string() + "\"\n");
            shop.tree.executable(path);
        }
        shop.first_on_path(shop.tree.path("called"));
        Ran run = shop.migrate({"run", "-u", "api"});
        CHECK_MESSAGE(run.status == 5, all_of(run));
        CHECK_MESSAGE(says(run, "tool.missing"), all_of(run));
        CHECK_FALSE(shop.tree.exists("calls"));
        CHECK_FALSE(shop.tree.exists("packages/api/dev.sqlite3"));
        CHECK_FALSE(shop.tree.exists("node_modules"));
    }
}
