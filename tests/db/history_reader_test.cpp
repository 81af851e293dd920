#include "db/history_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "../support/tree.hpp"

using namespace migrate;
using namespace migrate::db;
using migrate::test::Tree;
namespace fs = std::filesystem;

namespace {

using RowState = AppliedRow::State;

Connection sqlite(const Tree& tree) {
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = tree.path("app.db").string();
    return connection;
}

void make(const Tree& tree, std::initializer_list<std::string_view> statements) {
    auto database = open(sqlite(tree), {.read_only = false, .create = true});
    REQUIRE_MESSAGE(database.has_value(), database.error().message);
    for (const std::string_view statement : statements) {
        auto done = (*database)->execute(statement);
        REQUIRE_MESSAGE(done.has_value(), done.error().message);
    }
}

/// In a session of its own.
Result<HistoryRows> read_in(const Connection& connection, const HistoryQuery& query) {
    auto database = open(connection, {});
    if (!database) return tl::unexpected(database.error());
    return read_history(**database, query);
}

/// Reads, and shows that the file and its directory are as they were.
HistoryRows read(const Tree& tree, const HistoryQuery& query) {
    const std::string before = tree.read("app.db");
    auto rows = read_in(sqlite(tree), query);
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    CHECK(tree.read("app.db") == before);
    CHECK(std::distance(fs::directory_iterator(tree.path()), fs::directory_iterator()) == 1);
    CHECK(rows->source == HistorySource::direct);
    return *rows;
}

}  // namespace

TEST_CASE("history: without its table, users' tables are told from bookkeeping") {
    const Tree tree;
    make(tree, {"CREATE TABLE knex_migrations_lock (x)"});
    const HistoryQuery query{"", "history", "SELECT id FROM history"};
    auto rows = read(tree, query);
    CHECK(rows.database_exists);
    CHECK_FALSE(rows.table_exists);
    CHECK_FALSE(rows.foreign_tables);
    make(tree, {"CREATE TABLE users (x)"});
    CHECK(read(tree, query).foreign_tables);
    make(tree, {"CREATE TABLE history (id)"});
    rows = read(tree, query);
    CHECK(rows.table_exists);
    CHECK_FALSE(rows.foreign_tables);
    CHECK(rows.rows.empty());
    CHECK(rows.columns == std::vector<std::string>{"id"});
    CHECK(rows.table == "history");
}

TEST_CASE("history: every column has its place, in whatever case and order the select names them") {
    const Tree tree;
    make(tree, {"CREATE TABLE h (x)", "INSERT INTO h VALUES (1), (2), (3), (4), (5)"});
    const auto rows =
        read(tree, {"", "h",
                    "SELECT 'sum' AS CHECKSUM, x AS id, 'b' AS batch, 'k' AS \"key\", 'd' AS detail, "
                    "'DROP' AS down_sql, 'ignored' AS other, "
                    "CASE x WHEN 1 THEN NULL WHEN 2 THEN 'failed' WHEN 3 THEN 'running' "
                    "WHEN 4 THEN 'rolled_back' ELSE 'who knows' END AS state FROM h ORDER BY x"});
    REQUIRE(rows.rows.size() == 5);
    CHECK(rows.rows[0].id == "1");
    CHECK(rows.rows[0].checksum == "sum");
    CHECK(rows.rows[0].batch == "b");
    CHECK(rows.rows[0].key == "k");
    CHECK(rows.rows[0].detail == "d");
    CHECK(rows.rows[0].down_sql == "DROP");
    CHECK(rows.rows[0].at == "");
    CHECK(rows.rows[0].state == RowState::applied);
    CHECK(rows.rows[1].state == RowState::failed);
    CHECK(rows.rows[2].state == RowState::running);
    CHECK(rows.rows[3].state == RowState::rolled_back);
    CHECK(rows.rows[4].state == RowState::failed);
}

TEST_CASE("history: a table of an older layout is read by the other select") {
    const Tree tree;
    make(tree, {"CREATE TABLE h (old)", "INSERT INTO h VALUES ('a')"});
    const HistoryQuery query{"", "h", "SELECT name AS id FROM h", "name", "SELECT old AS id FROM h"};
    CHECK(read(tree, query).rows.at(0).id == "a");
    make(tree, {"ALTER TABLE h ADD name", "UPDATE h SET name = 'b'"});
    CHECK(read(tree, query).rows.at(0).id == "b");
}

TEST_CASE("history: what cannot be read is an error that names the table") {
    const Tree tree;
    make(tree, {"CREATE TABLE h (x)"});
    auto rows = read_in(sqlite(tree), {"", "h", "SELECT nosuch AS id FROM h"});
    REQUIRE_FALSE(rows.has_value());
    CHECK(rows.error().code == "sql.failed");
    CHECK(rows.error().message == "the history in h cannot be read: no such column: nosuch");
}

TEST_CASE("history on SQLite: the table forms of the tools") {
    const Tree tree;

    SUBCASE("knex keeps milliseconds") {
        make(tree, {"CREATE TABLE knex_migrations (id integer not null primary key autoincrement, "
                    "name varchar(255), batch integer, migration_time datetime)",
                    "INSERT INTO knex_migrations VALUES (1, '20240101000001_a.js', 1, 1704103200123)"});
        const auto rows = read(tree, {"", "knex_migrations",
                                      "SELECT name AS id, batch, migration_time AS at FROM knex_migrations "
                                      "ORDER BY knex_migrations.id"});
        REQUIRE(rows.rows.size() == 1);
        CHECK(rows.rows[0].id == "20240101000001_a.js");
        CHECK(rows.rows[0].batch == "1");
        CHECK(rows.rows[0].at == "2024-01-01T10:00:00Z");
    }
    SUBCASE("drizzle's id is NULL, its order that of the rows") {
        make(tree, {"CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, "
                    "created_at numeric)",
                    "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('aa', 1704103200000)"});
        const auto rows =
            read(tree, {"", "__drizzle_migrations",
                        "SELECT hash AS id, hash AS checksum, created_at AS \"key\", created_at AS at "
                        "FROM __drizzle_migrations ORDER BY rowid"});
        REQUIRE(rows.rows.size() == 1);
        CHECK(rows.rows[0].checksum == "aa");
        CHECK(rows.rows[0].key == "1704103200000");
        CHECK(rows.rows[0].at == "2024-01-01T10:00:00Z");
    }
    SUBCASE("goose, dbmate, golang-migrate and sql-migrate") {
        make(tree,
             {"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, "
              "version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, "
              "tstamp TIMESTAMP DEFAULT (datetime('now')))",
              "INSERT INTO goose_db_version VALUES (1, 0, 1, '2024-01-01 10:00:00'), "
              "(2, 20240101000001, 1, '2024-01-01 10:00:01')",
              "CREATE TABLE schema_migrations (version uint64, dirty bool)",
              "CREATE UNIQUE INDEX version_unique ON schema_migrations (version)",
              "INSERT INTO schema_migrations VALUES (3, 1)",
              "CREATE TABLE gorp_migrations (id varchar(255) not null primary key, applied_at datetime)",
              "INSERT INTO gorp_migrations VALUES ('1_a.sql', '2024-01-01 10:00:00.5+00:00')"});
        auto rows = read(tree, {"", "goose_db_version",
                                "SELECT version_id AS id, tstamp AS at FROM goose_db_version "
                                "WHERE version_id > 0 ORDER BY goose_db_version.id"});
        REQUIRE(rows.rows.size() == 1);
        CHECK(rows.rows[0].id == "20240101000001");
        CHECK(rows.rows[0].at == "2024-01-01T10:00:01Z");
        rows = read(tree, {"", "schema_migrations",
                           "SELECT version AS id, CASE WHEN dirty THEN 'failed' END AS state "
                           "FROM schema_migrations"});
        REQUIRE(rows.rows.size() == 1);
        CHECK(rows.rows[0].id == "3");
        CHECK(rows.rows[0].state == RowState::failed);
        rows = read(tree, {"", "gorp_migrations", "SELECT id, applied_at AS at FROM gorp_migrations"});
        REQUIRE(rows.rows.size() == 1);
        CHECK(rows.rows[0].at == "2024-01-01T10:00:00Z");
    }
    SUBCASE("alembic, sequelize, typeorm and Django") {
        make(tree,
             {"CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
              "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
              "INSERT INTO alembic_version VALUES ('ae1027a6acf'), ('b0')",
              "CREATE TABLE SequelizeMeta (name VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY)",
              "INSERT INTO SequelizeMeta VALUES ('20240101-a.js')",
              "CREATE TABLE migrations (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, "
              "timestamp bigint NOT NULL, name varchar NOT NULL)",
              "INSERT INTO migrations VALUES (1, 1704103200000, 'Init1704103200000')",
              "CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, "
              "app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL)",
              "INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', '2024-01-01 10:00:00.1')"});
        CHECK(read(tree, {"", "alembic_version", "SELECT version_num AS id FROM alembic_version ORDER BY 1"})
                  .rows.size() == 2);
        CHECK(read(tree, {"", "SequelizeMeta", "SELECT name AS id FROM SequelizeMeta"}).rows.at(0).id ==
              "20240101-a.js");
        CHECK(read(tree, {"", "migrations", "SELECT name AS id, timestamp AS \"key\" FROM migrations"})
                  .rows.at(0)
                  .key == "1704103200000");
        const auto rows = read(tree, {"", "django_migrations",
                                      "SELECT app || '.' || name AS id, applied AS at FROM django_migrations "
                                      "ORDER BY django_migrations.id"});
        CHECK(rows.rows.at(0).id == "auth.0001_initial");
        CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    }
}
