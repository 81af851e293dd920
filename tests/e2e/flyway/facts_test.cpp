// What Flyway does that a user would not expect, and what becomes of it, with the real command line.
#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

#include "adapters/flyway/flyway.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kVersions[] = {"9.22.3", "10.22.0", "11.8.2"};

/// One script, which makes `users`; further ones are written by each test.
struct Shop {
    Tree tree;
    Connection connection;
    std::map<std::string, std::string> environment;

    Shop(const std::string& version, const Connection& to)
        : tree({{"flyway.conf",
                 "flyway.url=${SHOP_URL}\nflyway.user=${SHOP_USER}\nflyway.locations=filesystem:sql\n"},
                {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"}}),
          connection(to),
          environment({{"PATH", test_tool("flyway/" + version).string() + ":" + std::getenv("PATH")},
                       {"SHOP_URL", flyway::jdbc_url(to)},
                       {"SHOP_USER", to.user},
                       {"FLYWAY_PASSWORD", to.password}}) {}

    void write(const std::string& name, const std::string& sql) { tree.write("sql/" + name, sql + "\n"); }
    Ran migrate(std::vector<std::string> words) const {
        return migrate_in(tree, std::move(words), environment);
    }
    Ran ended_with(int status, std::vector<std::string> words) const {
        Ran ran = migrate(std::move(words));
        CHECK_MESSAGE(ran.status == status, all_of(ran));
        return ran;
    }
    std::string value(const std::string& sql) const {
        auto rows = connect(connection)->query(sql);
        REQUIRE(rows);
        REQUIRE(rows->rows.size() == 1);
        return rows->rows[0][0].value_or("");
    }
};

}  // namespace

TEST_CASE("Flyway: an index is built concurrently, and does not wait for Flyway's own lock") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Shop shop(version, PostgresServer::shared().fresh_database());
        shop.write("V2__index.sql", "CREATE INDEX CONCURRENTLY users_id ON users (id);");
        const Ran run = shop.ended_with(0, {"run", "--timeout", "100s"});
        CHECK(says(run, "applied  V2__index.sql"));
        CHECK(shop.value("SELECT count(*) FROM pg_indexes WHERE indexname = 'users_id'") == "1");
    }
}

TEST_CASE(
    "Flyway: a script that mixes what needs a transaction and what allows none fails, and nothing stays") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Shop shop(version, PostgresServer::shared().fresh_database());
        shop.write("V2__mixed.sql",
                   "CREATE TABLE mixed (id INT);\nCREATE INDEX CONCURRENTLY mixed_id ON mixed (id);");
        const Ran run = shop.ended_with(1, {"run"});
        CHECK_MESSAGE(says(run, "V2__mixed.sql"), all_of(run));
        CHECK(shop.value("SELECT count(*) FROM pg_tables WHERE tablename = 'mixed'") == "0");
    }
}

TEST_CASE(
    "Flyway: a target below what is applied is nothing to do, a late version and a second one are refused") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Shop shop(version, PostgresServer::shared().fresh_database());
        shop.write("V2__posts.sql", "CREATE TABLE posts (id INT);");
        shop.ended_with(0, {"run"});
        CHECK(says(shop.ended_with(0, {"run", "--to", "1"}), "nothing to do"));
        shop.write("V1.5__late.sql", "CREATE TABLE late (id INT);");
        CHECK(says(shop.ended_with(2, {"run"}), "migration.out_of_order"));
        shop.tree.remove("sql/V1.5__late.sql");
        shop.write("V2__again.sql", "CREATE TABLE again (id INT);");
        const Ran twice = shop.ended_with(2, {"run"});
        CHECK_MESSAGE(says(twice, "V2__again.sql"), all_of(twice));
        CHECK(shop.value("SELECT count(*) FROM pg_tables WHERE tablename IN ('late', 'again')") == "0");
    }
}

TEST_CASE("Flyway: a baseline script stands for what is below it, a callback runs and is no migration") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Shop shop(version, PostgresServer::shared().fresh_database());
        shop.write("B2__base.sql", "CREATE TABLE base (id INT);");
        shop.write("V3__posts.sql", "CREATE TABLE posts (id INT);");
        shop.write("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT id FROM base;");
        shop.write("afterMigrate.sql", "CREATE TABLE IF NOT EXISTS called (id INT);");
        const Ran run = shop.ended_with(0, {"run"});
        CHECK_FALSE(says(run, "applied  V1__users.sql"));
        CHECK(says(run, "applied  V3__posts.sql"));
        CHECK(shop.value("SELECT count(*) FROM pg_tables WHERE tablename IN ('base', 'posts', 'called')") ==
              "3");
        CHECK(shop.value("SELECT count(*) FROM pg_tables WHERE tablename = 'users'") == "0");
        const Ran status = shop.ended_with(0, {"status"});
        CHECK_MESSAGE(says(status, "current"), all_of(status));
        CHECK_FALSE(says(status, "afterMigrate"));
    }
}

TEST_CASE("two runs of Flyway at once apply each script once") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Shop shop(version, PostgresServer::shared().fresh_database());
        shop.write("V2__posts.sql", "CREATE TABLE posts (id INT);");
        Ran second;
        std::thread other([&] { second = shop.migrate({"run"}); });
        const Ran first = shop.migrate({"run"});
        other.join();
        CHECK_MESSAGE(first.status == 0, all_of(first));
        CHECK_MESSAGE(second.status == 0, all_of(second));
        CHECK(shop.value("SELECT count(*) FROM flyway_schema_history WHERE success") == "2");
    }
}

TEST_CASE("Flyway: what a script drops is named in the plan before it is dropped") {
    Shop shop("11.8.2", PostgresServer::shared().fresh_database());
    shop.write("V2__gone.sql", "DROP TABLE users;");
    const Ran plan = shop.ended_with(0, {"plan", "run"});
    CHECK_MESSAGE(says(plan, "V2__gone.sql: DROP TABLE users"), all_of(plan));
}
