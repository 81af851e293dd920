#include <doctest/doctest.h>

#include "../../support/servers.hpp"
#include "db/history_reader.hpp"

using namespace migrate;
using namespace migrate::db;
using migrate::test::execute;
using migrate::test::MariaDbServer;
using migrate::test::PostgresServer;

namespace {

using RowState = AppliedRow::State;

/// In a session of its own.
Result<HistoryRows> read_in(const Connection& connection, const HistoryQuery& query) {
    auto database = open(connection, {});
    if (!database) return tl::unexpected(database.error());
    return read_history(**database, query);
}

HistoryRows read(const Connection& connection, const HistoryQuery& query) {
    auto rows = read_in(connection, query);
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    CHECK(rows->source == HistorySource::direct);
    CHECK(rows->database_exists);
    CHECK(rows->table_exists);
    return *rows;
}

}  // namespace

TEST_CASE("history on PostgreSQL: prisma's rows, failed and rolled back ones among them") {
    Connection connection = PostgresServer::shared().fresh_database();
    execute(
        connection,
        {"CREATE SCHEMA shop",
         "CREATE TABLE shop._prisma_migrations (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) "
         "NOT NULL, "
         "finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at "
         "timestamptz, "
         "started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)",
         "INSERT INTO shop._prisma_migrations VALUES ('1', 'aa', '2024-01-01 12:00:00.123456+02', "
         "'20240101000000_init', NULL, NULL, '2024-01-01 12:00:00+02', 1)",
         "INSERT INTO shop._prisma_migrations VALUES ('2', 'bb', NULL, '20240102000000_bad', 'syntax "
         "error', NULL, "
         "'2024-01-01 12:00:01+02', 0)",
         "INSERT INTO shop._prisma_migrations VALUES ('3', 'cc', NULL, '20240102000000_bad', 'x', now(), "
         "'2024-01-01 12:00:02+02', 0)"});
    const HistoryQuery query{
        "shop", "_prisma_migrations",
        "SELECT migration_name AS id, finished_at AS at, checksum, logs AS detail, CASE WHEN rolled_back_at "
        "IS NOT NULL "
        "THEN 'rolled_back' WHEN finished_at IS NULL AND logs IS NULL THEN 'running' WHEN finished_at IS "
        "NULL THEN "
        "'failed' ELSE 'applied' END AS state FROM \"shop\".\"_prisma_migrations\" ORDER BY started_at"};
    const auto rows = read(connection, query);
    CHECK(rows.table == "shop._prisma_migrations");
    CHECK(rows.columns.size() == 8);
    REQUIRE(rows.rows.size() == 3);
    CHECK(rows.rows[0].id == "20240101000000_init");
    CHECK(rows.rows[0].at == "2024-01-01T10:00:00Z");
    CHECK(rows.rows[0].checksum == "aa");
    CHECK(rows.rows[0].state == RowState::applied);
    CHECK(rows.rows[1].state == RowState::failed);
    CHECK(rows.rows[1].detail == "syntax error");
    CHECK(rows.rows[1].at == "");
    CHECK(rows.rows[2].state == RowState::rolled_back);

    // The connection's own schema is where an unqualified table is looked for.
    HistoryQuery own = query;
    own.schema = "";
    CHECK_FALSE(read_in(connection, own)->table_exists);
    connection.schema = "shop";
    CHECK(read(connection, own).rows.size() == 3);
}

TEST_CASE("history on PostgreSQL: drizzle, knex, typeorm and sequelize") {
    const Connection connection = PostgresServer::shared().fresh_database();
    execute(
        connection,
        {"CREATE SCHEMA drizzle",
         "CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at "
         "bigint)",
         "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('aa', 1704103200123)",
         "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, "
         "migration_time timestamptz)",
         "INSERT INTO knex_migrations VALUES (1, 'a.js', 1, '2024-01-01 10:00:00+00'), "
         "(2, 'b.js', 1, '2024-01-01 11:00:01.999+01')",
         "CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)",
         "INSERT INTO migrations VALUES (1, 1704103200000, 'Init1704103200000')",
         "CREATE TABLE \"SequelizeMeta\" (name varchar(255) NOT NULL UNIQUE PRIMARY KEY)",
         "INSERT INTO \"SequelizeMeta\" VALUES ('20240101-a.js')"});
    const HistoryQuery drizzle{"drizzle", "__drizzle_migrations",
                               "SELECT name AS id, hash AS checksum, created_at AS key, applied_at AS at "
                               "FROM drizzle.__drizzle_migrations ORDER BY drizzle.__drizzle_migrations.id",
                               "name",
                               "SELECT hash AS id, hash AS checksum, created_at AS key, created_at AS at "
                               "FROM drizzle.__drizzle_migrations ORDER BY drizzle.__drizzle_migrations.id"};
    auto rows = read(connection, drizzle);
    CHECK(rows.rows.at(0).key == "1704103200123");
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    execute(connection, {"ALTER TABLE drizzle.__drizzle_migrations ADD name text, ADD applied_at timestamptz",
                         "UPDATE drizzle.__drizzle_migrations SET name = '20240101100000_init'"});
    rows = read(connection, drizzle);
    CHECK(rows.rows.at(0).id == "20240101100000_init");
    CHECK(rows.rows.at(0).at == "");

    rows = read(connection, {"", "knex_migrations",
                             "SELECT name AS id, batch, migration_time AS at FROM knex_migrations "
                             "ORDER BY knex_migrations.id"});
    CHECK(rows.rows.at(1).id == "b.js");
    CHECK(rows.rows.at(1).batch == "1");
    CHECK(rows.rows.at(1).at == "2024-01-01T10:00:01Z");
    rows = read(connection, {"", "migrations",
                             "SELECT name AS id, timestamp AS key FROM migrations ORDER BY migrations.id"});
    CHECK(rows.rows.at(0).key == "1704103200000");
    rows = read(connection, {"", "SequelizeMeta", "SELECT name AS id FROM \"SequelizeMeta\" ORDER BY name"});
    CHECK(rows.rows.at(0).id == "20240101-a.js");
}

TEST_CASE("history on PostgreSQL: alembic, Django, Flyway and the conventions of raw SQL") {
    const Connection connection = PostgresServer::shared().fresh_database();
    execute(
        connection,
        {"CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc "
         "PRIMARY KEY (version_num))",
         "INSERT INTO alembic_version VALUES ('ae10'), ('b0')",
         "CREATE TABLE django_migrations (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, "
         "app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)",
         "INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', '2024-01-01 10:00:00.5+00')",
         "CREATE TABLE flyway_schema_history (installed_rank int NOT NULL PRIMARY KEY, version varchar(50), "
         "description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, "
         "checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), "
         "execution_time int NOT NULL, success boolean NOT NULL)",
         "INSERT INTO flyway_schema_history VALUES (1, '1', 'init', 'SQL', 'V1__init.sql', -1556331, 'app', "
         "'2024-01-01 10:00:00.1', 5, true), (2, '2', 'bad', 'SQL', 'V2__bad.sql', 7, 'app', "
         "'2024-01-01 10:00:01', 5, false)",
         "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)",
         "INSERT INTO schema_migrations VALUES ('20240101')",
         "CREATE TABLE goose_db_version (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, "
         "version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now())",
         "INSERT INTO goose_db_version VALUES (1, 0, true, '2024-01-01'), (2, 5, true, '2024-01-01 "
         "10:00:00')",
         "CREATE SCHEMA gm",
         "CREATE TABLE gm.schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
         "INSERT INTO gm.schema_migrations VALUES (3, true)",
         "CREATE TABLE gorp_migrations (id text NOT NULL PRIMARY KEY, applied_at timestamptz)",
         "INSERT INTO gorp_migrations VALUES ('1_a.sql', '2024-01-01 10:00:00+00')"});
    CHECK(read(connection, {"", "alembic_version", "SELECT version_num AS id FROM alembic_version"})
              .rows.size() == 2);
    auto rows = read(connection, {"", "django_migrations",
                                  "SELECT app || '.' || name AS id, applied AS at FROM django_migrations"});
    CHECK(rows.rows.at(0).id == "auth.0001_initial");
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    rows = read(connection,
                {"", "flyway_schema_history",
                 "SELECT coalesce(version, description) AS id, installed_on AS at, checksum, script AS key, "
                 "CASE WHEN success THEN 'applied' ELSE 'failed' END AS state FROM flyway_schema_history "
                 "ORDER BY installed_rank"});
    CHECK(rows.rows.at(0).checksum == "-1556331");
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    CHECK(rows.rows.at(1).state == RowState::failed);
    CHECK(read(connection, {"", "schema_migrations", "SELECT version AS id FROM schema_migrations"})
              .rows.at(0)
              .id == "20240101");
    rows = read(connection,
                {"", "goose_db_version",
                 "SELECT version_id AS id, tstamp AS at FROM goose_db_version WHERE version_id > 0"});
    REQUIRE(rows.rows.size() == 1);
    CHECK(rows.rows[0].at == "2024-01-01T10:00:00Z");
    rows =
        read(connection,
             {"gm", "schema_migrations",
              "SELECT version AS id, CASE WHEN dirty THEN 'failed' END AS state FROM gm.schema_migrations"});
    CHECK(rows.rows.at(0).state == RowState::failed);
    rows = read(connection, {"", "gorp_migrations", "SELECT id, applied_at AS at FROM gorp_migrations"});
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
}

TEST_CASE("history on PostgreSQL: a role without rights is told so, and tables are still looked up") {
    Connection connection = PostgresServer::shared().fresh_database();
    execute(connection, {"CREATE TABLE knex_migrations (name text)", "CREATE TABLE users (x int)",
                         "CREATE ROLE nobody_at_all LOGIN PASSWORD 'nothing-to-see'"});
    connection.user = "nobody_at_all";
    connection.password = "nothing-to-see";
    auto rows = read_in(connection, {"", "knex_migrations", "SELECT name AS id FROM knex_migrations"});
    REQUIRE_FALSE(rows.has_value());
    CHECK(rows.error().message ==
          "the history in knex_migrations cannot be read: permission denied for table knex_migrations");
    rows = read_in(connection, {"", "alembic_version", "SELECT version_num AS id FROM alembic_version"});
    REQUIRE(rows.has_value());
    CHECK_FALSE(rows->table_exists);
    CHECK(rows->foreign_tables);
}

TEST_CASE("history on PostgreSQL: the select itself cannot write") {
    const Connection connection = PostgresServer::shared().fresh_database();
    execute(connection,
            {"CREATE TABLE h (x int)", "CREATE SEQUENCE s",
             "CREATE FUNCTION sneak() RETURNS text LANGUAGE sql AS 'INSERT INTO h VALUES (1) RETURNING x'"});
    CHECK_FALSE(read_in(connection, {"", "h", "SELECT sneak() AS id"}).has_value());
    CHECK_FALSE(read_in(connection, {"", "h", "SELECT nextval('s') AS id"}).has_value());
    CHECK_FALSE(read_in(connection, {"", "h", "DELETE FROM h RETURNING x AS id"}).has_value());
}

TEST_CASE("history on MariaDB: the table forms of the tools") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    execute(
        connection,
        {"CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT "
         "NULL, "
         "finished_at datetime(3), migration_name varchar(255) NOT NULL, logs text, rolled_back_at "
         "datetime(3), "
         "started_at datetime(3) NOT NULL DEFAULT current_timestamp(3), applied_steps_count int unsigned NOT "
         "NULL "
         "DEFAULT 0)",
         "INSERT INTO _prisma_migrations VALUES ('1', 'aa', '2024-01-01 10:00:00.123', 'init', NULL, NULL, "
         "'2024-01-01 10:00:00', 1)",
         "CREATE TABLE __drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)",
         "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('aa', 1704103200000)",
         "CREATE TABLE knex_migrations (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name "
         "varchar(255), "
         "batch int, migration_time timestamp)",
         "SET time_zone = '+02:00'",
         "INSERT INTO knex_migrations VALUES (1, 'a.js', 1, '2024-01-01 12:00:00')",
         "CREATE TABLE SequelizeMeta (name varchar(255) NOT NULL PRIMARY KEY)",
         "INSERT INTO SequelizeMeta VALUES ('20240101-a.js')",
         "CREATE TABLE flyway_schema_history (installed_rank int NOT NULL PRIMARY KEY, version varchar(50), "
         "description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, "
         "checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL, "
         "execution_time int NOT NULL, success bool NOT NULL)",
         "INSERT INTO flyway_schema_history VALUES (1, '1', 'init', 'SQL', 'V1__init.sql', -5, 'app', "
         "'2024-01-01 12:00:00', 5, 0)",
         "CREATE TABLE goose_db_version (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, version_id bigint "
         "NOT NULL, "
         "is_applied tinyint(1) NOT NULL, tstamp datetime)",
         "INSERT INTO goose_db_version VALUES (1, 5, 1, '2024-01-01 10:00:00')",
         "CREATE TABLE gorp_migrations (id varchar(255) NOT NULL PRIMARY KEY, applied_at datetime) CHARSET "
         "utf8mb3",
         "INSERT INTO gorp_migrations VALUES ('1_\u00e9.sql', '2024-01-01 10:00:00')"});
    auto rows =
        read(connection, {"", "_prisma_migrations",
                          "SELECT migration_name AS id, finished_at AS at FROM `_prisma_migrations`"});
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    rows = read(connection,
                {"", "__drizzle_migrations",
                 "SELECT hash AS id, created_at AS `key`, created_at AS at FROM `__drizzle_migrations`"});
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    rows = read(connection, {"", "knex_migrations",
                             "SELECT name AS id, batch, migration_time AS at FROM knex_migrations"});
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    CHECK(read(connection, {connection.database, "SequelizeMeta", "SELECT name AS id FROM SequelizeMeta"})
              .rows.at(0)
              .id == "20240101-a.js");
    rows = read(connection,
                {"", "flyway_schema_history",
                 "SELECT version AS id, installed_on AS at, checksum, CASE WHEN success THEN 'applied' ELSE "
                 "'failed' END AS state FROM flyway_schema_history"});
    CHECK(rows.rows.at(0).at == "2024-01-01T10:00:00Z");
    CHECK(rows.rows.at(0).state == RowState::failed);
    rows = read(connection,
                {"", "goose_db_version", "SELECT version_id AS id, tstamp AS at FROM goose_db_version"});
    CHECK(rows.rows.at(0).id == "5");
    rows = read(connection, {"", "gorp_migrations", "SELECT id, applied_at AS at FROM gorp_migrations"});
    CHECK(rows.rows.at(0).id == "1_\u00e9.sql");
    auto missing = read_in(connection, {"", "sequelizemeta", "SELECT 1 AS id"});
    CHECK_FALSE(missing->table_exists);
    CHECK_FALSE(missing->foreign_tables);
}
