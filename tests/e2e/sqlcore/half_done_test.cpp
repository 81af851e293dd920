// Migrations that stop half way where no transaction can take them back, and the ways out.
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::Ran;
using test::Repo;
using test::says;

namespace {

const char* kId = "20240102000000_half.sql";

/// Three of five statements of the second file are done.
struct HalfDone : Repo {
    HalfDone()
        : Repo(test::MariaDbServer::shared(),
               {{"migrations/20240101000000_users.sql",
                 "-- UP\nCREATE TABLE users (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n"},
                {"migrations/20240102000000_half.sql",
                 "-- UP\nCREATE TABLE a (id INT PRIMARY KEY);\nINSERT INTO a VALUES (1);\nALTER TABLE users "
                 "ADD "
                 "COLUMN a_id INT;\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE b (id INT);\n"
                 "-- DOWN\nDROP TABLE b;\nALTER TABLE users DROP COLUMN a_id;\nDROP TABLE a;\n"}}) {
        Ran run = migrate({"run"});
        CHECK(run.status == 1);
        CHECK_RAN(run, says(run, "20240102000000_half.sql:5"));
        CHECK(says(run, "3 of 5 statements"));
    }
};

}  // namespace

TEST_CASE("MariaDB: a half-done migration is in the history with what is done, and nothing else runs") {
    HalfDone repo;
    CHECK(repo.value("SELECT state FROM _migrations WHERE filename LIKE '%half%'") == "running");
    CHECK(repo.value("SELECT statements_done FROM _migrations WHERE filename LIKE '%half%'") == "3");
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "20240102000000_half.sql: 3 statements done"));
    for (const std::vector<std::string>& words : {std::vector<std::string>{"run"}, {"rollback", "--yes"}}) {
        Ran ran = repo.migrate(words);
        CHECK(ran.status != 0);
        CHECK_RAN(ran, says(ran, "migration.dirty"));
        CHECK(says(ran, "migrate resolve"));
    }
}

TEST_CASE("MariaDB: resolve without an option says what is there, and changes nothing") {
    HalfDone repo;
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, look.status == 0);
    CHECK(says(look, "1  there    CREATE TABLE a"));
    CHECK(says(look, "2  unknown  INSERT INTO a"));
    CHECK(says(look, "3  there    ALTER TABLE users"));
    CHECK(says(look, "4  unknown  INSERT INTO nowhere"));
    CHECK(says(look, "5  absent   CREATE TABLE b"));
    CHECK(says(look, "migrate resolve --resume -u .:sql"));
    CHECK(says(look, "goes on with statement 4 of 5"));
    CHECK(says(look, "migrate resolve --applied " + std::string(kId)));
    CHECK(says(look, "migrate resolve --rolled-back " + std::string(kId)));
    Ran json = repo.migrate({"resolve", "--json", "-q"});
    CHECK_RAN(json, says(json, "\"changed\": \"nothing\""));
    CHECK(says(json, "5  absent   CREATE TABLE b"));
    CHECK(repo.value("SELECT statements_done FROM _migrations WHERE filename LIKE '%half%'") == "3");
}

TEST_CASE("MariaDB: --resume goes on with the next statement") {
    HalfDone repo;
    Ran again = repo.migrate({"resolve", "--resume"});
    CHECK(again.status == 1);
    CHECK_RAN(again, says(again, "nowhere"));
    CHECK(repo.value("SELECT count(*) FROM a") == "1");
    test::execute(repo.connection, {"CREATE TABLE nowhere (id INT)"});
    Ran done = repo.migrate({"resolve", "--resume"});
    CHECK_RAN(done, done.status == 0);
    CHECK(repo.has_table("b"));
    CHECK(repo.value("SELECT count(*) FROM a") == "1");
    CHECK(repo.value("SELECT count(*) FROM nowhere") == "1");
    CHECK(says(repo.migrate({"status"}), "current"));
    CHECK(says(repo.migrate({"resolve"}), "nothing to resolve"));
}

TEST_CASE("MariaDB: --resume does not do again what was done when the run was cut off") {
    HalfDone repo;
    // As a kill leaves it between the fifth statement and its mark.
    test::execute(repo.connection, {"CREATE TABLE nowhere (id INT)", "CREATE TABLE b (id INT)",
                                    "UPDATE _migrations SET statements_done = 4, statement_started = 5 WHERE "
                                    "filename LIKE '%half%'"});
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "it was started"));
    CHECK(says(look, "all statements are done: records it"));
    Ran done = repo.migrate({"resolve", "--resume"});
    CHECK_RAN(done, done.status == 0);
    CHECK(says(done, "statement 5 was done already"));
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("MariaDB: --applied and --rolled-back settle it by hand") {
    HalfDone repo;
    Ran applied = repo.migrate({"resolve", "--applied", kId, "--yes"});
    CHECK_RAN(applied, applied.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));

    HalfDone other;
    test::execute(other.connection, {"DROP TABLE a", "ALTER TABLE users DROP COLUMN a_id"});
    Ran undone = other.migrate({"resolve"});
    CHECK_RAN(undone, says(undone, "somebody has undone it"));
    Ran back = other.migrate({"resolve", "--rolled-back", kId, "--yes"});
    CHECK_RAN(back, back.status == 0);
    Ran status = other.migrate({"status"});
    CHECK_RAN(status, says(status, "pending"));
}

TEST_CASE("MariaDB: a way back that stops half way is resumed, too") {
    Repo repo(
        test::MariaDbServer::shared(),
        {{"migrations/20240101000000_two.sql",
          "-- UP\nCREATE TABLE a (id INT);\nCREATE TABLE b (id INT);\n-- DOWN\nDROP TABLE b;\nDROP TABLE "
          "gone;\nDROP TABLE a;\n"}});
    CHECK(repo.migrate({"run"}).status == 0);
    CHECK(repo.migrate({"rollback", "--yes"}).status == 1);
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "reverting: 1 statement done"));
    CHECK(says(look, "3  absent   DROP TABLE a"));
    test::execute(repo.connection, {"CREATE TABLE gone (id INT)"});
    Ran done = repo.migrate({"resolve", "--resume", "--yes"});
    CHECK_RAN(done, done.status == 0);
    CHECK_FALSE(repo.has_table("a"));
    CHECK(says(repo.migrate({"status"}), "1 pending") == false);
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "0");
}

TEST_CASE("MariaDB: tables that a file locks itself are unlocked, and the file is recorded") {
    Repo repo(
        test::MariaDbServer::shared(),
        {{"migrations/20240101000000_dump.sql",
          "-- UP\nCREATE TABLE a (id INT);\nLOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nINSERT INTO a "
          "VALUES (2);\nUNLOCK TABLES;\nCREATE TABLE b (id INT);\n-- DOWN\nDROP TABLE a;\nDROP TABLE b;\n"}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT count(*) FROM a") == "2");
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("PostgreSQL: an index that a failed CREATE INDEX CONCURRENTLY leaves invalid is named") {
    Repo repo(test::PostgresServer::shared(),
              {{"migrations/20240101000000_t.sql",
                "-- UP\nCREATE TABLE t (id INT);\nINSERT INTO t VALUES (1), (1);\n-- DOWN\nDROP TABLE t;\n"},
               {"migrations/20240102000000_index.sql",
                "-- UP\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\n-- DOWN\nDROP INDEX t_id;\n"}});
    Ran run = repo.migrate({"run"});
    CHECK(run.status == 1);
    CHECK_RAN(run, says(run, "An invalid index is left: t_id"));
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "the index is there, but invalid: DROP INDEX CONCURRENTLY \"t_id\""));
    test::execute(repo.connection, {"DROP INDEX CONCURRENTLY t_id", "DELETE FROM t"});
    Ran done = repo.migrate({"resolve", "--resume"});
    CHECK_RAN(done, done.status == 0);
    CHECK(repo.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id'::regclass") == "t");
}

TEST_CASE("PostgreSQL: a file without a transaction is resumed behind what is done") {
    Repo repo(test::PostgresServer::shared(),
              {{"migrations/20240101000000_t.sql",
                "-- UP transaction:false\nCREATE TABLE t (id INT);\nINSERT INTO t VALUES (1);\nCREATE INDEX "
                "CONCURRENTLY t_id ON t (id);\nINSERT INTO u VALUES (1);\n-- DOWN\nDROP TABLE t;\n"}});
    CHECK(repo.migrate({"run"}).status == 1);
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "3 statements done"));
    test::execute(repo.connection, {"CREATE TABLE u (id INT)"});
    Ran done = repo.migrate({"resolve", "--resume"});
    CHECK_RAN(done, done.status == 0);
    CHECK(repo.value("SELECT count(*) FROM t") == "1");
    CHECK(repo.value("SELECT count(*) FROM u") == "1");
}

TEST_CASE("PostgreSQL: resolve finds what we noted beside another tool's history table") {
    const char* second = "db/migrations/20240102000000_b.sql";
    Repo repo(test::PostgresServer::shared(),
              {{"db/migrations/20240101000000_a.sql",
                "-- migrate:up\nCREATE TABLE a (id INT);\n-- migrate:down\nDROP TABLE a;\n"},
               {second,
                "-- migrate:up transaction:false\nCREATE TABLE b (id INT);\nCREATE TABEL c (id INT);\n-- "
                "migrate:down\nDROP TABLE b;\n"}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(repo.migrate({"status"}), "1 statement done"));
    Ran settled = repo.migrate({"resolve", "--rolled-back", "20240102000000", "--yes"});
    CHECK_RAN(settled, settled.status == 0);
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "pending"));
    CHECK_FALSE(says(status, "1 statement done"));

    test::execute(repo.connection, {"DROP TABLE b"});
    repo.tree.write(second, "-- migrate:up\nCREATE TABLE b (id INT);\n-- migrate:down\nDROP TABLE b;\n");
    CHECK(repo.migrate({"run"}).status == 0);
    repo.tree.write(second, repo.tree.read(second) + "-- edited\n");
    CHECK(says(repo.migrate({"status"}), "edited"));
    Ran taken = repo.migrate({"resolve", "--edited", "20240102000000", "--yes"});
    CHECK_RAN(taken, taken.status == 0);
    status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "current"));
}
