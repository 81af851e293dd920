#include "select/select.hpp"

using namespace migrate;

namespace {

Unit unit(std::string root, Tool tool, std::string alias = "", std::vector<std::string> after = {}) {
    Unit made;
    made.root = root;
    made.tool = tool;
    made.id = root + ":" + std::string(to_string(tool));
    made.alias = alias;
    made.after = std::move(after);
    made.migrations = {{root == "." ? "migrations" : root + "/migrations", std::nullopt}};
    made.declared = !alias.empty();
    return made;
}

const std::vector<Unit> kUnits{unit("apps/api", Tool::prisma), unit("apps/web", Tool::drizzle),
                               unit("svc/billing", Tool::alembic), unit("svc/billing/raw", Tool::sql)};

std::vector<std::string> ids(const Result<Selection>& selection) {
    REQUIRE(selection);
    std::vector<std::string> found;
    for (const auto& one : selection->units) found.push_back(one.unit.id);
    return found;
}

std::vector<std::string> chosen(std::vector<std::string> patterns, std::string current = ".") {
    return ids(select_units(kUnits, {}, {patterns, false, current, std::nullopt}));
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a directory selects the units at or below it, else the nearest above") {
    CHECK(chosen({}, "apps") == Ids{"apps/api:prisma", "apps/web:drizzle"});
    CHECK(chosen({}, "svc/billing") == Ids{"svc/billing/raw:sql", "svc/billing:alembic"});
    CHECK(chosen({}, "apps/api/src/deep") == Ids{"apps/api:prisma"});
    CHECK(chosen({}, "svc/billing/raw/x") == Ids{"svc/billing/raw:sql"});
    CHECK(select_units(kUnits, {}, {{}, false, "docs", std::nullopt}).error().code == "unit.none");
}

TEST_CASE("-u takes an id, a component, a glob, a path, a tool, and exclusions") {
    CHECK(chosen({"apps/api:prisma"}) == Ids{"apps/api:prisma"});
    CHECK(chosen({"billing"}) == Ids{"svc/billing/raw:sql", "svc/billing:alembic"});
    CHECK(chosen({"./apps/*"}) == Ids{"apps/api:prisma", "apps/web:drizzle"});
    CHECK(chosen({"./*"}, "apps") == Ids{"apps/api:prisma", "apps/web:drizzle"});
    CHECK(chosen({"svc/billing/"}) == Ids{"svc/billing/raw:sql", "svc/billing:alembic"});
    CHECK(chosen({"tool=prisma"}) == Ids{"apps/api:prisma"});
    CHECK(chosen({"!apps"}) == Ids{"svc/billing/raw:sql", "svc/billing:alembic"});
    CHECK(chosen({"billing", "!tool=sql"}) == Ids{"svc/billing:alembic"});
    auto missing = select_units(kUnits, {}, {{"shop"}, false, ".", std::nullopt});
    CHECK(missing.error().code == "unit.none");
    CHECK(missing.error().hint.find("apps/api:prisma") != std::string::npos);
}

TEST_CASE("a target of a unit is chosen with @") {
    auto selection = select_units(kUnits, {}, {{"apps/api:prisma@replica"}, false, ".", std::nullopt});
    REQUIRE(selection);
    CHECK(selection->units[0].target == "replica");
    CHECK(selection->units[0].named);
}

TEST_CASE("a find of low confidence is only taken by its whole id") {
    std::vector<Unit> possible{unit("old", Tool::knex)};
    CHECK(select_units(kUnits, possible, {{"old"}, false, ".", std::nullopt}).error().code == "unit.none");
    CHECK(ids(select_units(kUnits, possible, {{"old:knex"}, false, ".", std::nullopt})) == Ids{"old:knex"});
}

TEST_CASE("units stand behind those they come after") {
    std::vector<Unit> units{unit("a", Tool::sql, "a", {"b"}), unit("b", Tool::sql, "b", {"c"}),
                            unit("c", Tool::sql, "c")};
    CHECK(ids(select_units(units, {}, {{}, true, ".", std::nullopt})) == Ids{"c:sql", "b:sql", "a:sql"});
    CHECK(ids(select_units(units, {}, {{"a", "c"}, false, ".", std::nullopt})) == Ids{"c:sql", "a:sql"});
    units[2].after = {"a"};
    CHECK(select_units(units, {}, {{}, true, ".", std::nullopt}).error().code == "config.invalid");
    units[2].after = {"nobody"};
    CHECK(select_units(units, {}, {{}, true, ".", std::nullopt}).error().code == "config.invalid");
}

TEST_CASE("--affected keeps the units whose files changed, and may keep none") {
    CHECK(
        ids(select_units(
            kUnits, {}, {{}, false, ".", std::set<std::string>{"apps/web/migrations/1.sql", "README.md"}})) ==
        Ids{"apps/web:drizzle"});
    CHECK(ids(select_units(kUnits, {}, {{}, false, ".", std::set<std::string>{"README.md"}})).empty());
}

TEST_CASE("a selection by directory alone is not deliberate; [[unit]] entries make it so") {
    CHECK_FALSE(select_units(kUnits, {}, {{}, false, ".", std::nullopt})->deliberate);
    CHECK(select_units(kUnits, {}, {{}, true, ".", std::nullopt})->deliberate);
    CHECK(select_units({unit(".", Tool::sql, "db")}, {}, {{}, false, ".", std::nullopt})->deliberate);
}
