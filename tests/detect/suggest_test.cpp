#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

Suggestion suggestion(const Tree::Files& files) {
    auto found = suggest(scan_of(files));
    REQUIRE(found.has_value());
    return *found;
}

}  // namespace

TEST_CASE("a repository without units is told which tool fits, why, and how to start it") {
    Suggestion typescript =
        suggestion({{"apps/web/package.json", R"({"devDependencies": {"typescript": "5"}})"}});
    CHECK(typescript.tool == Tool::drizzle);
    CHECK(typescript.path == "apps/web");
    CHECK(typescript.argv == Strings{"migrate", "init", "drizzle", "--path", "apps/web"});
    CHECK_FALSE(typescript.reason.empty());
    CHECK(suggestion({{"package.json", R"({"dependencies": {"@prisma/client": "6"}})"}}).tool ==
          Tool::prisma);
    CHECK(suggestion({{"package.json", R"({"dependencies": {"mongoose": "8"}})"}}).argv ==
          Strings{"migrate", "init", "migrate-mongo"});
    CHECK(
        suggestion({{"pyproject.toml", "[project]\ndependencies = [\"fastapi\", \"sqlalchemy\"]\n"}}).tool ==
        Tool::alembic);
    CHECK(suggestion({{"requirements.txt", "Django==5.2\n"}}).tool == Tool::django);
    CHECK(suggestion({{"pom.xml", "<project/>"}}).tool == Tool::flyway);
    CHECK(suggestion({{"go.mod", "module x\n"}}).tool == Tool::sql);
    CHECK(suggestion({{"README.md", ""}}).tool == Tool::sql);
}

TEST_CASE("the outermost manifest names the language, a web interface below it does not") {
    CHECK(suggestion(
              {{"go.mod", "module x\n"}, {"web/package.json", R"({"devDependencies": {"typescript": "5"}})"}})
              .tool == Tool::sql);
    CHECK(suggestion(
              {{"pom.xml", "<project/>"}, {"ui/package.json", R"({"devDependencies": {"typescript": "5"}})"}})
              .tool == Tool::flyway);
}

TEST_CASE("a program that migrates already and is not driven here is named") {
    Suggestion found =
        suggestion({{"package.json", R"({"dependencies": {"db-migrate": "1", "knex": "3"}})"}});
    CHECK(found.reason.find("db-migrate") != std::string::npos);
}

TEST_CASE("a tool that has left traces, though no history, is the one that fits") {
    Suggestion found = suggestion({{"package.json", R"({"devDependencies": {"typescript": "5"}})"},
                                   {"api/alembic.ini", "[alembic]\nscript_location = gone\n"}});
    CHECK(found.tool == Tool::alembic);
    CHECK(found.argv == Strings{"migrate", "init", "alembic", "--path", "api"});
    CHECK(found.reason.find("api/alembic.ini") != std::string::npos);
}

TEST_CASE("where there is a unit, nothing is suggested") {
    CHECK_FALSE(suggest(scan_of({{"db/migrations/1_a.sql", "-- +goose Up\n"}})).has_value());
}
