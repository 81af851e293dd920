#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kMigration =
    "exports.up = function (knex) { return knex.schema.createTable('t', () => {}) }\n"
    "exports.down = function (knex) {}\n";
const std::string kTyped = "import type { Knex } from 'knex'\n\nexport async function up(knex: Knex) {}\n";
const std::string kPackage = R"({"dependencies": {"knex": "^3.1.0", "pg": "^8"}})";

}  // namespace

TEST_CASE("Knex: a knexfile names its directories, relative to itself") {
    Unit unit =
        only(scan_of({{"package.json", kPackage},
                      {"src/db/knexfile.js",
                       "module.exports = {\n  client: 'pg',\n  migrations: { directory: './steps' },\n"
                       "  seeds: { directory: './data' },\n}\n"},
                      {"src/db/steps/20240101120000_users.js", kMigration},
                      {"src/db/data/a.js", ""}}));
    CHECK(unit.id == "src/db:knex");
    CHECK(unit.root == "src/db");
    CHECK(directories(unit) == Strings{"src/db/steps"});
    CHECK(unit.seeds == "src/db/data");
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.version == Version{3, 1, 0});
    CHECK(unit.how_run == HowRun::cli);
}

TEST_CASE("Knex: without a named directory it is ./migrations") {
    Unit unit = only(scan_of({{"package.json", kPackage},
                              {"knexfile.js", "module.exports = { client: 'sqlite3' }"},
                              {"migrations/20240101120000_a.js", kMigration}}));
    CHECK(directories(unit) == Strings{"migrations"});
    CHECK(unit.launch == Strings{"node_modules/.bin/knex"});
}

TEST_CASE("Knex: TypeScript needs a loader, the one that the project has") {
    auto launch = [](const std::string& package) {
        return only(scan_of({{"package.json", package},
                             {"knexfile.ts", "export default { client: 'pg' }"},
                             {"migrations/20240101120000_a.ts", kTyped}}))
            .launch;
    };
    CHECK(launch(R"({"dependencies": {"knex": "3", "tsx": "4"}})") ==
          Strings{"node", "--import", "tsx", "node_modules/knex/bin/cli.js"});
    // Knex registers ts-node itself.
    CHECK(launch(R"({"dependencies": {"knex": "3", "ts-node": "10"}})") == Strings{"node_modules/.bin/knex"});
    CHECK(launch(R"({"type": "module", "dependencies": {"knex": "3", "ts-node": "10"}})") ==
          Strings{"node", "--loader", "ts-node/esm", "node_modules/knex/bin/cli.js"});
    CHECK(launch(R"({"dependencies": {"knex": "3"}, "scripts":
                     {"m": "NODE_ENV=x ts-node -r dotenv/config ./node_modules/knex/bin/cli.js migrate:latest"}})") ==
          Strings{"node_modules/.bin/ts-node", "-r", "dotenv/config", "node_modules/knex/bin/cli.js"});
}

TEST_CASE("Knex: one history scattered over modules, found by a custom source") {
    Unit unit = only(scan_of(
        {{"package.json",
          R"({"dependencies": {"knex": "2"}, "scripts": {"migrate": "node cli db migrate"}})"},
         {"knexfile.ts", "export default { client: 'pg', migrations: { migrationSource: new Source() } }"},
         {"modules/a/migrations/20240101120000_a.ts", kTyped},
         {"modules/b/migrations/20240101120000_b.js", kMigration},
         {"modules/b/tests/migrations/20240101120000_b.js", kMigration}}));
    CHECK(directories(unit) == Strings{"modules/a/migrations", "modules/b/migrations"});
    CHECK(unit.how_run == HowRun::wrapper);
    CHECK(unit.project_command == "npm run migrate");
}

TEST_CASE("Knex: migrations without a knexfile are the application's to run") {
    Scan scan = scan_of({{"package.json", kPackage},
                         {"server/db/migrations/20240101120000_a.js", kMigration},
                         {"server/db/migrations-sqlite/20240101120000_a.js", kMigration},
                         {"server/db/seeds/20240101120000_a.js", kMigration}});
    Unit unit = only(scan);
    CHECK(unit.id == ".:knex#server");
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(directories(unit) == Strings{"server/db/migrations", "server/db/migrations-sqlite"});
    CHECK(unit.migrations[1].engine == Engine::sqlite);
    CHECK(unit.confidence == 50);
}

TEST_CASE("Knex: a query builder is no unit, nor are settings upgrades in a folder called migrations") {
    Scan scan =
        scan_of({{"package.json", kPackage},
                 {"src/settings/migrations/0001_rename.js", "module.exports = (settings) => settings"},
                 {"src/settings/migrations/20240101_up.js", "export const up = (config) => config"}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE("Knex: migrations of other libraries in a package with knex are not Knex's") {
    Scan scan =
        scan_of({{"package.json", kPackage},
                 {"migrations/20240101120000_a.ts",
                  "import { Kysely } from 'kysely'\nexport async function up(db: Kysely<any>) {}"},
                 {"other/migrations/20240101120000_a.js", "exports.up = (pgm) => pgm.createTable('x')"}});
    CHECK(scan.units.empty());
}

TEST_CASE("Knex: a knexfile under another name, and one that is gone, as scripts give them") {
    Scan scan = scan_of(
        {{"package.json", R"({"dependencies": {"knex": "3"}, "scripts": {
                              "a": "knex migrate:latest --knexfile config/reports.js",
                              "b": "knex migrate:latest --knexfile config/gone.js"}})"},
         {"config/reports.js", "module.exports = { client: 'mysql2', migrations: { directory: '../m' } }"},
         {"m/20240101120000_a.js", kMigration}});
    Unit unit = only(scan);
    CHECK(unit.config == "config/reports.js");
    CHECK(unit.id == "config:knex#reports");
    CHECK(directories(unit) == Strings{"m"});
    CHECK(problems(scan).size() == 1);
    CHECK(scan.problems.front().code == "config.stale");
}

TEST_CASE("Knex: a directory that is not there is reported where it is named") {
    Scan scan = scan_of(
        {{"package.json", kPackage},
         {"knexfile.js",
          "module.exports = {\n  client: 'pg',\n  migrations: {\n    directory: './gone',\n  },\n}\n"}});
    CHECK(problems(scan) == Strings{"knexfile.js:4 config.missing_directory"});
}
