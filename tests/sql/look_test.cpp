#include "sql/look.hpp"

#include "sql/split.hpp"

using namespace migrate;
using sql::Presence;

namespace {

std::unique_ptr<db::Database> memory() {
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = ":memory:";
    db::OpenOptions options;
    options.read_only = false;
    auto opened = db::open(connection, options);
    REQUIRE(opened);
    return std::move(*opened);
}

std::string seen(db::Database& database, std::string_view script) {
    auto statements = sql::split(script, sql::Dialect::sqlite);
    REQUIRE(statements);
    std::string text;
    for (const auto& look : sql::look_at(database, *statements))
        text += std::string(text.empty() ? "" : " ") + std::string(to_string(look.presence));
    return text;
}

}  // namespace

TEST_CASE("statements are there, absent or unknown") {
    auto database = memory();
    const char* script =
        "CREATE TABLE a (id); INSERT INTO a VALUES (1); ALTER TABLE a ADD c; CREATE INDEX i ON a (id);";
    CHECK(seen(*database, script) == "absent unknown absent absent");
    REQUIRE(database->execute("CREATE TABLE a (id)"));
    CHECK(seen(*database, script) == "there unknown absent absent");
    REQUIRE(database->execute("ALTER TABLE a ADD c"));
    REQUIRE(database->execute("CREATE INDEX i ON a (id)"));
    CHECK(seen(*database, script) == "there unknown there there");
}

TEST_CASE("a thing that a file makes and drops again proves nothing while it is absent") {
    auto database = memory();
    const char* script = "CREATE TABLE t (id); DROP TABLE t;";
    CHECK(seen(*database, script) == "unknown unknown");
    REQUIRE(database->execute("CREATE TABLE t (id)"));
    CHECK(seen(*database, script) == "there absent");
}

TEST_CASE("a thing that is dropped and made anew proves nothing while it is there") {
    auto database = memory();
    const char* script = "DROP TABLE t; CREATE TABLE t (id, more);";
    CHECK(seen(*database, script) == "there absent");
    REQUIRE(database->execute("CREATE TABLE t (id)"));
    CHECK(seen(*database, script) == "unknown unknown");
}

TEST_CASE("what replaces may have been there before") {
    auto database = memory();
    REQUIRE(database->execute("CREATE TABLE old (id)"));
    CHECK(seen(*database, "ALTER TABLE old RENAME TO new") == "absent");
    REQUIRE(database->execute("ALTER TABLE old RENAME TO new"));
    CHECK(seen(*database, "ALTER TABLE old RENAME TO new") == "there");
}
