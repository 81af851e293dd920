#include "sql/exclusive.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"
#include "sql/migration_file.hpp"

using namespace migrate;
using namespace migrate::sql;

namespace {

std::unique_ptr<db::Database> opened(const test::Tree& tree, bool read_only) {
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = tree.path("app.db").string();
    db::OpenOptions options;
    options.read_only = read_only;
    options.create = !read_only;
    options.lock_timeout_ms = 20;
    auto database = db::open(connection, options);
    return database ? std::move(*database) : nullptr;
}

bool readable(const test::Tree& tree) {
    auto reader = opened(tree, true);
    return reader != nullptr && reader->query("SELECT count(*) FROM sqlite_schema").has_value();
}

bool suits(const std::string& text) {
    auto parsed = parse_migration(text, Convention::plain, Dialect::sqlite, "1_a.sql", Part::whole);
    REQUIRE(parsed);
    auto way = way_of(*parsed, Direction::up, Convention::plain, "1_a.sql");
    REQUIRE(way);
    return Exclusive::suits(*way);
}

}  // namespace

TEST_CASE("an empty SQLite file is held from one transaction to the next, and let go in the end") {
    const test::Tree tree;
    auto writer = opened(tree, false);
    {
        auto held = Exclusive::take(*writer);
        REQUIRE(held);
        REQUIRE(writer->execute("CREATE TABLE a (x)"));
        CHECK_FALSE(readable(tree));
        held->let_others();  // two seconds are not over
        CHECK_FALSE(readable(tree));
    }
    CHECK(readable(tree));
    CHECK_FALSE(tree.exists("app.db-journal"));
    REQUIRE(writer->execute("CREATE TABLE b (x)"));
    CHECK(readable(tree));
}

TEST_CASE("a SQLite file that holds something, or another journal, is never held") {
    const test::Tree tree;
    auto writer = opened(tree, false);
    SUBCASE("a table") {
        REQUIRE(writer->execute("CREATE TABLE a (x)"));
    }
    SUBCASE("write-ahead logging") {
        REQUIRE(writer->execute("PRAGMA journal_mode = WAL"));
    }
    CHECK(Exclusive::take(*writer) == nullptr);
}

TEST_CASE("a SQLite file is held for migrations only that cannot take long") {
    CHECK(suits("CREATE TABLE a (x);\nCREATE INDEX a_x ON a (x);\nINSERT INTO a VALUES (1), (2);"));
    CHECK(suits("CREATE VIEW v AS SELECT 1;"));
    CHECK_FALSE(suits("CREATE TABLE a AS Select 1;"));
    CHECK_FALSE(suits("INSERT INTO a SELECT x FROM b;"));
    CHECK_FALSE(suits("UPDATE a SET x = 1;"));
    CHECK_FALSE(suits("ATTACH 'other.db' AS other;\nCREATE TABLE a (x);"));
    CHECK_FALSE(suits("PRAGMA foreign_keys = OFF;\nDROP TABLE a;"));
    CHECK_FALSE(suits("VACUUM;"));
    CHECK_FALSE(suits("INSERT INTO a VALUES ('" + std::string(70'000, 'x') + "');"));
}
