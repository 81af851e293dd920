#include "detect/detect.hpp"

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

TEST_CASE("a Prisma project is found with its schema, history, runner and binary") {
    Tree repo{{"apps/api/package.json", R"({"dependencies": {"prisma": "^6.1.0"}})"},
              {"apps/api/prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"},
              {"apps/api/prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
              {"apps/api/prisma/migrations/20240101000000_init/migration.sql", "SELECT 1;\n"}};
    Scan scan = detect(repo.path());
    REQUIRE(scan.units.size() == 1);
    const Unit& unit = scan.units.front();
    CHECK(unit.id == "apps/api:prisma");
    CHECK(unit.root == "apps/api");
    CHECK(unit.schema == "apps/api/prisma/schema.prisma");
    REQUIRE(unit.migrations.size() == 1);
    CHECK(unit.migrations.front().path == "apps/api/prisma/migrations");
    CHECK(unit.runner == "npm");
    CHECK(unit.launch == std::vector<std::string>{"node_modules/.bin/prisma"});
    CHECK(unit.version == Version{6, 1, 0});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(scan.problems.empty());
}

TEST_CASE("a repository with nothing in it has no units and no problems") {
    Tree repo;
    Scan scan = detect(repo.path());
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
    CHECK(scan.hidden.empty());
    CHECK(scan.problems.empty());
    REQUIRE(suggest(scan).has_value());
    CHECK(suggest(scan)->tool == Tool::sql);
}
