// What `flyway info` says of its own state, beside what its table holds. Where they differ stands in
// docs/adapters/.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/states.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

struct Shop {
    Tree tree;
    std::map<std::string, std::string> environment;

    Shop(const std::string& version, const Connection& connection, const std::string& more)
        : tree(
              {{"flyway.conf",
                "flyway.url=${SHOP_URL}\nflyway.user=${SHOP_USER}\nflyway.locations=filesystem:sql\n" + more},
               {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"},
               {"sql/V2__posts.sql", "CREATE TABLE posts (id INT PRIMARY KEY);\n"}}) {
        environment = {{"PATH", test_tool("flyway/" + version).string() + ":" + std::getenv("PATH")},
                       {"SHOP_USER", connection.user},
                       {"FLYWAY_PASSWORD", connection.password}};
        at(connection);
    }
    void at(const Connection& connection) { environment["SHOP_URL"] = flyway::jdbc_url(connection); }
    Ran migrate(std::vector<std::string> words) const {
        return migrate_in(tree, std::move(words), environment);
    }
    States states() const {
        return states_of([&](std::vector<std::string> words) { return migrate(std::move(words)); });
    }
};

States same(const std::string& state) {
    return {state, state, "nothing"};
}

}  // namespace

TEST_CASE("Flyway: status --native only reads, and does not see that an applied file was edited") {
    for (std::string version : {"9.22.3", "11.8.2"}) {
        CAPTURE(version);
        const Connection connection = PostgresServer::shared().fresh_database();
        execute(connection, {"CREATE SCHEMA app"});
        Connection missing = connection;
        missing.database += "_typo";
        Shop shop(version, connection,
                  "flyway.table=changes\nflyway.defaultSchema=app\nflyway.schemas=app\n");
        shop.at(missing);
        CHECK(shop.states() == States{"uninitialised", "target.missing", "nothing"});
        shop.at(connection);
        CHECK(shop.states() == States{"uninitialised", "pending", "nothing"});
        REQUIRE(shop.migrate({"run", "--steps", "1"}).status == 0);
        CHECK(shop.states() == same("pending"));
        REQUIRE(shop.migrate({"run"}).status == 0);
        CHECK(shop.states() == same("current"));
        shop.tree.write("sql/V1__users.sql", "CREATE TABLE users (id INT);\n");
        CHECK(shop.states() == States{"edited", "current", "nothing"});
        shop.tree.write("sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n");
        shop.tree.remove("sql/V2__posts.sql");
        CHECK(shop.states() == same("diverged"));  // "Future"
        CHECK_FALSE(shop.tree.exists("report.html"));
    }
}

TEST_CASE("Flyway on MariaDB: a failed migration is failed for both") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    Shop shop("10.22.0", connection, "");
    shop.tree.write("sql/V2__posts.sql", "CREATE TABLE posts (id INT);\nSELECT nonsense;\n");
    REQUIRE(shop.migrate({"run"}).status == 1);
    CHECK(shop.states() == same("failed"));
}
