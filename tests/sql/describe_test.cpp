#include "sql/split.hpp"

using namespace migrate;
using namespace migrate::sql;

namespace {

constexpr auto kPg = Dialect::postgresql;
constexpr auto kMy = Dialect::mysql;
constexpr auto kLite = Dialect::sqlite;

Statement one(std::string_view text, Dialect dialect) {
    auto statements = split(text, dialect);
    REQUIRE_MESSAGE(statements, statements.error().message);
    REQUIRE(statements->size() == 1);
    return statements->front();
}

}  // namespace

TEST_CASE("a statement's kind is its verb and what it is about") {
    CHECK(one("create temp table if not exists t (a int)", kPg).kind == "CREATE TABLE");
    CHECK(one("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", kPg).kind == "CREATE INDEX");
    CHECK(one("CREATE OR REPLACE VIEW v AS SELECT 1", kPg).kind == "CREATE VIEW");
    CHECK(one("CREATE MATERIALIZED VIEW v AS SELECT 1", kPg).kind == "CREATE MATERIALIZED VIEW");
    CHECK(one("CREATE DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW v AS SELECT 1", kMy).kind == "CREATE VIEW");
    CHECK(one("insert into t values (1)", kLite).kind == "INSERT");
    CHECK(one("(SELECT 1)", kPg).kind == "SELECT");
    CHECK(one("/*!40101 SET NAMES utf8 */", kMy).kind == "SET");
    CHECK(one("START TRANSACTION", kPg).kind == "START TRANSACTION");
    CHECK(one("123", kPg).kind == "");
}

TEST_CASE("PostgreSQL: what cannot stand in a transaction") {
    for (const char* text :
         {"CREATE INDEX CONCURRENTLY i ON t (a)", "create unique index concurrently if not exists i on t (a)",
          "DROP INDEX CONCURRENTLY i", "REINDEX INDEX CONCURRENTLY i",
          "REINDEX (VERBOSE) TABLE CONCURRENTLY t", "REINDEX (CONCURRENTLY) TABLE t", "REINDEX DATABASE d",
          "VACUUM", "VACUUM (ANALYZE) t", "CREATE DATABASE d", "DROP DATABASE d",
          "CREATE TABLESPACE s LOCATION '/x'", "ALTER SYSTEM SET work_mem = '1MB'",
          "ALTER DATABASE d SET TABLESPACE s", "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
          "DROP SUBSCRIPTION s", "ALTER TABLE p DETACH PARTITION q CONCURRENTLY", "CLUSTER", "DISCARD ALL"}) {
        CAPTURE(text);
        CHECK(one(text, kPg).in_transaction == InTransaction::never);
    }
    for (const char* text : {"CREATE INDEX i ON t (a)", "CREATE INDEX concurrently_i ON t (a)",
                             "REINDEX TABLE t", "DROP INDEX i", "ALTER TYPE e ADD VALUE 'x'",
                             "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "ALTER DATABASE d SET a = 1",
                             "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
                             "CLUSTER t USING i", "ALTER TABLE p DETACH PARTITION q",
                             "CREATE TABLE vacuum (a int)", "COMMENT ON INDEX i IS 'x'"}) {
        CAPTURE(text);
        CHECK(one(text, kPg).in_transaction == InTransaction::yes);
    }
}

TEST_CASE("MySQL: what commits by itself, and SQLite: what must stand outside") {
    for (const char* text : {"CREATE TABLE t (a INT)", "ALTER TABLE t ADD b INT", "DROP TABLE t",
                             "TRUNCATE t", "RENAME TABLE a TO b", "GRANT SELECT ON t TO u", "CALL p()",
                             "LOCK TABLES t WRITE", "CREATE DATABASE d", "ANALYZE TABLE t"})
        CHECK(one(text, kMy).in_transaction == InTransaction::ends);
    for (const char* text :
         {"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "SET @a = 1", "CREATE TEMPORARY TABLE t (a INT)",
          "/*!40101 SET NAMES utf8 */", "WITH a AS (SELECT 1) SELECT * FROM a"})
        CHECK(one(text, kMy).in_transaction == InTransaction::yes);

    CHECK(one("VACUUM", kLite).in_transaction == InTransaction::never);
    CHECK(one("PRAGMA foreign_keys = OFF", kLite).in_transaction == InTransaction::edge);
    CHECK(one("PRAGMA main.journal_mode(wal)", kLite).in_transaction == InTransaction::edge);
    CHECK(one("PRAGMA foreign_keys", kLite).in_transaction == InTransaction::yes);
    CHECK(one("PRAGMA foreign_key_check", kLite).in_transaction == InTransaction::yes);
    CHECK(one("CREATE TABLE t (a)", kLite).in_transaction == InTransaction::yes);
}

TEST_CASE("a file's own transactions are seen, savepoints are none") {
    for (Dialect dialect : {kPg, kMy, kLite}) {
        for (const char* text :
             {"BEGIN", "begin transaction", "COMMIT", "ROLLBACK", "START TRANSACTION", "COMMIT WORK"})
            CHECK(one(text, dialect).transaction_control);
        for (const char* text : {"SAVEPOINT a", "RELEASE a", "ROLLBACK TO a",
                                 "ROLLBACK TRANSACTION TO SAVEPOINT a", "SELECT 'COMMIT'"})
            CHECK_FALSE(one(text, dialect).transaction_control);
    }
    CHECK(one("END", kPg).transaction_control);
    CHECK(one("PREPARE TRANSACTION 'x'", kPg).transaction_control);
    CHECK_FALSE(one("PREPARE x AS SELECT 1", kPg).transaction_control);
    CHECK(one("SET autocommit = 0", kMy).transaction_control);
    CHECK_FALSE(one("BEGIN NOT ATOMIC SELECT 1; END", kMy).transaction_control);
}

TEST_CASE("statements that lose or rewrite data are marked") {
    for (Dialect dialect : {kPg, kMy, kLite})
        for (const char* text :
             {"DROP TABLE t", "drop table if exists a, b", "ALTER TABLE t DROP COLUMN c",
              "ALTER TABLE t ADD a INT, DROP c", "DELETE FROM t", "UPDATE t SET a = (SELECT 1 WHERE 1)",
              "DELETE FROM t WHERE true", "DELETE FROM t WHERE 1 = 1"}) {
            CAPTURE(text);
            CHECK(one(text, dialect).destructive);
        }
    for (const char* text :
         {"TRUNCATE a, b", "DROP SCHEMA s", "DROP DATABASE d", "DROP OWNED BY u", "DROP TYPE e CASCADE",
          "ALTER TABLE t ALTER COLUMN c TYPE bigint", "ALTER TABLE ONLY t ALTER c SET DATA TYPE text",
          "WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM gone",
          "WITH a AS (SELECT 1 WHERE true) UPDATE t SET b = 1", "ALTER TYPE t DROP ATTRIBUTE a",
          "DO $$ BEGIN IF true THEN DROP TABLE t; END IF; END $$", "DO $$ BEGIN EXECUTE 'TRUNCATE t'; END $$",
          "DO $$ BEGIN UPDATE t SET a = 1; SELECT 1 WHERE true; END $$", "DROP FOREIGN TABLE t"}) {
        CAPTURE(text);
        CHECK(one(text, kPg).destructive);
    }
    for (const char* text : {"ALTER TABLE t MODIFY c BIGINT", "ALTER TABLE t CHANGE a b INT",
                             "ALTER TABLE t CONVERT TO CHARACTER SET latin1",
                             "ALTER TABLE t DROP PARTITION p", "/*!40000 DROP TABLE t */"}) {
        CAPTURE(text);
        CHECK(one(text, kMy).destructive);
    }
}

TEST_CASE("statements that lose nothing are not marked") {
    for (const char* text :
         {"CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c int", "ALTER TABLE t DROP CONSTRAINT c",
          "ALTER TABLE t ALTER COLUMN c DROP NOT NULL", "ALTER TABLE t ALTER c DROP DEFAULT", "DROP INDEX i",
          "DROP VIEW v", "DROP FUNCTION f()", "UPDATE t SET a = 1 WHERE b = 2",
          "DELETE FROM t WHERE 1 = 1 AND a", "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1",
          "SELECT 'DROP TABLE t'", "CREATE TABLE u (a int REFERENCES t ON DELETE CASCADE)",
          "SELECT * FROM t FOR UPDATE",
          "CREATE FUNCTION f() RETURNS void AS $$ DELETE FROM t $$ LANGUAGE sql",
          "WITH a AS (DELETE FROM t WHERE b RETURNING *) SELECT * FROM a",
          "DO $$ BEGIN UPDATE t SET a = CASE WHEN b THEN 1 END WHERE c; END $$"}) {
        CAPTURE(text);
        CHECK_FALSE(one(text, kPg).destructive);
    }
    for (const char* text : {"ALTER TABLE t DROP FOREIGN KEY k", "ALTER TABLE t DROP PRIMARY KEY",
                             "DROP TEMPORARY TABLE t", "REPLACE INTO t VALUES (1)"})
        CHECK_FALSE(one(text, kMy).destructive);
}

TEST_CASE("a statement is shown on one line without its literals") {
    CHECK(brief("CREATE USER a\n  PASSWORD 'secret' -- c\n, x", kPg) == "CREATE USER a PASSWORD '...' , x");
    CHECK(brief("SELECT aaaaaaaaaaaaaaaa", kPg, 10) == "SELECT aaa ...");
}
