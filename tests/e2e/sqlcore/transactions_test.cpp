// What runs in a transaction, what alone, and what a file says about it itself.
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::Ran;
using test::Repo;
using test::says;

namespace {

const char* kFirst =
    "-- UP\nCREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20));\n-- DOWN\nDROP TABLE t;\n";

Repo on_postgresql(const char* second) {
    return Repo(test::PostgresServer::shared(), {{"migrations/20240101000000_first.sql", kFirst},
                                                 {"migrations/20240102000000_second.sql", second}});
}

}  // namespace

TEST_CASE("an index that is built concurrently is alone in its file, and runs") {
    Repo repo = on_postgresql(
        "-- UP\nCREATE INDEX CONCURRENTLY t_name ON t (name);\n-- DOWN\nDROP INDEX CONCURRENTLY t_name;\n");
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(says(run, "did not run in a transaction"));
    CHECK(repo.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_name'::regclass") == "t");
    Ran back = repo.migrate({"rollback", "--yes"});
    CHECK_RAN(back, back.status == 0);
    CHECK(repo.value("SELECT to_regclass('t_name')").empty());
}

TEST_CASE("what cannot run in a transaction is refused among others, and the error says how to split") {
    for (const std::string statement :
         {"CREATE INDEX CONCURRENTLY x ON t (name)", "VACUUM t", "ALTER SYSTEM SET work_mem = '4MB'",
          "CREATE DATABASE other", "REINDEX TABLE CONCURRENTLY t", "DROP TABLESPACE nowhere"}) {
        CAPTURE(statement);
        Repo repo = on_postgresql(("-- UP\nINSERT INTO t VALUES (1, 'a');\n" + statement + ";\n").c_str());
        Ran run = repo.migrate({"run"});
        CHECK(run.status == 2);
        CHECK_RAN(run, says(run, "20240102000000_second.sql:3:1"));
        CHECK(says(run, "migration of its own"));
        CHECK_FALSE(repo.has_table("t"));  // nothing runs before all files are known to be right
    }
}

TEST_CASE("VACUUM, ALTER SYSTEM and CREATE DATABASE run alone") {
    Repo repo = on_postgresql("-- UP\nVACUUM t;\n");
    repo.tree.write("migrations/20240103000000_system.sql", "-- UP\nALTER SYSTEM SET work_mem = '5MB';\n");
    repo.tree.write("migrations/20240104000000_database.sql",
                    "-- UP\nCREATE DATABASE made_by_migration;\n-- DOWN\nDROP DATABASE made_by_migration;\n");
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT count(*) FROM pg_database WHERE datname = 'made_by_migration'") == "1");
    Ran back = repo.migrate({"rollback", "--yes"});
    CHECK_RAN(back, back.status == 0);
    CHECK(repo.value("SELECT count(*) FROM pg_database WHERE datname = 'made_by_migration'") == "0");
}

TEST_CASE("a statement that only the server knows to refuse transactions is sent alone") {
    // A procedure that commits: nothing in the text says so.
    Repo repo = on_postgresql(
        "-- UP\nCREATE PROCEDURE twice() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1, 'a'); COMMIT; "
        "INSERT INTO t VALUES (2, 'b'); END $$;\n");
    repo.tree.write("migrations/20240103000000_enum.sql", "-- UP\nCREATE TYPE mood AS ENUM ('sad');\n");
    repo.tree.write("migrations/20240104000000_value.sql", "-- UP\nALTER TYPE mood ADD VALUE 'glad';\n");
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT 'glad'::mood") == "glad");
    repo.tree.write("migrations/20240105000000_used.sql",
                    "-- UP\nALTER TYPE mood ADD VALUE 'bored';\nCREATE TABLE m (m mood DEFAULT 'bored');\n");
    Ran used = repo.migrate({"run"});
    CHECK(used.status == 1);
    CHECK_RAN(used, says(used, "Add the value in a migration of its own"));
    CHECK_FALSE(repo.has_table("m"));
}

TEST_CASE("scripts may throw prepared statements away, change role and path, and write into the history") {
    test::Tree::Files files;
    auto add = [&](int day, const std::string& sql) {
        files["db/migrations/2024010" + std::to_string(day) + "000000_m.sql"] =
            "-- migrate:up\n" + sql + "\n-- migrate:down\nSELECT 1;\n";
    };
    for (int day = 1; day <= 9; ++day) add(day, "CREATE TABLE m" + std::to_string(day) + " (id int);");
    add(5, "CREATE TABLE m5 (id int);\nDEALLOCATE ALL;");
    add(6, "CREATE SCHEMA elsewhere;\nSET search_path = elsewhere;\nSET ROLE pg_read_all_data;");
    add(8, "INSERT INTO schema_migrations (version) VALUES ('20240108000000');");
    Repo repo(test::PostgresServer::shared(), files);
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT count(*) FROM schema_migrations") == "9");
    CHECK(repo.value("SELECT count(*) FROM _migrate.ledger WHERE state <> 'done'") ==
          "0");
    CHECK(repo.has_table("m9"));
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "current"));
}

TEST_CASE("a file's own BEGIN and COMMIT is refused where files are wrapped, and kept where they are not") {
    Repo wrapped = on_postgresql("-- UP\nBEGIN;\nINSERT INTO t VALUES (1, 'a');\nCOMMIT;\n");
    Ran refused = wrapped.migrate({"run"});
    CHECK(refused.status == 2);
    CHECK_RAN(refused, says(refused, "BEGIN in a file that is run in a transaction"));
    CHECK(says(refused, "-- UP transaction:false"));

    wrapped.tree.write(
        "migrations/20240102000000_second.sql",
        "-- UP transaction:false\nBEGIN;\nINSERT INTO t VALUES (1, 'a');\nCOMMIT;\nVACUUM t;\n");
    Ran allowed = wrapped.migrate({"run"});
    CHECK_RAN(allowed, allowed.status == 0);
    CHECK(wrapped.value("SELECT count(*) FROM t") == "1");

    Repo kept(test::PostgresServer::shared(),
              {{"migrations/000001_first.up.sql",
                "BEGIN;\nCREATE TABLE a (id INT);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id INT);\nCOMMIT;\n"},
               {"migrations/000001_first.down.sql", "DROP TABLE b;\nDROP TABLE a;\n"}});
    Ran run = kept.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(kept.has_table("a"));
    CHECK(kept.has_table("b"));
    CHECK(kept.value("SELECT dirty FROM schema_migrations") == "f");
}

TEST_CASE("the data of COPY FROM STDIN in a file is sent") {
    Repo repo = on_postgresql(
        "-- UP\nCOPY t (id, name) FROM stdin;\n1\tone; two\n2\t\\N\n\\.\nINSERT INTO t VALUES (3, 'c');\n");
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT string_agg(id || coalesce(name, '-'), ',' ORDER BY id) FROM t") ==
          "1one; two,2-,3c");
}

TEST_CASE("a failing statement is shown with line, column, its text and a caret") {
    Repo repo =
        on_postgresql("-- UP\nINSERT INTO t VALUES (1, 'a');\nINSERT INTO t (id, nam) VALUES (2, 'b');\n");
    Ran run = repo.migrate({"run"});
    CHECK(run.status == 1);
    CHECK_RAN(run, says(run, "migrations/20240102000000_second.sql:3:20: column \"nam\""));
    CHECK_RAN(run, says(run, "    INSERT INTO t (id, nam) VALUES (2, 'b');\n                         ^"));
    CHECK(says(run, "Nothing of this file was kept"));
    CHECK(repo.value("SELECT count(*) FROM t") == "0");
}

TEST_CASE("UTF-16, NUL bytes and commands of psql are refused before anything runs") {
    using namespace std::string_literals;
    const std::pair<std::string, const char*> cases[] = {
        {"\xFF\xFE-\0-\0"s, "UTF-16"},
        {"-- UP\nSELECT 1;\0\n"s, "2:10: a NUL byte"},
        {"-- UP\nSELECT 1;\n\\i other.sql\n"s, "3:1: \"\\i\" is a command of the psql program"},
        {"-- UP\nSELECT 'a;\n"s, "2:8: a quote"},
    };
    for (const auto& [text, message] : cases) {
        Repo repo = on_postgresql("");
        repo.tree.write("migrations/20240102000000_second.sql", text);
        Ran run = repo.migrate({"run"});
        CHECK(run.status == 2);
        CHECK_RAN(run, says(run, message));
        CHECK_FALSE(repo.has_table("t"));
    }
}
