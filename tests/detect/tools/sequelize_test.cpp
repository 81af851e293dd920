#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kMigration =
    "'use strict'\nmodule.exports = {\n  async up(queryInterface, Sequelize) {},\n"
    "  async down(queryInterface) {}\n}\n";
const std::string kPackage =
    R"({"dependencies": {"sequelize": "^6.37.0", "pg": "8"}, "devDependencies": {"sequelize-cli": "^6.6.2"},
                                 "scripts": {"db:migrate": "sequelize db:migrate", "db:undo": "sequelize db:migrate:undo"}})";

}  // namespace

TEST_CASE("Sequelize: .sequelizerc is hidden and says everything") {
    Unit unit = only(
        scan_of({{"package.json", kPackage},
                 {".sequelizerc",
                  "var path = require('path')\nmodule.exports = {\n"
                  "  'config': path.resolve('server/config', 'database.js'),\n"
                  "  'migrations-path': path.resolve('server', 'migrations'),\n"
                  "  'models-path': path.join(__dirname, 'server', 'models'),\n}\n"},
                 {"server/config/database.js", "module.exports = { production: { dialect: 'postgres' } }"},
                 {"server/models/user.js", ""},
                 {"server/migrations/20240101120000-users.js", kMigration}}));
    CHECK(unit.id == ".:sequelize");
    CHECK(unit.config == ".sequelizerc");
    CHECK(unit.schema == "server/models");
    CHECK(directories(unit) == Strings{"server/migrations"});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.version == Version{6, 6, 2});
    CHECK(unit.project_command == "npm run db:migrate");
    CHECK(unit.launch == Strings{"node_modules/.bin/sequelize-cli"});
    CHECK(unit.confidence == 100);
}

TEST_CASE("Sequelize: paths given in scripts") {
    Unit unit = only(scan_of({{"api/package.json",
                               R"({"dependencies": {"sequelize-cli": "6"}, "scripts": {
                                    "m": "sequelize-cli db:migrate --migrations-path db/steps --config db/config.json"}})"},
                              {"api/db/config.json", R"({"development": {"dialect": "mysql"}})"},
                              {"api/db/steps/20240101120000-a.js", kMigration}}));
    CHECK(unit.id == "api:sequelize#steps");
    CHECK(unit.config == "api/db/config.json");
    CHECK(directories(unit) == Strings{"api/db/steps"});
    CHECK(unit.engines == std::vector{Engine::mysql});
}

TEST_CASE("Sequelize: what `sequelize init` makes is enough") {
    Unit unit = only(scan_of({{"package.json", kPackage},
                              {"config/config.json", R"({"development": {"dialect": "postgres"}})"},
                              {"models/index.js", ""}}));
    CHECK(unit.config == "config/config.json");
    CHECK(directories(unit) == Strings{"migrations"});
    CHECK(unit.confidence == 50);
}

TEST_CASE("Sequelize: migrations that Umzug runs are the application's") {
    Unit unit = only(scan_of(
        {{"package.json", R"({"dependencies": {"sequelize": "6", "umzug": "3"}})"},
         {"src/migrations/20240101120000-a.ts",
          "export const up = async ({ context: queryInterface }) => queryInterface.createTable('a', {})"}}));
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(unit.config.empty());
}

TEST_CASE("Sequelize: the dependency alone is no unit") {
    Scan scan = scan_of({{"package.json", kPackage}, {"models/user.js", "sequelize.define('user')"}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE("Sequelize: a directory that .sequelizerc names and that is not there is reported") {
    Scan scan = scan_of(
        {{"package.json", kPackage}, {".sequelizerc", "module.exports = { 'migrations-path': './gone' }"}});
    CHECK(problems(scan) == Strings{".sequelizerc:0 config.missing_directory"});
}
