// Configurations of the Node tools that are code: which database they mean only running them can tell. Each
// is asked, in the project's own Node, without connecting; then the tool itself is run with it.
#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

/// The address in parts, as a module of the project makes them.
constexpr const char* kParts =
    "const url = new URL(process.env.SHOP);\nmodule.exports = () => ({ host: url.hostname, port: +url.port,\n"
    "  user: url.username, password: decodeURIComponent(url.password), database: url.pathname.slice(1) });\n";

/// SHOP instead of DATABASE_URL, so that nothing is found by its usual name.
struct Asked : NodeProject {
    Asked(const std::string& tool, const std::string& url, const Tree::Files& files)
        : NodeProject(tool, "", files) {
        environment = {{"SHOP", url}};
    }
};

void is_asked_and_run(const NodeProject& shop, const Place& place, const std::string& config) {
    Ran status = shop.must({"status", "--json"});
    CHECK_MESSAGE(says(status, "\"database\": \"" + place.connection.database + "\""), all_of(status));
    CHECK_FALSE(says(status, place.connection.password));
    Ran target = shop.must({"explain", "--target"});
    // Where the answer is what a variable holds, that is said.
    CHECK_MESSAGE((says(target, config + " (asked)") || says(target, "SHOP, as " + config + " reads it")),
                  all_of(target));
    CHECK_FALSE(has_table(place.connection, "users"));
    Ran run = shop.must({"run"});
    CHECK_FALSE(says(run, place.connection.password));
    CHECK(has_table(place.connection, "users"));
    CHECK(says(shop.must({"status"}), "current"));
}

constexpr const char* kKnexFile =
    "exports.up = (knex) => knex.schema.createTable('users', (t) => { t.increments(); });\n"
    "exports.down = (knex) => knex.schema.dropTable('users');\n";

}  // namespace

TEST_CASE("knex: a connection that a function makes is asked for") {
    const Place place = on_postgresql();
    is_asked_and_run(Asked("knex-3", place.url,
                           {{"parts.js", kParts},
                            {"knexfile.js",
                             "module.exports = async () => ({ development: { client: 'pg', connection: "
                             "require('./parts')() } "
                             "});\n"},
                            {"migrations/20240101000000_users.js", kKnexFile}}),
                     place, "knexfile.js");
}

TEST_CASE("knex: what the configuration does instead of naming a database is said, without any value") {
    const Place place = on_postgresql();
    auto said = [&](const std::string& knexfile, int status, const Words& more = {}) {
        Asked shop("knex-3", place.url,
                   {{"parts.js", kParts},
                    {"knexfile.js", knexfile},
                    {"migrations/20240101000000_users.js", kKnexFile}});
        Words words{"run"};
        words.insert(words.end(), more.begin(), more.end());
        Ran ran = shop.migrate(words);
        CHECK_MESSAGE(ran.status == status, all_of(ran));
        CHECK_FALSE(says(ran, place.connection.password));
        CHECK_FALSE(has_table(place.connection, "users"));
        return ran.out + ran.err;
    };
    const auto has = [](const std::string& text, std::string_view words) {
        return text.find(words) != std::string::npos;
    };
    CHECK(has(said("const c = require('net').connect(1, '127.0.0.1');\nmodule.exports = make(c);\n", 2),
              "knexfile.js:1: it connects to something while it is read (target.unknown)"));
    CHECK(
        has(said("const make = () => ({ development: { client: 'pg', connection: process.env.SHOP_DB } });\n"
                 "module.exports = make();\n",
                 2),
            "SHOP_DB is not set (target.unresolved)"));
    CHECK(has(said("module.exports = require('nowhere-to-be-found')();\n", 5), "nowhere-to-be-found"));
    CHECK(has(said("module.exports = require('./parts').bind(null, boom(process.env.SHOP))();\n", 2),
              "knexfile.js:1: ReferenceError"));
    // Another environment's database is never taken instead.
    CHECK(
        has(said("const make = () => ({ development: { client: 'pg', connection: require('./parts')() } });\n"
                 "module.exports = make();\n",
                 2, {"--env", "staging"}),
            "staging"));
}

TEST_CASE("typeorm: options that are made elsewhere are asked for, in JavaScript and TypeScript") {
    const std::string migration =
        "exports.Users1704067200000 = class Users1704067200000 {\n  async up(queryRunner) {\n    await "
        "queryRunner.query('CREATE TABLE users (id int)');\n  }\n  async down() {}\n};\n";
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        const Place place = on_postgresql();
        is_asked_and_run(
            Asked(tool, place.url,
                  {{"options.js",
                    "module.exports = { type: 'postgres', url: process.env.SHOP.slice(), entities: [] };\n"},
                   {"data-source.js",
                    "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ "
                    "...require('./options'), migrations: ['migrations/*.js'] });\n"},
                   {"migrations/1704067200000-Users.js", migration}}),
            place, "data-source.js");
        const Place other = on_postgresql();
        is_asked_and_run(
            Asked(
                tool, other.url,
                {{"src/options.ts",
                  "export const options = { type: 'postgres' as const, url: process.env.SHOP!.slice() };\n"},
                 {"src/data-source.ts",
                  "import { DataSource } from 'typeorm';\nimport { options } from './options';\n\nexport "
                  "const "
                  "AppDataSource = new DataSource({\n  ...options,\n  migrations: "
                  "['src/migrations/*.js'],\n});\n"},
                 {"src/migrations/1704067200000-Users.js", migration},
                 {"tsconfig.json",
                  R"({ "compilerOptions": { "module": "commonjs", "target": "es2020", "strict": true } })"}}),
            other, "src/data-source.ts");
    }
}

TEST_CASE("sequelize: a configuration that is a function is asked for") {
    const Place place = on_postgresql();
    is_asked_and_run(
        Asked("sequelize-6", place.url,
              {{"parts.js", kParts},
               {"config/config.js",
                "const parts = require('../parts')();\nmodule.exports = async () => ({ development: { "
                "...parts, "
                "username: parts.user, dialect: 'postgres' } });\n"},
               {"migrations/20240101000000-users.js",
                "module.exports = {\n  up: (queryInterface, Sequelize) => "
                "queryInterface.createTable('users', { "
                "id: { type: Sequelize.INTEGER, primaryKey: true } }),\n  down: (queryInterface) => "
                "queryInterface.dropTable('users'),\n};\n"}}),
        place, "config/config.js");
}

TEST_CASE("drizzle 0.20, 0.31 and 1.0: credentials that an imported function makes are asked for") {
    const std::string imported = "import { address } from './src/address';\n";
    const std::string define =
        "import { defineConfig } from 'drizzle-kit';\n" + imported +
        "export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', "
        "out: './drizzle', dbCredentials: { url: address() } });\n";
    const std::string old = imported +
                            "export default { driver: 'pg', schema: './src/schema.ts', out: './drizzle', "
                            "dbCredentials: { connectionString: address() } };\n";
    auto journal = [](const std::string& version, const std::string& dialect) {
        return R"({"version":")" + version + R"(","dialect":")" + dialect +
               R"(","entries":[{"idx":0,"version":")" + version +
               R"(","when":1704067200000,"tag":"0000_users","breakpoints":true}]})";
    };
    for (std::string version : {"0.20", "0.31", "1.0"}) {
        CAPTURE(version);
        const Place place = on_postgresql();
        Tree::Files files{
            {"drizzle.config.ts", version == "0.20" ? old : define},
            {"src/address.ts", "export const address = (): string => process.env.SHOP!.slice();\n"},
            {"src/schema.ts", ""}};
        const std::string sql = "CREATE TABLE users (id int);\n";
        if (version == "1.0") {
            files["drizzle/20240101000000_users/migration.sql"] = sql;
        } else {
            files["drizzle/0000_users.sql"] = sql;
            files["drizzle/meta/_journal.json"] =
                version == "0.20" ? journal("5", "pg") : journal("7", "postgresql");
        }
        is_asked_and_run(Asked("drizzle-" + version, place.url, files), place, "drizzle.config.ts");
    }
}

TEST_CASE("migrate-mongo 11, 12 and 14: a configuration that makes its URL is asked for") {
    for (std::string version : {"11", "12", "14"}) {
        CAPTURE(version);
        const std::string url = MongoServer::shared().fresh_database();
        const std::size_t slash = url.rfind('/');
        const std::string name = url.substr(slash + 1);
        NodeProject shop(
            "migrate-mongo-" + version, "",
            {{"place.js",
              "const [, url, name] = /^(.*)\\/(.*)$/.exec(process.env.SHOP);\nmodule.exports = { url, name "
              "};\n"},
             {"migrate-mongo-config.js",
              "const { url, name } = require('./place');\nmodule.exports = Promise.resolve({ mongodb: { url, "
              "databaseName: name, options: {} }, migrationsDir: 'migrations', changelogCollectionName: "
              "'changelog', migrationFileExtension: '.js', moduleSystem: 'commonjs' });\n"},
             {"migrations/20240101000000-users.js",
              "module.exports = { async up(db) { await db.collection('users').insertOne({ a: 1 }); }, async "
              "down(db) { await db.collection('users').drop(); } };\n"}});
        shop.environment = {{"SHOP", url}};
        Ran status = shop.must({"status", "--json"});
        CHECK_MESSAGE(says(status, "\"database\": \"" + name + "\""), all_of(status));
        CHECK(says(status, "uninitialised"));
        Ran target = shop.must({"explain", "--target"});
        CHECK_MESSAGE((says(target, "migrate-mongo-config.js (asked)") || says(target, "SHOP, as ")),
                      all_of(target));
        shop.must({"run"});
        CHECK(says(shop.must({"status"}), "current"));
        CHECK(says(shop.must({"status", "--native"}), "current"));
        shop.must({"rollback", "--yes"});
        CHECK(says(shop.must({"status"}), "pending        1"));
        // The word of its name is what makes it production, whoever asks.
        shop.environment["SHOP"] += "_prod";
        CHECK(shop.migrate({"run", "--yes"}).status == 4);
    }
}

TEST_CASE("prisma 6 and 7: a URL that prisma.config.ts computes is asked for") {
    for (std::string tool : {"prisma-6", "prisma-7"}) {
        CAPTURE(tool);
        const Place place = on_postgresql();
        auto shop =
            Asked(tool, place.url,
                  {{"prisma.config.ts",
                    "import { defineConfig } from 'prisma/config';\nimport { address } from './address';\n"
                    "export default defineConfig({ schema: 'prisma/schema.prisma', " +
                        std::string(tool == "prisma-6" ? "engine: 'classic', " : "") +
                        "datasource: { url: address() } });\n"},
                   {"address.ts", "export const address = (): string => process.env.SHOP!.slice();\n"},
                   {"prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"},
                   {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
                   {"prisma/migrations/20260101000000_users/migration.sql", "SELECT 1;\n"}});
        Ran status = shop.must({"status", "--json"});
        CHECK_MESSAGE(says(status, "\"database\": \"" + place.connection.database + "\""), all_of(status));
        CHECK(says(status, "uninitialised"));
        CHECK_FALSE(says(status, place.connection.password));
    }
}
