#include "sql/undo.hpp"

#include <doctest/doctest.h>

#include "db/database.hpp"
#include "sql/effect.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::sql;

namespace {

struct World {
    test::Tree tree;
    std::unique_ptr<db::Database> database;

    explicit World(std::initializer_list<const char*> statements) {
        Connection connection;
        connection.engine = Engine::sqlite;
        connection.database = tree.path("app.db").string();
        db::OpenOptions options;
        options.read_only = false;
        options.create = true;
        database = std::move(*db::open(connection, options));
        for (const char* statement : statements) REQUIRE(database->execute(statement));
    }
    std::optional<Undo> operator()(const char* made) const {
        auto effects = effects_of(made, Dialect::sqlite);
        REQUIRE(effects.size() == 1);
        return undo_of(*database, effects.front());
    }
};

}  // namespace

TEST_CASE("what a statement made is dropped by its kind, and rows and values are seen before") {
    World world{"CREATE TABLE users (id INT, age INT, plan INT DEFAULT 1)",
                "CREATE VIEW names AS SELECT id FROM users", "CREATE INDEX by_age ON users (age)",
                "CREATE TABLE extra (id INT)"};
    CHECK(world("CREATE TABLE extra (id INT)")->sql == "DROP TABLE \"extra\"");
    CHECK_FALSE(world("CREATE TABLE extra (id INT)")->loses);
    CHECK(world("CREATE VIEW names AS SELECT 1")->sql == "DROP VIEW \"names\"");
    CHECK(world("CREATE INDEX by_age ON users (age)")->sql == "DROP INDEX \"by_age\"");
    const char* column = "ALTER TABLE users ADD COLUMN plan INT DEFAULT 1";
    CHECK(world(column)->sql == "ALTER TABLE \"users\" DROP COLUMN \"plan\"");
    CHECK_FALSE(world(column)->loses);
    REQUIRE(world.database->execute("INSERT INTO users (id) VALUES (1), (2)"));
    CHECK_FALSE(world(column)->loses);  // all of them are the default
    REQUIRE(world.database->execute("UPDATE users SET plan = 2 WHERE id = 2"));
    CHECK(world(column)->loses);
    REQUIRE(world.database->execute("UPDATE users SET plan = 2"));
    CHECK(world(column)->loses);  // all of them the same, and not the default
    CHECK_FALSE(world("ALTER TABLE users ADD COLUMN age INT")->loses);
    REQUIRE(world.database->execute("UPDATE users SET age = 30 WHERE id = 1"));
    CHECK(world("ALTER TABLE users ADD COLUMN age INT")->loses);
    REQUIRE(world.database->execute("INSERT INTO extra VALUES (1)"));
    CHECK(world("CREATE TABLE extra (id INT)")->loses);
}

TEST_CASE("what was dropped, or may have been there before, has no statement that undoes it") {
    World world{"CREATE VIEW names AS SELECT 1"};
    CHECK_FALSE(world("DROP TABLE users"));
    CHECK_FALSE(world("CREATE OR REPLACE VIEW names AS SELECT 1"));
}
