#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "../support/tree.hpp"
#include "db/database.hpp"

using namespace migrate;
using namespace migrate::db;
namespace fs = std::filesystem;

namespace {

/// A fresh directory with a place for a SQLite file.
class Folder : public test::Tree {
  public:
    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const auto& entry : fs::directory_iterator(path())) result.push_back(entry.path().filename());
        std::sort(result.begin(), result.end());
        return result;
    }
    Connection connection(const std::string& name = "app.db") const {
        Connection result;
        result.engine = Engine::sqlite;
        result.database = path(name).string();
        return result;
    }
};

constexpr OpenOptions kWrite{.read_only = false, .create = true, .lock_timeout_ms = 50};
constexpr OpenOptions kRead{.lock_timeout_ms = 50};

std::unique_ptr<Database> opened(const Connection& connection, const OpenOptions& options) {
    auto database = open(connection, options);
    REQUIRE_MESSAGE(database.has_value(), database.error().message);
    return std::move(*database);
}

void must(Database& database, std::string_view sql) {
    auto done = database.execute(sql);
    REQUIRE_MESSAGE(done.has_value(), done.error().message);
}

}  // namespace

TEST_CASE("SQLite: rows come back as text, with NULL and bytes kept apart") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    must(*database, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB, price REAL)");
    const std::array<Value, 3> values{"caf\u00e9 'quoted'", std::nullopt, "1.5"};
    auto inserted = database->query("INSERT INTO t (name, data, price) VALUES (?, ?, ?)", values);
    REQUIRE(inserted.has_value());
    must(*database, "INSERT INTO t (data) VALUES (x'610062')");

    auto rows = database->query("SELECT id, name, data, price FROM t ORDER BY id");
    REQUIRE(rows.has_value());
    CHECK(rows->columns == std::vector<std::string>{"id", "name", "data", "price"});
    REQUIRE(rows->rows.size() == 2);
    CHECK(rows->rows[0] == std::vector<Value>{"1", "caf\u00e9 'quoted'", std::nullopt, "1.5"});
    CHECK(rows->rows[1] == std::vector<Value>{"2", std::nullopt, std::string("a\0b", 3), std::nullopt});
}

TEST_CASE("SQLite: a wrong number of parameters is an error") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    const std::array<Value, 1> one{"1"};
    CHECK_FALSE(database->query("SELECT ?, ?", one).has_value());
}

TEST_CASE("SQLite: an error says where in the statement it lies, in bytes") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    const std::string sql = "SELECT 'caf\u00e9', nosuch FROM sqlite_schema";
    auto rows = database->query(sql);
    REQUIRE_FALSE(rows.has_value());
    CHECK(rows.error().code == "sql.failed");
    CHECK(rows.error().message == "no such column: nosuch");
    CHECK(database->error_offset() == sql.find("nosuch"));
    CHECK(database->error_state() == "SQLITE_ERROR");

    must(*database, "SELECT 1");
    CHECK_FALSE(database->error_offset().has_value());
}

TEST_CASE("SQLite: exactly one statement is executed") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    must(*database, "-- a comment\nCREATE TABLE a (x); -- and one behind\n/* and another */ ");
    auto two = database->execute("CREATE TABLE b (x); CREATE TABLE c (x)");
    REQUIRE_FALSE(two.has_value());
    CHECK(two.error().message == "more than one statement");
    CHECK(database->tables().value() == std::vector<std::string>{"a"});
    auto nul = database->execute(std::string_view("DELETE FROM a\0 WHERE x = 1", 26));
    REQUIRE_FALSE(nul.has_value());
    CHECK(database->error_offset() == 13);
    must(*database, " -- nothing at all");
}

TEST_CASE("SQLite: the session knows whether it is in a transaction") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    CHECK_FALSE(database->in_transaction());
    must(*database, "BEGIN IMMEDIATE");
    CHECK(database->in_transaction());
    must(*database, "ROLLBACK");
    CHECK_FALSE(database->in_transaction());
}

TEST_CASE("SQLite: tables and columns are looked up by name, however it is written") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    must(*database, "CREATE TABLE \"Odd \"\"name\" (id INTEGER PRIMARY KEY AUTOINCREMENT, \"select\" TEXT)");
    must(*database, "CREATE VIEW v AS SELECT 1 AS one");
    CHECK(database->table_exists("", "Odd \"name").value());
    CHECK(database->table_exists("", "odd \"NAME").value());
    CHECK(database->table_exists("main", "v").value());
    CHECK_FALSE(database->table_exists("", "Odd").value());
    CHECK_FALSE(database->table_exists("public", "v").value());
    CHECK(database->columns("", "Odd \"name").value() == std::vector<std::string>{"id", "select"});
    CHECK(database->columns("", "nosuch").value().empty());
    CHECK(database->tables().value() == std::vector<std::string>{"Odd \"name"});
    CHECK(database->quoted("Odd \"name") == "\"Odd \"\"name\"");
}

TEST_CASE("SQLite: a table that somebody else has made or dropped meanwhile is seen, or not") {
    Folder folder;
    auto writer = opened(folder.connection(), kWrite);
    must(*writer, "CREATE TABLE first (id INTEGER)");
    auto reader = opened(folder.connection(), kRead);
    CHECK(reader->table_exists("", "first").value());
    CHECK_FALSE(reader->table_exists("", "second").value());
    must(*writer, "CREATE TABLE second (id INTEGER)");
    CHECK(reader->table_exists("", "second").value());
    must(*writer, "DROP TABLE first");
    CHECK_FALSE(reader->table_exists("", "first").value());
}

TEST_CASE("SQLite: rows are handed over one by one, as they come back together") {
    Folder folder;
    auto database = opened(folder.connection(), kWrite);
    must(*database, "CREATE TABLE t (id INTEGER, name TEXT)");
    must(*database, "INSERT INTO t VALUES (1, 'one'), (2, NULL), (3, '')");
    const std::string select = "SELECT id, name FROM t WHERE id > ? ORDER BY id";
    const std::array<Value, 1> from{"0"};
    std::vector<std::vector<Value>> seen;
    std::vector<std::string> columns;
    REQUIRE(database
                ->each(select, from,
                       [&](const RowView& row) {
                           columns.assign(row.columns.begin(), row.columns.end());
                           auto& kept = seen.emplace_back();
                           for (const auto& value : row.values) kept.emplace_back(value);
                       })
                .has_value());
    const auto together = database->query(select, from).value();
    CHECK(seen == together.rows);
    CHECK(columns == together.columns);
    CHECK(seen == std::vector<std::vector<Value>>{{"1", "one"}, {"2", std::nullopt}, {"3", ""}});
    CHECK_FALSE(database->each("SELECT nosuch", {}, [](const RowView&) {}).has_value());
}

TEST_CASE("SQLite: a missing file is a missing target and is not made by looking") {
    Folder folder;
    for (const OpenOptions& options : {kRead, OpenOptions{.read_only = false}}) {
        auto database = open(folder.connection(), options);
        REQUIRE_FALSE(database.has_value());
        CHECK(database.error().code == "target.missing");
    }
    CHECK(folder.names().empty());
    CHECK(open(folder.connection("no/such/app.db"), kWrite).error().code == "target.missing");
}

TEST_CASE("SQLite: an empty file is a database without tables") {
    Folder folder;
    folder.write("app.db", "");
    auto database = opened(folder.connection(), kRead);
    CHECK(database->tables().value().empty());
    database.reset();
    CHECK(folder.names() == std::vector<std::string>{"app.db"});
    CHECK(folder.read("app.db").empty());
}

TEST_CASE("SQLite: what is no database says so") {
    Folder folder;
    folder.write("app.db", std::string(4096, 'x'));
    auto database = open(folder.connection(), kRead);
    REQUIRE_FALSE(database.has_value());
    CHECK(database.error().code == "target.unreachable");
    CHECK(database.error().message.ends_with("app.db is not a SQLite database"));
    Connection directory = folder.connection();
    directory.database = folder.path().string();
    CHECK(open(directory, kRead).error().message.ends_with("is a directory, not a SQLite file"));
}

TEST_CASE("SQLite: a read-only session changes nothing, whatever it is asked") {
    Folder folder;
    must(*opened(folder.connection(), kWrite), "CREATE TABLE t (x)");
    const std::string before = folder.read("app.db");
    auto database = opened(folder.connection(), kRead);
    for (std::string_view sql : {"INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TEMP TABLE u (x)",
                                 "PRAGMA journal_mode = wal", "PRAGMA user_version = 7"})
        (void)database->execute(sql);
    auto refused = database->execute("INSERT INTO t VALUES (1)");
    REQUIRE_FALSE(refused.has_value());
    CHECK(database->error_state() == "SQLITE_READONLY");
    database.reset();
    CHECK(folder.read("app.db") == before);
    CHECK(folder.names() == std::vector<std::string>{"app.db"});
}

TEST_CASE("SQLite: reading a file with write-ahead logging leaves no file beside it") {
    Folder folder;
    const std::string odd = "a%41?b#c.db";
    {
        auto writer = opened(folder.connection(odd), kWrite);
        must(*writer, "PRAGMA journal_mode = wal");
        must(*writer, "CREATE TABLE t (x)");
    }
    REQUIRE(folder.names() == std::vector<std::string>{odd});
    const std::string before = folder.read(odd);
    auto reader = opened(folder.connection(odd), kRead);
    CHECK(reader->tables().value() == std::vector<std::string>{"t"});
    CHECK(folder.names() == std::vector<std::string>{odd});
    CHECK(folder.read(odd) == before);

    // A writer that comes along afterwards is seen.
    auto writer = opened(folder.connection(odd), kWrite);
    must(*writer, "CREATE TABLE u (x)");
    CHECK(reader->tables().value() == std::vector<std::string>{"t", "u"});
}

TEST_CASE("SQLite: a journal left by a crash is played back by reading") {
    Folder folder;
    {
        auto writer = opened(folder.connection(), kWrite);
        must(*writer, "CREATE TABLE t (x)");
        must(*writer, "INSERT INTO t VALUES ('committed')");
        must(*writer, "PRAGMA cache_size = 1");
        must(*writer, "PRAGMA cache_spill = 1");
        must(*writer, "BEGIN");
        must(*writer, "UPDATE t SET x = 'lost'");
        must(*writer,
             "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
             "SELECT hex(randomblob(200)) FROM n");
        REQUIRE(fs::exists(folder.path("app.db-journal")));
        // A copy taken now is what a crash would leave.
        fs::copy_file(folder.path("app.db"), folder.path("crashed.db"));
        fs::copy_file(folder.path("app.db-journal"), folder.path("crashed.db-journal"));
    }
    auto reader = opened(folder.connection("crashed.db"), kRead);
    auto rows = reader->query("SELECT x FROM t");
    REQUIRE(rows.has_value());
    REQUIRE(rows->rows.size() == 1);
    CHECK(rows->rows[0][0] == "committed");
}

TEST_CASE("SQLite: waiting for another writer ends in time") {
    Folder folder;
    auto first = opened(folder.connection(), kWrite);
    must(*first, "CREATE TABLE t (x)");
    must(*first, "BEGIN EXCLUSIVE");
    auto second = open(folder.connection(), kWrite);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().message.find("database is locked") != std::string::npos);
    CHECK(second.error().hint.find("another process") != std::string::npos);
}

TEST_CASE("SQLite: in memory nothing is written anywhere") {
    Connection memory;
    memory.engine = Engine::sqlite;
    memory.database = ":memory:";
    auto database = opened(memory, kWrite);
    must(*database, "CREATE TABLE t (x)");
    CHECK(database->tables().value() == std::vector<std::string>{"t"});
    std::string holder;
    CHECK(database->lock(0, holder).value());
}

TEST_CASE("SQLite: one session at a time holds the lock, under every name of the file") {
    Folder folder;
    auto first = opened(folder.connection(), kWrite);
    auto second = opened(folder.connection(), kWrite);
    fs::create_symlink(folder.path("app.db"), folder.path("link.db"));
    auto third = opened(folder.connection("link.db"), kWrite);
    std::string holder;
    REQUIRE(first->lock(0, holder).value());
    CHECK(first->lock(0, holder).value());
    CHECK(folder.names() == std::vector<std::string>{"app.db", "app.db.migrate-lock", "link.db"});
    CHECK_FALSE(second->lock(60, holder).value());
    CHECK(holder.starts_with("pid " + std::to_string(getpid()) + " on "));
    CHECK_FALSE(third->lock(0, holder).value());
    first->unlock();
    CHECK_FALSE(fs::exists(folder.path("app.db.migrate-lock")));
    CHECK(second->lock(0, holder).value());
    second.reset();
    CHECK(third->lock(0, holder).value());
}

TEST_CASE("open: what has no client is unresolved, a local libSQL file is SQLite") {
    Folder folder;
    Connection connection = folder.connection();
    must(*opened(connection, kWrite), "CREATE TABLE t (x)");
    connection.engine = Engine::libsql;
    connection.url = "file:" + connection.database;
    CHECK(opened(connection, kRead)->table_exists("", "t").value());
    connection.url = "libsql://db.example.com";
    connection.host = "db.example.com";
    CHECK(open(connection, kRead).error().code == "target.unresolved");
    connection.engine = Engine::mongodb;
    CHECK(open(connection, kRead).error().code == "target.unresolved");
    connection.engine.reset();
    CHECK(open(connection, kRead).error().code == "target.unresolved");
}

TEST_CASE("SQLite: a session that was opened to read writes nothing until it is allowed to") {
    Folder folder;
    must(*opened(folder.connection(), kWrite), "CREATE TABLE t (id INTEGER)");
    for (const bool for_writes : {false, true}) {
        CAPTURE(for_writes);
        auto database = opened(folder.connection(), {.for_writes = for_writes, .lock_timeout_ms = 50});
        CHECK_FALSE(database->execute("INSERT INTO t VALUES (1)").has_value());
        REQUIRE(database->allow_writes().has_value());
        must(*database, "INSERT INTO t VALUES (1)");
        CHECK(folder.names() == std::vector<std::string>{"app.db"});
    }
    // What is read while others may write to its log is opened anew.
    must(*opened(folder.connection(), kWrite), "PRAGMA journal_mode = WAL");
    auto database = opened(folder.connection(), {.for_writes = true, .lock_timeout_ms = 50});
    CHECK(folder.names() == std::vector<std::string>{"app.db"});
    CHECK_FALSE(database->execute("INSERT INTO t VALUES (1)").has_value());
    REQUIRE(database->allow_writes().has_value());
    must(*database, "INSERT INTO t VALUES (1)");
}

TEST_CASE("SQLite: a session notices that others have written, and not what it wrote itself") {
    Folder folder;
    auto other = opened(folder.connection(), kWrite);
    must(*other, "CREATE TABLE t (id INTEGER)");
    auto database = opened(folder.connection(), {.for_writes = true, .lock_timeout_ms = 50});
    const auto before = database->version_by_others();
    REQUIRE(before.has_value());
    REQUIRE(database->allow_writes().has_value());
    must(*database, "INSERT INTO t VALUES (1)");
    CHECK(database->version_by_others() == before);
    must(*other, "INSERT INTO t VALUES (2)");
    CHECK(database->version_by_others() != before);
}
