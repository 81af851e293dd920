#include "adapters/support/history_sql.hpp"

using namespace migrate;

TEST_CASE("names and literals are quoted as the engine reads them") {
    CHECK(qualified_name(Engine::postgresql, "app", "SequelizeMeta") == R"("app"."SequelizeMeta")");
    CHECK(qualified_name(Engine::mysql, "", "a`b") == "`a``b`");
    CHECK(quoted_name(Engine::mssql, "migrations") == "[migrations]");
    CHECK(sql_text(Engine::sqlite, R"(it's a\b)") == R"('it''s a\b')");
    CHECK(sql_text(Engine::mariadb, R"(it's a\b)") == R"('it''s a\\b')");
}

TEST_CASE("a change of history rows is preceded by a copy, and expects exactly the rows that it changes") {
    Target target;
    target.name = "reports";
    auto steps = history_steps(target, "\"m\"", {{"new"}, {"old"}, {"UPDATE ..."}}, "rename old");
    REQUIRE(steps.size() == 2);
    CHECK(std::get<CopyHistory>(steps[0].action).table == "\"m\"");
    CHECK(steps[1].target == "reports");
    CHECK(steps[1].risk == Risk::revert);
    CHECK(steps[1].expect.applied_added == std::vector<std::string>{"new"});
    CHECK(steps[1].expect.applied_removed == std::vector<std::string>{"old"});
    CHECK(history_steps(target, "\"m\"", {{"new"}, {}, {}}, "baseline", false).size() == 1);
}
