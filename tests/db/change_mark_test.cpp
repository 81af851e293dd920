#include "db/change_mark.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"
#include "db/database.hpp"

using namespace migrate;

TEST_CASE("the mark of a SQLite file changes with each commit, and only then") {
    const test::Tree directory;
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = directory.path("app.db").string();
    CHECK(db::change_mark(connection).empty());
    db::OpenOptions options;
    options.read_only = false;
    options.create = true;
    auto session = db::open(connection, options);
    REQUIRE(session);
    REQUIRE((*session)->execute("CREATE TABLE a (x)"));
    const std::string before = db::change_mark(connection);
    REQUIRE_FALSE(before.empty());
    REQUIRE((*session)->query("SELECT count(*) FROM a"));
    CHECK(db::change_mark(connection) == before);
    REQUIRE((*session)->execute("INSERT INTO a VALUES (1)"));
    CHECK(db::change_mark(connection) != before);
}

TEST_CASE("a SQLite file with write-ahead logging has no mark") {
    const test::Tree directory;
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = directory.path("app.db").string();
    db::OpenOptions options;
    options.read_only = false;
    options.create = true;
    auto session = db::open(connection, options);
    REQUIRE(session);
    REQUIRE((*session)->execute("PRAGMA journal_mode = WAL"));
    REQUIRE((*session)->execute("CREATE TABLE a (x)"));
    CHECK(db::change_mark(connection).empty());
}
