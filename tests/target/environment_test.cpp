#include "target/environment.hpp"

#include <doctest/doctest.h>

using namespace migrate;

namespace {

Unit unit_of(Tool tool, std::string style = "", HowRun how = HowRun::cli) {
    Unit unit;
    unit.tool = tool;
    unit.style = std::move(style);
    unit.how_run = how;
    return unit;
}

std::string named(std::optional<std::string> flag, Environment process, std::optional<Unit> unit = {},
                  std::string configured = "") {
    auto name = environment_name(flag, process, unit ? &*unit : nullptr, configured);
    REQUIRE(name.has_value());
    return name->name + " by " + name->source;
}

}  // namespace

TEST_CASE("the environment is what the flag, MIGRATE_ENV, the framework, the file say, in this order") {
    Environment all{{{"MIGRATE_ENV", "staging"}, {"NODE_ENV", "test"}}};
    CHECK(named("production", all, unit_of(Tool::knex), "qa") == "production by --env");
    CHECK(named({}, all, unit_of(Tool::knex), "qa") == "staging by MIGRATE_ENV");
    CHECK(named({}, {{{"NODE_ENV", "test"}}}, unit_of(Tool::knex), "qa") == "test by NODE_ENV");
    CHECK(named({}, {{{"NODE_ENV", ""}}}, unit_of(Tool::knex), "qa") == "qa by migrate.toml");
    CHECK(named({}, {}) == "development by default");
}

TEST_CASE("a framework's variable names the environment of that framework only") {
    Environment both{{{"NODE_ENV", "test"}, {"FLASK_ENV", "qa"}, {"SPRING_PROFILES_ACTIVE", "eu,prod"}}};
    CHECK(named({}, both, unit_of(Tool::django)) == "development by default");
    CHECK(named({}, both, unit_of(Tool::alembic)) == "development by default");
    CHECK(named({}, both, unit_of(Tool::alembic, "flask-migrate")) == "qa by FLASK_ENV");
    CHECK(named({}, both, unit_of(Tool::flyway)) == "development by default");
    CHECK(named({}, both, unit_of(Tool::flyway, "", HowRun::programmatic)) ==
          "prod by SPRING_PROFILES_ACTIVE");
    CHECK(named({}, both) == "development by default");
}

TEST_CASE("only the flag and MIGRATE_ENV count as named by the caller") {
    CHECK(named_by_caller({"x", "--env"}));
    CHECK(named_by_caller({"x", "MIGRATE_ENV"}));
    CHECK_FALSE(named_by_caller({"x", "NODE_ENV"}));
    CHECK_FALSE(named_by_caller({}));
}

TEST_CASE("a name that is no file name is a usage error") {
    for (const char* name : {"", "../x", "a/b", ".x", "-x", "a b"}) {
        CAPTURE(name);
        auto result = environment_name(name, {}, nullptr, "");
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().code == "usage");
    }
}
