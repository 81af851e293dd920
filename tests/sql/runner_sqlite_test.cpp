#include "sql/runner.hpp"

#include <sqlite3.h>

#include "sql/journal.hpp"
#include "sql/read_history.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::sql;

namespace {

/// A folder of migrations and a SQLite file beside it.
struct Bench {
    test::Tree tree{{"m/", ""}};
    Project project;
    std::unique_ptr<db::Database> database;

    explicit Bench(Convention convention = Convention::up_down)
        : project{convention, "m", history_table_of(convention)} {
        reopen();
    }
    void reopen() {
        database.reset();
        Connection connection;
        connection.engine = Engine::sqlite;
        connection.database = (tree.path() / "db.sqlite").string();
        db::OpenOptions options;
        options.read_only = false;
        options.create = true;
        auto opened = db::open(connection, options);
        REQUIRE_MESSAGE(opened, opened.error().message);
        database = std::move(*opened);
    }
    void file(const std::string& name, std::string_view content) { tree.write("m/" + name, content); }
    Result<RunOutcome> run(ApplyMigration apply, const RunSettings& settings = {}) {
        return apply_migration(*database, project, tree.path(), apply, settings);
    }
    Result<RunOutcome> up(const std::string& id, const std::string& name, const RunSettings& settings = {}) {
        return run({id, "m/" + name, false, "", 0}, settings);
    }
    Result<RunOutcome> up(const std::string& name) { return up(name, name); }
    Result<RunOutcome> down(const std::string& id, const std::string& name) {
        return run({id, name.empty() ? "" : "m/" + name, true, "", 0});
    }
    std::string value(std::string_view sql) {
        auto rows = database->query(sql);
        REQUIRE_MESSAGE(rows, rows.error().message);
        std::string result;
        for (const auto& row : rows->rows)
            for (const auto& cell : row) result += (result.empty() ? "" : "|") + cell.value_or("NULL");
        return result;
    }
    HistoryRows history() {
        auto rows = read_history(*database, project.table);
        REQUIRE_MESSAGE(rows, rows.error().message);
        return *rows;
    }
};

std::string message(const Result<RunOutcome>& outcome) {
    return outcome ? "no error" : outcome.error().message;
}

}  // namespace

TEST_CASE("a migration and its history row are one transaction") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n-- DOWN\nDROP TABLE a;\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(outcome->notes.empty());
    CHECK(bench.value("SELECT x FROM a") == "1");
    auto history = bench.history();
    REQUIRE(history.rows.size() == 1);
    CHECK(history.rows[0].id == "1_a.sql");
    CHECK(history.rows[0].state == AppliedRow::State::applied);
    CHECK(history.rows[0].checksum.size() == 64);
    CHECK(history.rows[0].down_sql == "-- DOWN\nDROP TABLE a;\n");
    CHECK(history.rows[0].at.size() == 20);
    CHECK(history.rows[0].at.back() == 'Z');

    REQUIRE(bench.down("1_a.sql", "1_a.sql"));
    CHECK(bench.history().rows.empty());
    CHECK(bench.value("SELECT count(*) FROM sqlite_schema WHERE name = 'a'") == "0");
}

TEST_CASE("a failed migration leaves nothing, and the error shows the place") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE TABLE a (x);\n\n  INSERT INTO nowhere VALUES (1);\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == "run.failed");
    CHECK(outcome.error().message == "m/1_a.sql:4:15: no such table: nowhere");
    CHECK(outcome.error().hint ==
          "      INSERT INTO nowhere VALUES (1);\n                  ^\nNothing of this file was kept: it ran "
          "in one transaction.");
    CHECK(bench.history().rows.empty());
    CHECK(bench.value("SELECT count(*) FROM sqlite_schema WHERE name = 'a'") == "0");
    CHECK_FALSE(bench.database->in_transaction());
}

TEST_CASE("the way back runs from the stored text where the file is gone") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE TABLE a (x);\n-- DOWN\nDROP TABLE a;\n");
    REQUIRE(bench.up("1_a.sql"));
    const std::string stored = bench.history().rows[0].down_sql;
    REQUIRE(bench.run({"1_a.sql", "", true, stored, 0}));
    CHECK(bench.history().rows.empty());
    bench.file("2_b.sql", "-- UP\nCREATE TABLE b (x);\n-- DOWN\n-- nothing\n");
    REQUIRE(bench.up("2_b.sql"));
    auto back = bench.down("2_b.sql", "2_b.sql");
    REQUIRE_FALSE(back);
    CHECK(back.error().code == "migration.irreversible");
    CHECK(bench.history().rows.size() == 1);
}

TEST_CASE("what was applied or reverted meanwhile is not done twice") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE TABLE IF NOT EXISTS a (x);\n-- DOWN\nDROP TABLE a;\n");
    REQUIRE(bench.up("1_a.sql"));
    auto again = bench.up("1_a.sql");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == "plan.stale");
    CHECK(again.error().message == "1_a.sql has been applied meanwhile");
    REQUIRE(bench.down("1_a.sql", "1_a.sql"));
    CHECK(message(bench.down("1_a.sql", "1_a.sql")) == "1_a.sql is no longer applied meanwhile");
    CHECK_FALSE(bench.database->in_transaction());
}

TEST_CASE("an existing table of three columns is extended, and the outcome says so") {
    Bench bench;
    REQUIRE(bench.database->execute(
        "CREATE TABLE _migrations (id INTEGER PRIMARY KEY, filename TEXT UNIQUE NOT NULL, applied_at TEXT)"));
    REQUIRE(
        bench.database->execute("INSERT INTO _migrations VALUES (7, '0_old.sql', '2024-01-02 03:04:05')"));
    CHECK(bench.history().rows[0].at == "2024-01-02T03:04:05Z");
    bench.file("1_a.sql", "-- UP\nSELECT 1;\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE(outcome);
    REQUIRE(outcome->notes.size() == 1);
    CHECK(outcome->notes[0].starts_with("_migrations was given the columns checksum, state"));
    CHECK(bench.value("SELECT group_concat(id || filename) FROM _migrations") == "70_old.sql,81_a.sql");
    REQUIRE(bench.history().rows.size() == 2);
    CHECK(bench.history().rows[0].state == AppliedRow::State::applied);
}

TEST_CASE("statements that refuse transactions run alone, or the file says how to be split") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nVACUUM;\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE_MESSAGE(outcome, outcome.error().message);
    CHECK(outcome->notes ==
          std::vector<std::string>{
              "m/1_a.sql did not run in a transaction: VACUUM cannot run in a transaction"});
    CHECK(bench.history().rows[0].state == AppliedRow::State::applied);
    bench.file("2_b.sql", "-- UP\nCREATE TABLE b (x);\nVACUUM;\n");
    auto mixed = bench.up("2_b.sql");
    REQUIRE_FALSE(mixed);
    CHECK(mixed.error().code == "migration.invalid");
    CHECK(mixed.error().message ==
          "m/2_b.sql:3:1: VACUUM cannot run in a transaction, so not among other statements");
    CHECK(mixed.error().hint.find("-- UP transaction:false") != std::string::npos);
    CHECK(bench.history().rows.size() == 1);
}

TEST_CASE("without a transaction the history says how far a file has come, and it can be resumed") {
    Bench bench;
    bench.file(
        "1_a.sql",
        "-- UP transaction:false\nCREATE TABLE a (x);\nCREATE TABLE b (x);\nINSERT INTO c VALUES (1);\n"
        "INSERT INTO b VALUES (1);\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message == "m/1_a.sql:4:13: no such table: c");
    CHECK(outcome.error().hint.find("2 of 4 statements are through and stay") != std::string::npos);
    auto history = bench.history();
    REQUIRE(history.rows.size() == 1);
    CHECK(history.rows[0].state == AppliedRow::State::running);
    CHECK(history.rows[0].detail == "2 statements done");

    REQUIRE(bench.database->execute("CREATE TABLE c (x)"));
    REQUIRE(bench.run({"1_a.sql", "m/1_a.sql", false, "", 2}));
    CHECK(bench.history().rows[0].state == AppliedRow::State::applied);
    CHECK(bench.value("SELECT count(*) FROM b") == "1");
    CHECK(bench.value("SELECT statements_done FROM _migrations") == "4");
}

TEST_CASE("a first statement that fails outside a transaction leaves no trace") {
    Bench bench;
    bench.file(
        "1_a.sql",
        "-- UP transaction:false\nINSERT INTO c VALUES (1);\n-- DOWN transaction:false\nDROP TABLE c;\n");
    REQUIRE_FALSE(bench.up("1_a.sql"));
    CHECK(bench.history().rows.empty());
    REQUIRE(bench.database->execute("CREATE TABLE c (x)"));
    REQUIRE(bench.up("1_a.sql"));
    REQUIRE(bench.database->execute("DROP TABLE c"));
    REQUIRE_FALSE(bench.down("1_a.sql", "1_a.sql"));
    CHECK(bench.history().rows[0].state == AppliedRow::State::applied);
}

TEST_CASE("a file's own transaction: refused where files are wrapped, kept elsewhere") {
    Bench own;
    own.file("1_a.sql", "-- UP\nBEGIN;\nCREATE TABLE a (x);\nCOMMIT;\n");
    auto refused = own.up("1_a.sql");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "m/1_a.sql:2:1: BEGIN in a file that is run in a transaction");

    Bench plain(Convention::plain);
    plain.file("1_a.sql", "BEGIN;\nCREATE TABLE a (x);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n");
    REQUIRE_FALSE(plain.up("1_a.sql"));
    CHECK(plain.history().rows.empty());
    CHECK(plain.value("SELECT count(*) FROM sqlite_schema WHERE name = 'a'") == "0");
    plain.file("1_a.sql", "BEGIN;\nCREATE TABLE a (x);\nCOMMIT;\n");
    REQUIRE(plain.up("1_a.sql"));
    CHECK(plain.history().rows.size() == 1);

    plain.file(
        "2_b.sql",
        "CREATE TABLE b (x);\nBEGIN;\nCREATE TABLE c (x);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n");
    REQUIRE_FALSE(plain.up("2_b.sql"));
    CHECK(plain.history().rows[1].detail == "1 statement done");
    CHECK(plain.value("SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('b', 'c')") == "b");
    plain.file("3_c.sql", "SELECT 1;\nBEGIN;\nCREATE TABLE d (x);\n");
    CHECK(message(plain.up("3_c.sql")) == "m/3_c.sql: the file begins a transaction that it never commits");
    CHECK(plain.value("SELECT count(*) FROM sqlite_schema WHERE name = 'd'") == "0");
}

TEST_CASE(
    "SQLite: foreign keys are switched off before the transaction, checked in it, and back on behind it") {
    Bench bench;
    REQUIRE(bench.database->execute("PRAGMA foreign_keys = ON"));
    bench.file("1_a.sql",
               "-- UP\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p REFERENCES p ON DELETE "
               "CASCADE);\n"
               "INSERT INTO p VALUES (1);\nINSERT INTO c VALUES (1);\n");
    REQUIRE(bench.up("1_a.sql"));
    const std::string rebuild =
        "-- UP\nPRAGMA foreign_keys = OFF;\nCREATE TABLE n (id INTEGER PRIMARY KEY, y);\nINSERT INTO n "
        "SELECT id, 2 FROM "
        "p{};\nDROP TABLE p;\nALTER TABLE n RENAME TO p;\nPRAGMA foreign_keys = ON;\n";
    auto with = [&](std::string_view where) {
        std::string text = rebuild;
        return text.replace(text.find("{}"), 2, where);
    };
    bench.file("2_b.sql", with(" WHERE false"));
    CHECK(message(bench.up("2_b.sql")) ==
          "m/2_b.sql: rows are left that refer to rows that are gone (PRAGMA foreign_key_check)");
    CHECK(bench.value("SELECT count(*) FROM p") == "1");
    bench.file("2_b.sql", with(""));
    REQUIRE(bench.up("2_b.sql"));
    CHECK(bench.value("SELECT count(*) FROM c") == "1");
    CHECK(bench.value("PRAGMA foreign_keys") == "1");
    bench.file("3_c.sql", "-- UP\nPRAGMA foreign_keys = OFF;\nSELECT 1;\n");
    REQUIRE(bench.up("3_c.sql"));
    CHECK(bench.value("PRAGMA foreign_keys") == "1");
    bench.file("4_d.sql", "-- UP\nSELECT 1;\nPRAGMA foreign_keys = OFF;\nSELECT 1;\n");
    CHECK(message(bench.up("4_d.sql")) == "m/4_d.sql:3:1: this PRAGMA has no effect inside a transaction");
}

TEST_CASE("an interruption between statements leaves nothing of the file") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE TABLE a (x);\nCREATE TABLE b (x);\n");
    std::vector<std::string> seen;
    RunSettings settings;
    settings.on_statement = [&](const StatementProgress& progress) {
        seen.push_back(progress.place + " " + progress.brief + " " + std::to_string(progress.n) + "/" +
                       std::to_string(progress.of));
    };
    settings.interrupted = [&] { return seen.size() == 1; };
    auto outcome = bench.up("1_a.sql", "1_a.sql", settings);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == "interrupted");
    CHECK(outcome.error().message == "m/1_a.sql: interrupted before statement 2 of 2");
    CHECK(seen == std::vector<std::string>{"m/1_a.sql:2 CREATE TABLE a (x) 1/2"});
    CHECK(bench.history().rows.empty());
    CHECK_FALSE(bench.database->in_transaction());
}

TEST_CASE("lines that hold a password are not shown") {
    Bench bench;
    bench.file("1_a.sql", "-- UP\nCREATE USER a PASSWORD 'tea-and-cake';\n");
    auto outcome = bench.up("1_a.sql");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().hint.find("tea-and-cake") == std::string::npos);
    CHECK(outcome.error().hint.find("CREATE USER a PASSWORD '...'") != std::string::npos);
}

TEST_CASE("the neighbours' tables are written as they write them, and never altered") {
    struct Case {
        Convention convention;
        const char* file;
        const char* content;
        const char* down;
        const char* id;
        const char* table;  ///< the SQL of the table as the tool itself makes it
        const char* row;
        const char* after_down;
    };
    const Case cases[] = {
        {Convention::dbmate, "001_a.sql",
         "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n", "001_a.sql", "001",
         "version varchar(128) primary key", "SELECT version FROM schema_migrations", ""},
        {Convention::goose, "001_a.sql", "-- +goose Up\nCREATE TABLE a (x);\n-- +goose Down\nDROP TABLE a;\n",
         "001_a.sql", "1",
         "id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, "
         "tstamp "
         "TIMESTAMP DEFAULT (datetime('now'))",
         "SELECT version_id || ':' || is_applied FROM goose_db_version ORDER BY id", "0:1"},
        {Convention::golang_migrate, "001_a.up.sql", "CREATE TABLE a (x);\n", "001_a.down.sql", "1",
         "version uint64,dirty bool", "SELECT version || ':' || dirty FROM schema_migrations", ""},
        {Convention::sql_migrate, "001_a.sql",
         "-- +migrate Up\nCREATE TABLE a (x);\n-- +migrate Down\nDROP TABLE a;\n", "001_a.sql", "001_a.sql",
         "id varchar(255) not null primary key, applied_at datetime", "SELECT id FROM gorp_migrations", ""},
    };
    const std::string rows[] = {"001", "0:1|1:1", "1:0", "001_a.sql"};
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        const Case& c = cases[i];
        CAPTURE(c.file);
        CAPTURE(to_string(c.convention));
        Bench bench(c.convention);
        bench.file(c.file, c.content);
        bench.file("001_a.down.sql", "DROP TABLE a;\n");
        if (c.convention != Convention::golang_migrate)
            std::filesystem::remove(bench.tree.path() / "m/001_a.down.sql");
        auto outcome = bench.up(c.id, c.file);
        REQUIRE_MESSAGE(outcome, outcome.error().message);
        CHECK(bench.value("SELECT sql FROM sqlite_schema WHERE name = '" + bench.project.table.name + "'") ==
              "CREATE TABLE \"" + bench.project.table.name + "\" (" + c.table + ")");
        CHECK(bench.value(c.row) == rows[i]);
        auto history = bench.history();
        REQUIRE(history.rows.size() == 1);
        CHECK(history.rows[0].id == c.id);
        CHECK(history.rows[0].checksum.size() == 64);
        CHECK(history.rows[0].down_sql.find("DROP TABLE a;") != std::string::npos);
        auto back = bench.run({c.id, "", true, history.rows[0].down_sql, 0});
        REQUIRE_MESSAGE(back, back.error().message);
        CHECK(bench.value(c.row) == c.after_down);
        CHECK(bench.value("SELECT count(*) FROM _migrate_ledger") == "0");
    }
}

TEST_CASE(
    "a neighbour's half-done migration is known from our ledger, golang-migrate's from its own row, too") {
    for (Convention convention : {Convention::dbmate, Convention::golang_migrate}) {
        Bench bench(convention);
        const bool pair = convention == Convention::golang_migrate;
        const std::string name = pair ? "1_a.up.sql" : "1_a.sql";
        bench.file(name,
                   pair ? "-- migrate: transaction=false\nCREATE TABLE a (x);\nINSERT INTO c VALUES (1);\n"
                        : "-- migrate:up transaction:false\nCREATE TABLE a (x);\nINSERT INTO c VALUES "
                          "(1);\n-- migrate:down\n");
        REQUIRE_FALSE(bench.up("1", name));
        auto history = bench.history();
        REQUIRE(history.rows.size() == 1);
        CHECK(history.rows[0].id == "1");
        CHECK(history.rows[0].state == AppliedRow::State::running);
        CHECK(history.rows[0].detail == "1 statement done");
        if (pair) CHECK(bench.value("SELECT version || ':' || dirty FROM schema_migrations") == "1:1");
        REQUIRE(bench.database->execute("CREATE TABLE c (x)"));
        REQUIRE(bench.run({"1", "m/" + name, false, "", 1}));
        CHECK(bench.history().rows[0].state == AppliedRow::State::applied);
    }
}

TEST_CASE("golang-migrate: reverting the second leaves the first as the version") {
    Bench bench(Convention::golang_migrate);
    bench.file("1_a.up.sql", "CREATE TABLE a (x);");
    bench.file("7_b.up.sql", "CREATE TABLE b (x);");
    bench.file("7_b.down.sql", "DROP TABLE b;");
    REQUIRE(bench.up("1", "1_a.up.sql"));
    REQUIRE(bench.up("7", "7_b.up.sql"));
    CHECK(bench.value("SELECT version || ':' || dirty FROM schema_migrations") == "7:0");
    REQUIRE(bench.down("7", "7_b.down.sql"));
    CHECK(bench.value("SELECT version || ':' || dirty FROM schema_migrations") == "1:0");
    CHECK(message(bench.up("1", "1_a.up.sql")) == "1 has been applied meanwhile");
}

TEST_CASE("older goose rows: the newest row of a version counts") {
    Bench bench(Convention::goose);
    bench.file("1_a.sql", "-- +goose Up\nSELECT 1;\n");
    REQUIRE(bench.up("1", "1_a.sql"));
    REQUIRE(bench.database->execute(
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, 1), (1, 0)"));
    auto history = bench.history();
    REQUIRE(history.rows.size() == 1);
    CHECK(history.rows[0].id == "2");
}

TEST_CASE("a script without history is one transaction, too") {
    Bench bench;
    REQUIRE(
        execute_script(*bench.database, "CREATE TABLE a (x); INSERT INTO a VALUES (1);", "seed.sql", true));
    CHECK(message(execute_script(*bench.database, "INSERT INTO a VALUES (2);\nINSERT INTO b VALUES (1)",
                                 "seed.sql", true)) == "seed.sql:2:13: no such table: b");
    CHECK(bench.value("SELECT count(*) FROM a") == "1");
    CHECK_FALSE(execute_script(*bench.database, "INSERT INTO a VALUES (2);\nINSERT INTO b VALUES (1)",
                               "seed.sql", false));
    CHECK(bench.value("SELECT count(*) FROM a") == "2");
}
