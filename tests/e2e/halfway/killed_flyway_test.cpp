// kill -9 of `migrate`, and of Flyway, at work; and just before and just behind Flyway's own work.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "adapters/flyway/flyway.hpp"
#include "tests/e2e/halfway/killed.hpp"
#include "tests/support/child.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

std::string script(const Words& statements) {
    std::string text;
    for (const auto& one : statements) text += one + ";\n";
    return text;
}

/// A project whose `flyway` is a script that may wait before and behind the real one: a file `wait-before` or
/// `wait-behind` in the project makes it do so, and `waits` says that it does.
struct Shop {
    Tree tree{{"flyway.conf",
               "flyway.url=${SHOP_URL}\nflyway.user=${SHOP_USER}\nflyway.locations=filesystem:sql\n"},
              {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"}};
    std::map<std::string, std::string> environment;
    Connection connection;

    explicit Shop(Engine engine) {
        connection = engine == Engine::postgresql ? PostgresServer::shared().fresh_database()
                                                  : MariaDbServer::shared().fresh_database();
        tree.write("bin/flyway",
                   "#!/bin/sh\ncase \"$*\" in *migrate*) ;; *) exec " +
                       (test_tool("flyway/11.8.2") / "flyway").string() +
                       " \"$@\";; esac\n[ -e wait-before ] && { touch waits; sleep 20; }\n" +
                       (test_tool("flyway/11.8.2") / "flyway").string() +
                       " \"$@\"\nstatus=$?\n[ -e wait-behind ] && { touch waits; sleep 20; }\nexit "
                       "$status\n");
        std::filesystem::permissions(tree.path("bin/flyway"), std::filesystem::perms::owner_all);
        environment = {{"PATH", tree.path("bin").string() + ":" + std::getenv("PATH")},
                       {"SHOP_URL", flyway::jdbc_url(connection)},
                       {"SHOP_USER", connection.user},
                       {"FLYWAY_PASSWORD", connection.password}};
    }
    Killed killed() {
        return {
            .tree = tree,
            .environment = environment,
            .connection = connection,
            .write = [this](const Words& up, const Words&) { tree.write("sql/V9__half.sql", script(up)); },
            .id = "V9__half.sql",
            .rolls_back = false};
    }
    void is_killed_where_it_waits(const std::string& where) {
        tree.write("sql/V9__half.sql",
                   script({"CREATE TABLE half_a (id int)", "CREATE TABLE half_c (id int)"}));
        tree.write(where, "");
        {
            Child child(tree, environment, {"run"});
            for (int i = 0; i < 1200 && !tree.exists("waits"); ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            REQUIRE_MESSAGE(tree.exists("waits"), child.output());
            child.kill();
            (void)child.wait();
        }
        tree.remove(where);
        tree.remove("waits");
        const Ran log = migrate_in(tree, {"log"}, environment);
        CHECK_MESSAGE(says(log, "never ended"), all_of(log));
        is_understood(killed());
    }
};

}  // namespace

TEST_CASE("Flyway: `run` killed in the middle of a migration") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        CAPTURE(to_string(engine));
        Shop shop(engine);
        is_killed_in_its_middle(shop.killed());
    }
}

TEST_CASE("Flyway: `run` killed under the lock before the tool has begun, and when it has just ended") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb})
        for (const char* where : {"wait-before", "wait-behind"}) {
            CAPTURE(to_string(engine));
            CAPTURE(where);
            Shop shop(engine);
            shop.is_killed_where_it_waits(where);
        }
}

TEST_CASE("Flyway: `deploy` to a production database killed at each of its steps") {
    Shop shop(Engine::mariadb);
    deploy_is_killed_at_each_step(shop.killed(),
                                  "DELETE FROM flyway_schema_history WHERE script = 'V9__half.sql'");
}
