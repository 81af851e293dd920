#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kMigration =
    "import { MigrationInterface, QueryRunner } from 'typeorm'\n\n"
    "export class Init1700000000000 implements MigrationInterface {}\n";

std::string source(const std::string& type, const std::string& migrations, const std::string& more = "") {
    return "import { DataSource } from 'typeorm'\n\nexport const AppDataSource = new DataSource({\n  type: "
           "'" +
           type + "',\n  migrations: " + migrations + ",\n" + more + "})\n";
}

std::string package(const std::string& scripts = "", const std::string& dependencies = "") {
    return R"({"dependencies": {"typeorm": "^0.3.20")" + dependencies + R"(}, "scripts": {)" + scripts + "}}";
}

}  // namespace

TEST_CASE("TypeORM: a data source and the directory that it names") {
    Unit unit = only(scan_of(
        {{"package.json", package(R"("m": "typeorm-ts-node-commonjs migration:run -d src/data-source.ts")")},
         {"src/data-source.ts", source("postgres", "['src/migrations/*.ts']")},
         {"src/migrations/1700000000000-Init.ts", kMigration}}));
    CHECK(unit.id == ".:typeorm");
    CHECK(unit.config == "src/data-source.ts");
    CHECK(directories(unit) == Strings{"src/migrations"});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.how_run == HowRun::cli);
    CHECK(unit.project_command == "npm run m");
    CHECK(unit.launch == Strings{"node_modules/.bin/typeorm-ts-node-commonjs"});
    CHECK(has_signal(unit, "typeorm.named"));
}

TEST_CASE("TypeORM: the loader is the project's own, else what is installed") {
    auto launch = [](const std::string& manifest) {
        return only(scan_of({{"package.json", manifest},
                             {"data-source.ts", source("postgres", "['migrations/*.ts']")},
                             {"migrations/1700000000000-Init.ts", kMigration}}))
            .launch;
    };
    CHECK(
        launch(package(
            R"("m": "ts-node -r tsconfig-paths/register ./node_modules/typeorm/cli.js migration:run -d data-source.ts")")) ==
        Strings{"node_modules/.bin/ts-node", "-r", "tsconfig-paths/register", "node_modules/typeorm/cli.js"});
    CHECK(launch(package("", R"(, "@swc-node/register": "1")")) ==
          Strings{"node", "-r", "@swc-node/register", "node_modules/typeorm/cli.js"});
    CHECK(launch(package("", R"(, "tsx": "4")")) ==
          Strings{"node", "--import", "tsx", "node_modules/typeorm/cli.js"});
    CHECK(launch(package("", R"(, "tsx": "4", "ts-node": "10")")) ==
          Strings{"node_modules/.bin/typeorm-ts-node-commonjs"});
    CHECK(launch(R"({"dependencies": {"typeorm": "0.2.45", "ts-node": "10"}})") ==
          Strings{"node", "-r", "ts-node/register", "node_modules/typeorm/cli.js"});
}

TEST_CASE("TypeORM: engines by directory are variants of one unit") {
    Unit unit =
        only(scan_of({{"package.json", package(R"("run": "typeorm migration:run -d server/datasource.ts")")},
                      {"server/datasource.ts",
                       "import { DataSource, DataSourceOptions } from 'typeorm'\n"
                       "const lite: DataSourceOptions = { type: 'sqlite', migrations: "
                       "['server/migration/sqlite/**/*.ts'] }\n"
                       "const pg: DataSourceOptions = { type: 'postgres', migrations: "
                       "['server/migration/postgres/**/*.ts'] }\n"
                       "export default new DataSource(process.env.PG ? pg : lite)\n"},
                      {"server/migration/sqlite/1700000000000-Init.ts", kMigration},
                      {"server/migration/postgres/1700000000000-Init.ts", kMigration}}));
    REQUIRE(directories(unit) == Strings{"server/migration/postgres", "server/migration/sqlite"});
    CHECK(unit.migrations[0].engine == Engine::postgresql);
    CHECK(unit.migrations[1].engine == Engine::sqlite);
    CHECK(unit.engines.size() == 2);
    CHECK(unit.id == ".:typeorm#server");
}

TEST_CASE("TypeORM: what a script names in dist/ is its source, and needs a build") {
    Unit unit = only(scan_of(
        {{"packages/auth/package.json",
          package(
              R"("typeorm": "typeorm-ts-node-commonjs", "migrate": "yarn build && yarn typeorm migration:run -d dist/src/Bootstrap/MigrationsDataSource.js")")},
         {"packages/auth/src/Bootstrap/MigrationsDataSource.ts",
          "import { AppDataSource } from './DataSource'\n\nexport const MigrationsDataSource = new "
          "AppDataSource({ runMigrations: true }).dataSource\n"},
         {"packages/auth/src/Bootstrap/DataSource.ts",
          "import { DataSource } from 'typeorm'\nexport class AppDataSource {\n  get dataSource() {\n"
          "    return new DataSource({ type: 'mysql', migrations: "
          "[`${__dirname}/../../migrations/${x}/*.js`] })\n  }\n}\n"},
         {"packages/auth/migrations/mysql/1700000000000-Init.ts", kMigration}}));
    CHECK(unit.config == "packages/auth/src/Bootstrap/MigrationsDataSource.ts");
    CHECK(unit.root == "packages/auth");
    CHECK(directories(unit) == Strings{"packages/auth/migrations/mysql"});
    CHECK(unit.how_run == HowRun::build);
    CHECK(unit.engines == std::vector{Engine::mysql});
}

TEST_CASE("TypeORM: two data sources over different directories are two units") {
    Scan scan = scan_of({{"package.json", package()},
                         {"src/users-data-source.ts", source("postgres", "['src/users/migrations/*.ts']")},
                         {"src/orders-data-source.ts", source("mysql", "['src/orders/migrations/*.ts']")},
                         {"src/users/migrations/1700000000000-Init.ts", kMigration},
                         {"src/orders/migrations/1700000000000-Init.ts", kMigration}});
    REQUIRE(ids(scan.units) == Strings{".:typeorm#orders", ".:typeorm#users"});
    CHECK(directories(scan.units[0]) == Strings{"src/orders/migrations"});
    CHECK(directories(scan.units[1]) == Strings{"src/users/migrations"});
}

TEST_CASE("TypeORM: migrations without a data source are the application's to run") {
    Unit unit = only(scan_of({{"package.json", package()},
                              {"src/app.module.ts", "TypeOrmModule.forRoot({ migrations })"},
                              {"src/migrations/1700000000000-Init.ts", kMigration}}));
    CHECK(unit.config.empty());
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(unit.confidence == 50);
}

TEST_CASE("TypeORM: an application that migrates itself when it starts says so") {
    Unit unit = only(scan_of(
        {{"package.json", package()},
         {"src/data-source.ts", source("mysql", "['dist/migrations/*.js']", "  migrationsRun: true,\n")},
         {"migrations/1700000000000-Init.ts", kMigration}}));
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(directories(unit) == Strings{"migrations"});
}

TEST_CASE("TypeORM: a data source for a project without migrations yet says where they will go") {
    Unit unit = only(scan_of({{"package.json", package()},
                              {"src/data-source.ts", source("sqlite", "[__dirname + '/migrations/*.ts']")}}));
    CHECK(directories(unit) == Strings{"src/migrations"});
}

TEST_CASE("TypeORM: components of a user interface and empty migrations lists are no units") {
    Scan scan = scan_of({{"package.json", package()},
                         {"client/services/data-source.js",
                          "export const DataSource = { get: () => axios.get('/api/data_sources') }"},
                         {"src/data-source.ts", source("sqlite", "[]")}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE("TypeORM: ormconfig of 0.2 counts") {
    Unit unit = only(scan_of(
        {{"package.json", package()},
         {"ormconfig.json", R"({"type": "mysql", "entities": [], "migrations": ["src/migration/*.ts"]})"},
         {"src/migration/1600000000000-Init.ts", kMigration}}));
    CHECK(unit.config == "ormconfig.json");
    CHECK(directories(unit) == Strings{"src/migration"});
}

TEST_CASE("TypeORM: a script that names a data source that is gone is reported") {
    Scan scan = scan_of({{"package.json", package(R"("m": "typeorm migration:run -d src/gone.ts")")},
                         {"src/data-source.ts", source("sqlite", "['src/migrations/*.ts']")},
                         {"src/migrations/1700000000000-Init.ts", kMigration}});
    CHECK(only(scan).config == "src/data-source.ts");
    REQUIRE(scan.problems.size() == 1);
    CHECK(scan.problems.front().code == "config.stale");
}
