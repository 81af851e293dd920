#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string config(const std::string& before = "") {
    return before +
           "module.exports = {\n  mongodb: { url: 'mongodb://localhost:27017' },\n"
           "  migrationsDir: 'migrations', // relative to the working directory\n"
           "  changelogCollectionName: 'changelog',\n}\n";
}
const std::string kPackage =
    R"({"dependencies": {"migrate-mongo": "^11.0.0"}, "scripts": {"up": "migrate-mongo up"}})";

}  // namespace

TEST_CASE("migrate-mongo: its configuration is a unit, even before the first migration") {
    Unit unit = only(scan_of({{"server/package.json", kPackage},
                              {"server/migrate-mongo-config.js", config()},
                              {"server/migrations/.gitkeep", ""}}));
    CHECK(unit.id == "server:migrate-mongo");
    CHECK(unit.config == "server/migrate-mongo-config.js");
    CHECK(directories(unit) == Strings{"server/migrations"});
    CHECK(unit.engines == std::vector{Engine::mongodb});
    CHECK(unit.version == Version{11, 0, 0});
    CHECK(unit.launch == Strings{"node_modules/.bin/migrate-mongo"});
    CHECK(unit.project_command == "npm run up");
}

TEST_CASE("migrate-mongo: a configuration that loads compiled code needs a build") {
    Unit unit =
        only(scan_of({{"package.json", kPackage},
                      {"migrate-mongo-config.js", config("const conf = require('./build/src/conf')\n")},
                      {"migrations/20240101120000-a.js", "module.exports = { async up(db) {} }"}}));
    CHECK(unit.how_run == HowRun::build);
    CHECK(has_signal(unit, "migrate-mongo.migrations"));
}

TEST_CASE("migrate-mongo: without a script and with code that calls it, the application runs it") {
    Unit unit = only(scan_of({{"package.json", R"({"dependencies": {"migrate-mongo": "8"}})"},
                              {"migrate-mongo-config.js", config()},
                              {"migrations/.gitkeep", ""},
                              {"src/db/migrate/run.ts", "import { up } from 'migrate-mongo'"}}));
    CHECK(unit.how_run == HowRun::programmatic);
}

TEST_CASE("migrate-mongo: a configuration under another name, as a script gives it, in TypeScript") {
    Unit unit = only(scan_of({{"package.json", R"({"dependencies": {"migrate-mongo": "12", "tsx": "4"},
                                                   "scripts": {"m": "migrate-mongo up -f config/mongo.ts"}})"},
                              {"config/mongo.ts", "export default { migrationsDir: 'db/steps' }"},
                              {"db/steps/20240101120000-a.ts", "export const up = async (db: Db) => {}"}}));
    CHECK(unit.root == ".");
    CHECK(unit.config == "config/mongo.ts");
    CHECK(directories(unit) == Strings{"db/steps"});
    CHECK(unit.launch ==
          Strings{"node", "--import", "tsx", "node_modules/migrate-mongo/bin/migrate-mongo.js"});
}

TEST_CASE("migrate-mongo: a missing directory and a script's missing configuration are reported") {
    Scan scan = scan_of(
        {{"package.json",
          R"({"dependencies": {"migrate-mongo": "12"}, "scripts": {"m": "migrate-mongo up -f gone.js"}})"},
         {"migrate-mongo-config.js", config()}});
    CHECK(problems(scan) ==
          Strings{"migrate-mongo-config.js:3 config.missing_directory", "package.json:1 config.stale"});
}

TEST_CASE("migrate-mongo: a program that keeps its data in MongoDB is no unit") {
    Scan scan = scan_of({{"package.json", R"({"dependencies": {"mongodb": "6"}})"},
                         {"migrations/20240101120000-a.js", "module.exports = { async up(db) {} }"}});
    CHECK(scan.units.empty());
}
