#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string config(const std::string& dialect, const std::string& out) {
    return "import { defineConfig } from 'drizzle-kit';\nexport default defineConfig({\n  dialect: '" +
           dialect + "',\n  schema: './src/schema.ts',\n  out: '" + out + "',\n});\n";
}

std::string journal(const std::string& dialect, const std::string& tag) {
    return "{\n  \"version\": \"7\",\n  \"dialect\": \"" + dialect +
           "\",\n  \"entries\": [{\"idx\": 0, \"tag\": \"" + tag + "\"}]\n}\n";
}

const std::string kPackage =
    R"({"devDependencies": {"drizzle-kit": "^0.31.0"}, "scripts": {"m": "drizzle-kit migrate"}})";

}  // namespace

TEST_CASE("Drizzle: configuration and journal make one unit") {
    Unit unit = only(scan_of({{"package.json", kPackage},
                              {"drizzle.config.ts", config("postgresql", "./drizzle")},
                              {"src/schema.ts", ""},
                              {"drizzle/0000_init.sql", ""},
                              {"drizzle/meta/_journal.json", journal("postgresql", "0000_init")}}));
    CHECK(unit.id == ".:drizzle");
    CHECK(unit.config == "drizzle.config.ts");
    CHECK(unit.schema == "src/schema.ts");
    CHECK(directories(unit) == Strings{"drizzle"});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.version == Version{0, 31, 0});
    CHECK(unit.launch == Strings{"node_modules/.bin/drizzle-kit"});
    CHECK(unit.how_run == HowRun::cli);
}

TEST_CASE("Drizzle: a plain object under the usual name is a configuration where the kit is a dependency") {
    const std::string plain =
        "export default {\n  driver: 'pg',\n  schema: './src/schema.ts',\n"
        "  dbCredentials: { connectionString: process.env.DATABASE_URL },\n};\n";
    Unit unit =
        only(scan_of({{"package.json", kPackage}, {"drizzle.config.ts", plain}, {"src/schema.ts", ""}}));
    CHECK(unit.id == ".:drizzle");
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(
        scan_of({{"package.json", "{}"}, {"drizzle.config.ts", plain}, {"src/schema.ts", ""}}).units.empty());
}

TEST_CASE("Drizzle: configurations under any name, several in one package, told apart by it") {
    Scan scan = scan_of({{"packages/db/package.json",
                          R"({"devDependencies": {"drizzle-kit": "1"}, "scripts": {
               "mysql": "drizzle-kit migrate --config ./configs/mysql.config.ts",
               "pg": "drizzle-kit migrate --config=./configs/pg.config.ts"}})"},
                         {"packages/db/src/schema.ts", ""},
                         {"packages/db/configs/mysql.config.ts", config("mysql", "./migrations/mysql")},
                         {"packages/db/configs/pg.config.ts", config("postgresql", "./migrations/pg")},
                         {"packages/db/migrations/mysql/meta/_journal.json", journal("mysql", "0000_a")},
                         {"packages/db/migrations/mysql/0000_a.sql", ""},
                         {"packages/db/migrations/pg/meta/_journal.json", journal("postgresql", "0000_a")},
                         {"packages/db/migrations/pg/0000_a.sql", ""}});
    REQUIRE(ids(scan.units) == Strings{"packages/db:drizzle#mysql", "packages/db:drizzle#pg"});
    CHECK(scan.units[0].root == "packages/db");
    CHECK(directories(scan.units[0]) == Strings{"packages/db/migrations/mysql"});
    CHECK(scan.units[0].project_command == "npm run mysql");
    CHECK(scan.units[1].project_command == "npm run pg");
    CHECK(scan.problems.empty());
}

TEST_CASE("Drizzle: two configurations over one directory are stages of one unit") {
    Scan scan = scan_of({{"package.json", kPackage},
                         {"drizzle.config.ts", config("sqlite", "./drizzle")},
                         {"drizzle.prod.config.ts", config("sqlite", "./drizzle")},
                         {"drizzle/meta/_journal.json", journal("sqlite", "0000_a")},
                         {"drizzle/0000_a.sql", ""}});
    CHECK(ids(scan.units) == Strings{".:drizzle"});
    CHECK(scan.units.front().config == "drizzle.config.ts");
}

TEST_CASE("Drizzle: the folders of 1.0 are a history too, and no Prisma one") {
    Unit unit = only(scan_of({{"package.json", kPackage},
                              {"drizzle.config.ts", config("postgresql", "./drizzle")},
                              {"drizzle/20240101000000_init/migration.sql", ""},
                              {"drizzle/20240101000000_init/snapshot.json", "{}"}}));
    CHECK(unit.tool == Tool::drizzle);
    CHECK(has_signal(unit, "drizzle.folders"));
}

TEST_CASE("Drizzle: a directory computed from the environment serves several engines") {
    Unit unit = only(
        scan_of({{"package.json", kPackage},
                 {"drizzle.config.ts",
                  "import type { Config } from 'drizzle-kit';\nexport default {\n"
                  "  dialect: process.env.D,\n  out: `./drizzle/${process.env.D}`,\n} satisfies Config;\n"},
                 {"drizzle/mysql/meta/_journal.json", journal("mysql", "0000_a")},
                 {"drizzle/mysql/0000_a.sql", ""},
                 {"drizzle/sqlite/meta/_journal.json", journal("sqlite", "0000_a")},
                 {"drizzle/sqlite/0000_a.sql", ""}}));
    REQUIRE(directories(unit) == Strings{"drizzle/mysql", "drizzle/sqlite"});
    CHECK(unit.migrations[0].engine == Engine::mysql);
    CHECK(unit.migrations[1].engine == Engine::sqlite);
}

TEST_CASE("Drizzle: a journal without configuration is applied by the program alone") {
    Unit unit = only(scan_of({{"package.json", R"({"dependencies": {"drizzle-orm": "0.44"}})"},
                              {"migrations/meta/_journal.json", journal("sqlite", "0000_a")},
                              {"migrations/0000_a.sql", ""}}));
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(unit.config.empty());
}

TEST_CASE("Drizzle: a project that migrates with its own script says so") {
    Unit unit = only(scan_of({{"package.json", R"({"devDependencies": {"drizzle-kit": "0.31.0"}, "scripts": {
                                                     "generate": "drizzle-kit generate", "migrate": "tsx src/migrate.ts"}})"},
                              {"drizzle.config.ts", config("turso", "./drizzle")},
                              {"drizzle/meta/_journal.json", journal("sqlite", "0000_a")},
                              {"drizzle/0000_a.sql", ""}}));
    CHECK(unit.how_run == HowRun::wrapper);
    CHECK(unit.project_command == "npm run migrate");
    CHECK(unit.engines == std::vector{Engine::libsql});
}

TEST_CASE("Drizzle: the dependency alone, tests of configurations and texts about the tool are no units") {
    Scan scan = scan_of(
        {{"package.json", kPackage},
         {"drizzle.config.test.ts", config("postgresql", "./drizzle")},
         {"src/installers/drizzle.ts", "export const drizzle = { packages: ['drizzle-kit'], out: 'x' };"}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE(
    "Drizzle: a script that names a configuration that is gone, and a journal that disagrees, are reported") {
    Scan scan = scan_of({{"package.json",
                          "{\"devDependencies\": {\"drizzle-kit\": \"0.31.0\"},\n \"scripts\": {\n"
                          "  \"old\": \"drizzle-kit push --config gone.config.ts\"}}"},
                         {"drizzle.config.ts", config("postgresql", "./drizzle")},
                         {"src/schema.ts", ""},
                         {"drizzle/meta/_journal.json", journal("postgresql", "0000_gone")},
                         {"drizzle/0001_extra.sql", ""}});
    CHECK(ids(scan.units) == Strings{".:drizzle"});
    CHECK(problems(scan) == Strings{"drizzle/0001_extra.sql:0 history.disagrees",
                                    "drizzle/meta/_journal.json:0 history.disagrees",
                                    "package.json:3 config.stale"});
}

TEST_CASE("Drizzle: a broken configuration in JSON, and a broken journal, are reported") {
    Scan scan = scan_of({{"package.json", kPackage},
                         {"drizzle.config.json", "{\"dialect\": \"sqlite\", \"out\": \"./drizzle\""},
                         {"drizzle/meta/_journal.json", "{\"dialect\": \"sqlite\", \"entries\": ["}});
    CHECK(problems(scan) ==
          Strings{"drizzle.config.json:0 config.invalid", "drizzle/meta/_journal.json:0 config.invalid"});
}
