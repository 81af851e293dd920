#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "../../support/servers.hpp"
#include "db/database.hpp"

using namespace migrate;
using namespace migrate::db;
using migrate::test::PostgresServer;

namespace {

constexpr OpenOptions kWrite{.read_only = false};

std::unique_ptr<Database> opened(const Connection& connection, const OpenOptions& options = kWrite) {
    auto database = open(connection, options);
    REQUIRE_MESSAGE(database.has_value(), database.error().message);
    return std::move(*database);
}

void must(Database& database, std::string_view sql) {
    auto done = database.execute(sql);
    REQUIRE_MESSAGE(done.has_value(), done.error().message);
}

Value scalar(Database& database, std::string_view sql, std::span<const Value> parameters = {}) {
    auto rows = database.query(sql, parameters);
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    REQUIRE(rows->rows.size() == 1);
    return rows->rows[0][0];
}

}  // namespace

TEST_CASE("PostgreSQL: parameters are values, wherever else a question mark stands") {
    auto database = opened(PostgresServer::shared().fresh_database());
    const std::array<Value, 3> values{"it's $1", std::nullopt, "7"};
    auto rows = database->query(
        "SELECT ?::text AS a, ?::text AS b, '?' || $$?$$ AS c, ?::int + 1 AS d -- ?\n", values);
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    CHECK(rows->columns == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(rows->rows == std::vector<std::vector<Value>>{{"it's $1", std::nullopt, "??", "8"}});
    CHECK(scalar(*database, "SELECT '{\"a\": 1}'::jsonb ? 'a'") == "t");
    CHECK_FALSE(database->query("SELECT ?, ?", std::array<Value, 1>{"1"}).has_value());
    CHECK(database->server_version().find_first_not_of("0123456789.") == std::string::npos);
}

TEST_CASE("PostgreSQL: an error has the server's words, its detail and the byte where it lies") {
    auto database = opened(PostgresServer::shared().fresh_database());
    const std::string sql = "SELECT 'na\u00efve \u6f22\u5b57 \U0001F600', nosuch FROM pg_class";
    REQUIRE_FALSE(database->execute(sql).has_value());
    CHECK(database->error_offset() == sql.find("nosuch"));
    CHECK(database->error_state() == "42703");

    const std::string with_parameters = "SELECT '\u00e9', ?::text, ?::text, nosuch, ?::text";
    auto failed = database->query(with_parameters, std::array<Value, 3>{"a", "b", "c"});
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == "sql.failed");
    CHECK(failed.error().message == "column \"nosuch\" does not exist");
    CHECK(database->error_offset() == with_parameters.find("nosuch"));

    const std::string cut = "CREATE TABLE t (id int";
    REQUIRE_FALSE(database->execute(cut).has_value());
    CHECK(database->error_offset() == cut.size());

    must(*database, "CREATE TABLE t (id int PRIMARY KEY)");
    must(*database, "INSERT INTO t VALUES (1)");
    auto twice = database->execute("INSERT INTO t VALUES (1)");
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().hint == "Key (id)=(1) already exists.");
    CHECK(database->error_state() == "23505");
    CHECK_FALSE(database->error_offset().has_value());
}

TEST_CASE("PostgreSQL: exactly one statement is executed, of any kind") {
    auto database = opened(PostgresServer::shared().fresh_database());
    auto two = database->execute("CREATE TABLE a (x int); CREATE TABLE b (x int)");
    REQUIRE_FALSE(two.has_value());
    CHECK(database->tables().value().empty());
    must(*database, "CREATE TABLE a (x int)");
    must(*database, "CREATE INDEX CONCURRENTLY a_x ON a (x)");
    must(*database, "VACUUM a");
    must(*database, "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 + 1; $$");
    must(*database, "PREPARE p AS SELECT $1::int");
    must(*database, "DO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$");
    must(*database, "");
    must(*database, "-- nothing");
    CHECK_FALSE(database->in_transaction());
}

TEST_CASE("PostgreSQL: the session knows the state of its transaction, also a broken one") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "BEGIN");
    CHECK(database->in_transaction());
    CHECK_FALSE(database->execute("SELECT 1/0").has_value());
    CHECK(database->in_transaction());
    must(*database, "ROLLBACK");
    CHECK_FALSE(database->in_transaction());
}

TEST_CASE("PostgreSQL: COPY takes the lines that follow it") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "CREATE TABLE t (id int, name text)");
    auto copied = database->copy_in("COPY t (id, name) FROM STDIN;", "1\tcaf\u00e9\n2\t\\N\n\\.\n");
    REQUIRE_MESSAGE(copied.has_value(), copied.error().message);
    REQUIRE(database->copy_in("COPY t FROM STDIN WITH (FORMAT csv)", "3,\"a,b\"\n\\.").has_value());
    CHECK(scalar(*database, "SELECT string_agg(id || coalesce(name, '-'), ' ' ORDER BY id) FROM t") ==
          "1caf\u00e9 2- 3a,b");

    auto broken = database->copy_in("COPY t FROM STDIN", "4\tx\nnot a number\ty\n");
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().message == "invalid input syntax for type integer: \"not a number\"");
    CHECK(broken.error().hint.find("line 2") != std::string::npos);
    CHECK_FALSE(database->copy_in("SELECT 1", "").has_value());
    CHECK_FALSE(database->copy_in("COPY nosuch FROM STDIN", "").has_value());
    CHECK_FALSE(database->execute("COPY t FROM STDIN").has_value());
    must(*database, "COPY t TO STDOUT");
    CHECK(scalar(*database, "SELECT count(*) FROM t") == "3");
}

TEST_CASE("PostgreSQL: a read-only session cannot write") {
    const Connection connection = PostgresServer::shared().fresh_database();
    must(*opened(connection), "CREATE TABLE t (at timestamptz DEFAULT '2024-01-01 12:00:00+02')");
    auto database = opened(connection, {});
    auto refused = database->execute("INSERT INTO t DEFAULT VALUES");
    REQUIRE_FALSE(refused.has_value());
    CHECK(database->error_state() == "25006");
    CHECK_FALSE(database->execute("CREATE TABLE u (x int)").has_value());
    CHECK_FALSE(database->execute("SELECT nextval('nosuch')").has_value());
    CHECK(scalar(*database, "SELECT '2024-01-01 12:00:00+02'::timestamptz") == "2024-01-01 10:00:00+00");
}

TEST_CASE("PostgreSQL: a session waits for locks no longer than it was told") {
    const Connection connection = PostgresServer::shared().fresh_database();
    auto first = opened(connection);
    must(*first, "CREATE TABLE t (x int)");
    must(*first, "BEGIN");
    must(*first, "LOCK TABLE t");
    auto second = opened(connection, {.read_only = false, .lock_timeout_ms = 100});
    REQUIRE_FALSE(second->execute("ALTER TABLE t ADD y int").has_value());
    CHECK(second->error_state() == "55P03");

    // What the database sets for itself stays.
    must(*first, "ROLLBACK");
    must(*first, "ALTER DATABASE " + connection.database + " SET lock_timeout = '2s'");
    CHECK(scalar(*opened(connection), "SHOW lock_timeout") == "2s");
}

TEST_CASE("PostgreSQL: tables are those of the current schema that belong to no extension") {
    Connection connection = PostgresServer::shared().fresh_database();
    auto database = opened(connection);
    must(*database, "CREATE TABLE \"Odd \"\"name\" (id int, gone int, \"select\" text)");
    must(*database, "ALTER TABLE \"Odd \"\"name\" DROP COLUMN gone");
    must(*database, "CREATE SCHEMA \"App\"");
    must(*database, "CREATE TABLE \"App\".t (x int)");
    must(*database, "CREATE VIEW v AS SELECT 1 AS one");
    CHECK(database->tables().value() == std::vector<std::string>{"Odd \"name"});
    must(*database, "CREATE TABLE \"A\" (x int)");
    CHECK(database->tables().value() == std::vector<std::string>{"A", "Odd \"name"});
    CHECK(database->tables(1).value() == std::vector<std::string>{"A"});
    // Any extension will do: the table is given to it.
    must(*database, "CREATE EXTENSION hstore");
    must(*database, "ALTER EXTENSION hstore ADD TABLE \"A\"");
    CHECK(database->tables().value() == std::vector<std::string>{"Odd \"name"});
    CHECK(database->tables(1).value() == std::vector<std::string>{"Odd \"name"});
    CHECK(database->table_exists("", "Odd \"name").value());
    CHECK_FALSE(database->table_exists("", "odd \"name").value());
    CHECK(database->table_exists("", "v").value());
    CHECK_FALSE(database->table_exists("", "t").value());
    CHECK(database->table_exists("App", "t").value());
    CHECK_FALSE(database->table_exists("", "pg_class").value());
    CHECK(database->columns("", "Odd \"name").value() == std::vector<std::string>{"id", "select"});

    connection.schema = "App";
    database = opened(connection);
    CHECK(database->tables().value() == std::vector<std::string>{"t"});
    CHECK(database->columns("", "t").value() == std::vector<std::string>{"x"});
}

TEST_CASE("PostgreSQL: a missing database, a wrong password and a closed port are told apart") {
    Connection connection = PostgresServer::shared().admin();
    connection.database = "no such \"thing\"";
    auto missing = open(connection, {});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().code == "target.missing");

    connection = PostgresServer::shared().admin();
    connection.password = "s3cret-and-wrong";
    auto refused = open(connection, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "target.unreachable");
    CHECK(refused.error().message.find("password authentication failed") != std::string::npos);
    CHECK((refused.error().message + refused.error().hint).find("s3cret") == std::string::npos);

    connection.port = 1;
    auto closed = open(connection, {});
    REQUIRE_FALSE(closed.has_value());
    CHECK(closed.error().code == "target.unreachable");
    CHECK(closed.error().message == "127.0.0.1:1 cannot be reached: Connection refused");

    connection = PostgresServer::shared().admin();
    connection.parameters["sslmode"] = "verify-full";
    connection.parameters["sslrootcert"] = "/nonexistent.crt";
    auto unverified = open(connection, {});
    REQUIRE_FALSE(unverified.has_value());
    CHECK(unverified.error().message.find("nonexistent.crt") != std::string::npos);
}

TEST_CASE("PostgreSQL: what other drivers write into a URL does not hinder") {
    Connection connection = PostgresServer::shared().fresh_database();
    connection.parameters = {{"schema", "public"},
                             {"pgbouncer", "true"},
                             {"connection_limit", "1"},
                             {"sslmode", "prefer"},
                             {"options", "-c lock_timeout=1234"}};
    auto database = opened(connection);
    CHECK(scalar(*database, "SHOW lock_timeout") == "1234ms");
    CHECK(scalar(*database, "SHOW application_name") == "migrate");

    connection.host.clear();
    connection.socket = PostgresServer::shared().socket_directory();
    CHECK(scalar(*opened(connection), "SELECT inet_server_addr()") == std::nullopt);
    connection.socket += "/.s.PGSQL." + std::to_string(connection.port);
    CHECK(scalar(*opened(connection), "SELECT current_database()") == connection.database);
}

TEST_CASE("PostgreSQL: a login with every odd character works") {
    Connection connection = PostgresServer::shared().fresh_database();
    must(*opened(connection), "CREATE ROLE \"o'dd @user\" LOGIN PASSWORD 'p@ss:w/rd''%\\= \u00e9'");
    connection.user = "o'dd @user";
    connection.password = "p@ss:w/rd'%\\= \u00e9";
    CHECK(scalar(*opened(connection), "SELECT current_user") == "o'dd @user");
}

TEST_CASE("PostgreSQL: notices are kept for whoever asks") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "DROP TABLE IF EXISTS nosuch");
    CHECK(database->take_notices() ==
          std::vector<std::string>{"NOTICE:  table \"nosuch\" does not exist, skipping"});
    CHECK(database->take_notices().empty());
}

TEST_CASE("PostgreSQL: one session at a time holds the lock, and the other learns whose it is") {
    const Connection connection = PostgresServer::shared().fresh_database();
    auto first = opened(connection);
    auto second = opened(connection, {});
    std::string holder;
    REQUIRE(first->lock(0, holder).value());
    CHECK(first->lock(0, holder).value());
    CHECK_FALSE(second->lock(150, holder).value());
    const std::string pid = scalar(*first, "SELECT pg_backend_pid()").value();
    CHECK(holder == "pid " + pid + " application migrate user app from 127.0.0.1");
    auto elsewhere = opened(PostgresServer::shared().fresh_database());
    CHECK(elsewhere->lock(0, holder).value());
    first->unlock();
    CHECK(second->lock(0, holder).value());
}

TEST_CASE("PostgreSQL: a killed holder's lock is free") {
    const Connection connection = PostgresServer::shared().fresh_database();
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
        auto database = open(connection, kWrite);
        std::string holder;
        const bool locked = database && (*database)->lock(0, holder).value_or(false);
        if (write(ready[1], locked ? "y" : "n", 1) == 1) pause();
        _exit(1);
    }
    char answer = 0;
    REQUIRE(read(ready[0], &answer, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    CHECK(answer == 'y');
    auto database = opened(connection);
    std::string holder;
    CHECK_FALSE(database->lock(0, holder).value());
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(database->lock(5000, holder).value());
}

TEST_CASE("PostgreSQL: a session that the server ended is unreachable") {
    const Connection connection = PostgresServer::shared().fresh_database();
    auto database = opened(connection);
    const std::array<Value, 1> pid{scalar(*database, "SELECT pg_backend_pid()")};
    CHECK(scalar(*opened(connection), "SELECT pg_terminate_backend(?::int, 5000)", pid) == "t");
    auto gone = database->execute("SELECT 1");
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().code == "target.unreachable");
}

TEST_CASE("PostgreSQL: BEGIN goes out with the next statement, whatever that is") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "CREATE TABLE t (id int)");
    REQUIRE(database->begin().has_value());
    CHECK(database->in_transaction());
    must(*database, "INSERT INTO t VALUES (1)");
    CHECK(database->in_transaction());
    must(*database, "ROLLBACK");
    CHECK(scalar(*database, "SELECT count(*) FROM t") == "0");

    REQUIRE(database->begin().has_value());
    auto failed = database->query("SELECT nosuch, ?::int", std::array<Value, 1>{"1"});
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().message == "column \"nosuch\" does not exist");
    CHECK(database->error_offset() == 7);
    CHECK(database->in_transaction());
    must(*database, "ROLLBACK");

    REQUIRE(database->begin().has_value());
    REQUIRE(database->copy_in("COPY t FROM STDIN", "1\n2\n").has_value());
    must(*database, "ROLLBACK");
    CHECK(scalar(*database, "SELECT count(*) FROM t") == "0");

    REQUIRE(database->begin().has_value());
    must(*database, "COMMIT");
    CHECK_FALSE(database->in_transaction());
}

TEST_CASE("PostgreSQL: what is asked often is prepared, also after somebody has thrown that away") {
    auto database = opened(PostgresServer::shared().fresh_database());
    const std::string prepared = "SELECT count(*) FROM pg_prepared_statements";
    const auto ask = [&] {
        for (int i = 0; i < 5; ++i)
            CHECK(scalar(*database, "SELECT ?::int + 1", std::array<Value, 1>{std::to_string(i)}) ==
                  std::to_string(i + 1));
    };
    ask();
    CHECK(scalar(*database, prepared) == "1");
    must(*database, "deallocate all");
    CHECK(scalar(*database, prepared) == "0");
    ask();
    CHECK(scalar(*database, prepared) == "1");
    must(*database, "DO $$ BEGIN EXECUTE 'DISCARD PLANS'; EXECUTE 'DEALLOCATE ALL'; END $$");
    const std::array<Value, 1> one{"1"};
    const std::array<Sent, 2> both{{{"SELECT ?::int + 1", one}, {"SELECT ?::int + 1", one}}};
    std::size_t done = 0;
    auto last = database->execute_all(both, done);
    REQUIRE_MESSAGE(last.has_value(), last.error().message);
    CHECK(last->rows == std::vector<std::vector<Value>>{{"2"}});
}

TEST_CASE("statements that travel together say which one failed, and where in it") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "BEGIN");
    const std::array<Value, 1> two{"two"};
    const std::array<Sent, 4> statements{{{"CREATE TABLE t (name text)"},
                                          {"INSERT INTO t VALUES (?)", two},
                                          {"INSERT INTO nobody VALUES (1)"},
                                          {"INSERT INTO t VALUES ('three')"}}};
    std::size_t done = 9;
    auto sent = database->execute_all(statements, done);
    REQUIRE_FALSE(sent.has_value());
    CHECK(done == 2);
    CHECK(sent.error().message == "relation \"nobody\" does not exist");
    CHECK(database->error_offset() == 12);
    CHECK(database->error_state() == "42P01");
    must(*database, "ROLLBACK");

    must(*database, "BEGIN");
    const std::array<Sent, 4> good{{statements[0], statements[1], {"SELECT * FROM t"}, {"COMMIT"}}};
    REQUIRE(database->execute_all(good, done).has_value());
    CHECK(done == 4);
    CHECK_FALSE(database->in_transaction());
    CHECK(scalar(*database, "SELECT name FROM t") == "two");
}

TEST_CASE("PostgreSQL: questions that are expected are asked together, and each is answered when it comes") {
    auto database = opened(PostgresServer::shared().fresh_database());
    const std::array<Value, 1> one{"1"}, two{"2"};
    const std::array<Sent, 4> questions{
        {{"SELECT ?::int + 1", one}, {"SELECT nosuch"}, {"SELECT ?::int + 1", two}, {"SELECT 7"}}};
    const auto asked = [&](std::size_t n) {
        return database->query(questions[n].sql, questions[n].parameters);
    };

    SUBCASE("in their order, an error among them") {
        database->expect(questions);
        CHECK_FALSE(database->in_transaction());
        CHECK(asked(0)->rows == std::vector<std::vector<Value>>{{"2"}});
        auto failed = asked(1);
        REQUIRE_FALSE(failed.has_value());
        CHECK(failed.error().message == "column \"nosuch\" does not exist");
        CHECK(database->error_offset() == 7);
        CHECK(database->error_state() == "42703");
        std::vector<std::string> seen;
        REQUIRE(database
                    ->each(questions[2].sql, questions[2].parameters,
                           [&](const RowView& row) { seen.emplace_back(row.values[0].value()); })
                    .has_value());
        CHECK(seen == std::vector<std::string>{"3"});
        CHECK(asked(3)->rows == std::vector<std::vector<Value>>{{"7"}});
        CHECK(asked(3)->rows == std::vector<std::vector<Value>>{{"7"}});
    }
    SUBCASE("or in another, or not at all") {
        database->expect(questions);
        CHECK(asked(2)->rows == std::vector<std::vector<Value>>{{"3"}});
        CHECK(asked(0)->rows == std::vector<std::vector<Value>>{{"2"}});
    }
    SUBCASE("a statement that comes instead is executed") {
        for (int way = 0; way < 4; ++way) {
            CAPTURE(way);
            must(*database, "DROP TABLE IF EXISTS t");
            must(*database, "CREATE TABLE t (id int)");
            database->expect(questions);
            std::size_t done = 0;
            if (way == 0) must(*database, "INSERT INTO t VALUES (1)");
            if (way == 1)
                REQUIRE(
                    database
                        ->execute_all(std::array<Sent, 2>{{{"INSERT INTO t VALUES (1)"}, {"SELECT 2"}}}, done)
                        .has_value());
            if (way == 2) REQUIRE(database->copy_in("COPY t FROM STDIN", "1\n").has_value());
            if (way == 3) {
                REQUIRE(database->begin().has_value());
                must(*database, "INSERT INTO t VALUES (1)");
                must(*database, "COMMIT");
            }
            CHECK(scalar(*database, "SELECT count(*) FROM t") == "1");
        }
    }
    SUBCASE("a server that goes away meanwhile is gone for each of them") {
        const std::string pid = scalar(*database, "SELECT pg_backend_pid()").value();
        database->expect(questions);
        CHECK(asked(0).has_value());
        must(*opened(PostgresServer::shared().fresh_database()),
             "SELECT pg_terminate_backend(" + pid + "), pg_sleep(0.2)");
        (void)asked(1);
        (void)asked(2);
        (void)asked(3);
        auto last = asked(3);
        REQUIRE_FALSE(last.has_value());
        CHECK(last.error().code == "target.unreachable");
    }
}

TEST_CASE("PostgreSQL: a table in a schema that the role may not use is there all the same") {
    const Connection connection = PostgresServer::shared().fresh_database();
    auto owner = opened(connection);
    must(*owner, "CREATE SCHEMA hidden");
    must(*owner, "CREATE TABLE hidden.\"Odd\"\"name\" (id int)");
    must(*owner, "DROP ROLE IF EXISTS outsider");
    must(*owner, "CREATE ROLE outsider");
    CHECK(owner->table_exists("hidden", "Odd\"name").value());
    CHECK_FALSE(owner->table_exists("hidden", "odd\"name").value());
    CHECK_FALSE(owner->table_exists("nowhere", "t").value());
    must(*owner, "SET ROLE outsider");
    CHECK(owner->table_exists("hidden", "Odd\"name").value());
    CHECK_FALSE(owner->table_exists("hidden", "t").value());
    must(*owner, "RESET ROLE");
    must(*owner, "DROP ROLE outsider");
}

TEST_CASE("PostgreSQL: many rows go as one query string, and which of them failed is known all the same") {
    auto database = opened(PostgresServer::shared().fresh_database());
    must(*database, "CREATE TABLE t (id int PRIMARY KEY, name text)");
    constexpr std::size_t kMany = 200;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kMany; ++i)
        texts.push_back(fmt::format("INSERT INTO t VALUES ({}, 'ä; -- {}')", i, i));
    const auto run = [&](std::size_t& done) {
        std::vector<Sent> all{{"CREATE TABLE before (id int)"}};
        for (const std::string& text : texts) all.push_back({.sql = text, .joins = true});
        all.push_back({"INSERT INTO t VALUES (-1, 'alone')"});
        REQUIRE(database->begin().has_value());
        return database->execute_all(all, done);
    };
    std::optional<std::size_t> offset;
    const auto failure = [&](std::size_t& done) {
        auto sent = run(done);
        REQUIRE_FALSE(sent.has_value());
        offset = database->error_offset();
        CHECK(database->in_transaction());
        must(*database, "ROLLBACK");
        CHECK(scalar(*database, "SELECT count(*) FROM t") == "0");
        return sent.error().message;
    };
    std::size_t done = 0;
    REQUIRE(run(done).has_value());
    CHECK(done == kMany + 2);
    CHECK(scalar(*database, "SELECT count(*) FROM t") == "201");
    must(*database, "ROLLBACK");

    SUBCASE("while it runs") {
        texts[120] = "INSERT INTO t VALUES (7, 'twice')";
        CHECK(failure(done).find("duplicate key") != std::string::npos);
        CHECK(done == 121);
        CHECK_FALSE(offset.has_value());
    }
    SUBCASE("while it is understood") {
        texts[150] = "INSERT INTO t (id, nosuch) VALUES (7, 'ä')";
        CHECK(failure(done).find("nosuch") != std::string::npos);
        CHECK(done == 151);
        CHECK(offset == 19);
    }
    SUBCASE("before anything is done") {
        texts[199] = "INSERT INTO t VALUES (1, 'a' 'b')";
        CHECK(failure(done).find("syntax error") != std::string::npos);
        CHECK(done == 200);
        CHECK(offset == 29);
    }
    SUBCASE("two in one are seen") {
        texts[3] += "; INSERT INTO t VALUES (-3, 'hidden')";
        CHECK(failure(done) == "the server sees 201 statements here, and not 200");
    }
    SUBCASE("where a backslash means something else, each goes alone") {
        must(*database, "SET standard_conforming_strings = off");
        texts[3] += "; INSERT INTO t VALUES (-3, 'hidden')";
        CHECK(failure(done) == "cannot insert multiple commands into a prepared statement");
        CHECK(done == 4);
    }
}

TEST_CASE(
    "PostgreSQL: a session that was opened to read may write once it is allowed to, as the role has it") {
    const Connection connection = PostgresServer::shared().fresh_database();
    must(*opened(connection),
         "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database()); "
         "END $$");
    auto database = opened(connection, {});
    CHECK(scalar(*database, "SHOW TimeZone") == "UTC");
    CHECK_FALSE(database->execute("CREATE TABLE t (id int)").has_value());
    REQUIRE(database->allow_writes().has_value());
    must(*database, "CREATE TABLE t (id int)");
    CHECK(scalar(*database, "SHOW TimeZone") == "Asia/Tokyo");
    CHECK(scalar(*database, "SHOW lock_timeout") == "5s");
}

TEST_CASE("PostgreSQL: the version is the same while nobody writes, and another one once somebody has") {
    const Connection connection = PostgresServer::shared().fresh_database();
    must(*opened(connection), "CREATE TABLE t (id int)");
    auto reader = opened(connection, {});
    auto writer = opened(connection);
    const auto before = reader->version();
    REQUIRE(before.has_value());
    must(*reader, "SELECT count(*) FROM t");
    std::string holder;
    REQUIRE(reader->lock(0, holder).value());
    REQUIRE(reader->allow_writes().has_value());
    CHECK(reader->version() == before);

    // What is not committed cannot be seen, and what comes after it does not hide it.
    must(*writer, "BEGIN");
    must(*writer, "INSERT INTO t VALUES (1)");
    CHECK(reader->version() == before);
    must(*opened(connection), "INSERT INTO t VALUES (2)");
    CHECK_FALSE(reader->version().has_value());
    must(*writer, "COMMIT");
    const auto after = reader->version();
    CHECK(after.has_value());
    CHECK(after != before);

    must(*writer, "BEGIN");
    must(*writer, "DROP TABLE t");
    must(*writer, "ROLLBACK");
    CHECK(reader->version() != after);
}
