#include "live/marker.hpp"

#include <doctest/doctest.h>

#include "live/ask.hpp"
#include "live/signs.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;

namespace {

struct Bench {
    test::Tree tree;
    Connection connection;
    std::unique_ptr<db::Database> database;

    Bench() {
        connection.engine = Engine::sqlite;
        connection.database = tree.path("a.db").string();
        database = db::open(connection, {.read_only = false, .create = true}).value();
    }
    Marker read(std::int64_t now = 2000) { return read_marker(*database, connection, now).value(); }
    LiveFacts ask() { return ask_database(*database, connection, {.rows = true, .now = 2000}).value(); }
};

}  // namespace

TEST_CASE("a database without a marker says nothing of itself, and is not written to") {
    Bench bench;
    const Marker marker = bench.read();
    CHECK(marker.readable);
    CHECK_FALSE(marker.mark);
    CHECK_FALSE(marker.freeze);
    CHECK(bench.database->tables().value().empty());
}

TEST_CASE("a mark is read back, replaced by the next, and runs out") {
    Bench bench;
    const std::string identity = identity_of(*bench.database, bench.connection);
    REQUIRE(write_mark(*bench.database, {Level::production, "id1", "alice", 1000, 0, identity}));
    REQUIRE(bench.read().mark);
    CHECK(bench.read().mark->id == "id1");
    const Mark mark = mark_of(*bench.read().mark, identity);
    CHECK_FALSE(mark.foreign);
    CHECK(mark.text == "marked production by alice on 1970-01-01");
    CHECK(mark_of(*bench.read().mark, "elsewhere").foreign);
    REQUIRE(write_mark(*bench.database, {Level::scratch, "id2", "bob", 1000, 1500, identity}));
    CHECK(bench.read(1499).mark->level == Level::scratch);
    CHECK_FALSE(bench.read(1500).mark);
}

TEST_CASE("a level that nobody knows is read as production") {
    Bench bench;
    REQUIRE(write_mark(*bench.database, {Level::local, "id", "alice", 1, 0, "x"}));
    REQUIRE(bench.database->execute("UPDATE _migrate_marker SET value = 'prodction'"));
    CHECK(bench.read().mark->level == Level::production);
}

TEST_CASE("a freeze is read back and ended once") {
    Bench bench;
    REQUIRE(write_freeze(*bench.database, {"release week", "alice", 1000}, "x"));
    CHECK(bench.ask().frozen == "frozen by alice since 1970-01-01T00:16:40Z: release week");
    CHECK(remove_freeze(*bench.database).value());
    CHECK_FALSE(remove_freeze(*bench.database).value());
    CHECK(bench.ask().frozen.empty());
}

TEST_CASE("a signature is used once") {
    Bench bench;
    CHECK(use_signature(*bench.database, "abc", "p_1", "ci", 1).value());
    CHECK_FALSE(use_signature(*bench.database, "abc", "p_1", "ci", 2).value());
    CHECK(use_signature(*bench.database, "abd", "p_1", "ci", 2).value());
}

TEST_CASE("keys of a mark that was made elsewhere count for nothing") {
    Bench bench;
    const std::string identity = identity_of(*bench.database, bench.connection);
    REQUIRE(write_key(*bench.database, {"AAA", {"production"}, "", ""},
                      {Level::production, "id", "alice", 1, 0, identity}));
    REQUIRE(write_key(*bench.database, {"BBB", {"production"}, "", ""},
                      {Level::production, "id", "alice", 1, 0, "elsewhere"}));
    const Marker marker = bench.read();
    REQUIRE(marker.keys.size() == 1);
    CHECK(marker.keys.front().public_key == "AAA");
}

TEST_CASE("users' tables and their rows are told from our own and from histories") {
    Bench bench;
    CHECK(bench.ask().empty());
    REQUIRE(bench.database->execute("CREATE TABLE schema_migrations (version TEXT)"));
    REQUIRE(bench.database->execute("INSERT INTO schema_migrations VALUES ('1')"));
    REQUIRE(write_freeze(*bench.database, {"why", "alice", 1}, "x"));
    CHECK(bench.ask().empty());
    REQUIRE(bench.database->execute("CREATE TABLE users (id INT)"));
    CHECK_FALSE(bench.ask().empty());
    CHECK(bench.ask().without_rows());
    REQUIRE(bench.database->execute("INSERT INTO users VALUES (1)"));
    CHECK_FALSE(bench.ask().without_rows());
}

TEST_CASE("programs that lead elsewhere are known by name") {
    CHECK(is_tunnel("ssh"));
    CHECK(is_tunnel("cloud-sql-proxy"));
    CHECK_FALSE(is_tunnel("docker-proxy"));
    CHECK_FALSE(is_tunnel("postgres"));
}
