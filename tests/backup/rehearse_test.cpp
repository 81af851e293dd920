#include "backup/rehearse.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"

using namespace migrate;

TEST_CASE("rehearsal: a copy that lacks a table or rows is no backup") {
    test::Tree tree(test::Tree::Files{});
    Target target;
    target.connection.engine = Engine::sqlite;
    target.connection.database = tree.path("app.db").string();
    auto session = db::open(target.connection, {.read_only = false, .create = true});
    REQUIRE(session);
    REQUIRE((*session)->execute("CREATE TABLE \"a b\" (id INTEGER)"));
    REQUIRE((*session)->execute("INSERT INTO \"a b\" VALUES (1), (2)"));
    Backup copy;
    copy.engine = Engine::sqlite;
    copy.path = target.connection.database;

    auto with = [&](const RowBounds& rows) {
        auto found = rehearse(target, copy, rows, {});
        return found ? *found : found.error().code + " " + found.error().message;
    };
    CHECK(with({{"\"a b\"", {2, 2}}}) == "counted: 1 table with 2 rows, as they were");
    CHECK(with({{"\"a b\"", {1, 3}}}) == "counted: 1 table with 2 rows, as they were");
    CHECK(with({{"\"a b\"", {3, 4}}}) ==
          "backup.damaged the dump restores, but not what was dumped: \"a b\" has 2 rows in it, and had 3 to "
          "4");
    CHECK(with({{"\"c\"", {0, 0}}}) ==
          "backup.damaged the dump restores, but not what was dumped: \"c\" is not in it");
}

TEST_CASE(
    "rehearsal: rows that moved while the dump was taken lie between, and a table that went is left out") {
    const auto bounds = bounds_of({{"a", 3}, {"b", 9}, {"gone", 1}}, {{"a", 5}, {"b", 7}, {"new", 1}});
    REQUIRE(bounds.size() == 2);
    CHECK(bounds.at("a").least == 3);
    CHECK(bounds.at("a").most == 5);
    CHECK(bounds.at("b").least == 7);
    CHECK(bounds.at("b").most == 9);
}
