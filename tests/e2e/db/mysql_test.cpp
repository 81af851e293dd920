#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "../../support/servers.hpp"
#include "db/database.hpp"

using namespace migrate;
using namespace migrate::db;
using migrate::test::MariaDbServer;

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

TEST_CASE("MariaDB: parameters are values, and every type comes back as text") {
    auto database = opened(MariaDbServer::shared().fresh_database());
    CHECK(database->engine() == Engine::mariadb);
    CHECK(database->server_version().find_first_not_of("0123456789.") == std::string::npos);
    must(*database,
         "CREATE TABLE t (id bigint unsigned, name text, at datetime(3), price decimal(10,2), ok tinyint(1), "
         "data longblob, note varchar(50))");
    const std::string bytes("\0\xff'\\", 4);
    const std::string big(100000, 'x');
    const std::array<Value, 7> values{"18446744073709551615",
                                      "it's \U0001F600 \\ ?",
                                      "2024-01-01 10:00:00.123",
                                      "12.50",
                                      "1",
                                      bytes,
                                      std::nullopt};
    REQUIRE(database->query("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", values).has_value());
    const std::vector<Value> expected(values.begin(), values.end());
    auto plain = database->query("SELECT * FROM t");
    REQUIRE(plain.has_value());
    CHECK(plain->columns == std::vector<std::string>{"id", "name", "at", "price", "ok", "data", "note"});
    CHECK(plain->rows == std::vector<std::vector<Value>>{expected});
    auto prepared = database->query("SELECT * FROM t WHERE id = ?", std::array<Value, 1>{values[0]});
    REQUIRE_MESSAGE(prepared.has_value(), prepared.error().message);
    CHECK(prepared->rows == std::vector<std::vector<Value>>{expected});
    CHECK(scalar(*database, "SELECT CONCAT(?, '')", std::array<Value, 1>{big}) == big);
    CHECK_FALSE(database->query("SELECT ?, ?", std::array<Value, 1>{"1"}).has_value());
}

TEST_CASE("MariaDB: an error has the server's words, its number and the byte where it lies") {
    auto database = opened(MariaDbServer::shared().fresh_database());
    const std::string sql = "SELECT 'na\u00efve \u6f22\u5b57 \U0001F600',\n 'x' FORM mysql.user\n WHERE 1";
    auto failed = database->execute(sql);
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == "sql.failed");
    CHECK(database->error_offset() == sql.find("mysql.user"));
    CHECK(database->error_state() == "1064");
    const std::string cut = "CREATE TABLE t (id int";
    REQUIRE_FALSE(database->execute(cut).has_value());
    CHECK(database->error_offset() == cut.size());
    const std::string prepared = "SELECT ? FORM x y";
    REQUIRE_FALSE(database->query(prepared, std::array<Value, 1>{"1"}).has_value());
    CHECK(database->error_offset() == prepared.find("x y"));
    REQUIRE_FALSE(database->execute("SELECT * FROM nosuch").has_value());
    CHECK(database->error_state() == "1146");
    CHECK_FALSE(database->error_offset().has_value());
}

TEST_CASE("MariaDB: exactly one statement is executed, of any kind") {
    auto database = opened(MariaDbServer::shared().fresh_database());
    REQUIRE_FALSE(database->execute("CREATE TABLE a (x int); CREATE TABLE b (x int)").has_value());
    CHECK(database->tables().value().empty());
    must(*database, "CREATE TABLE a (x int);");
    must(*database,
         "CREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (1); SELECT count(*) FROM a; SELECT 2 AS two; END");
    must(*database, "CALL p()");
    CHECK(scalar(*database, "CALL p()") == "2");
    must(*database, "LOCK TABLES a WRITE");
    must(*database, "UNLOCK TABLES");
    must(*database, "-- nothing");
    CHECK_FALSE(database->execute("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE a").has_value());
}

TEST_CASE("MariaDB: the session knows whether it is in a transaction, also after DDL committed it") {
    auto database = opened(MariaDbServer::shared().fresh_database());
    CHECK_FALSE(database->in_transaction());
    must(*database, "BEGIN");
    CHECK(database->in_transaction());
    must(*database, "CREATE TABLE t (x int)");
    CHECK_FALSE(database->in_transaction());
}

TEST_CASE("MariaDB: a read-only session cannot write, and reads times in UTC") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    {
        auto writer = opened(connection);
        must(*writer, "SET time_zone = '+02:00'");
        must(*writer, "CREATE TABLE t (at timestamp)");
        must(*writer, "INSERT INTO t VALUES ('2024-01-01 12:00:00')");
    }
    auto database = opened(connection, {});
    CHECK_FALSE(database->execute("INSERT INTO t VALUES (now())").has_value());
    CHECK(database->error_state() == "1792");
    CHECK_FALSE(database->execute("CREATE TABLE u (x int)").has_value());
    CHECK_FALSE(database->execute("DROP TABLE t").has_value());
    CHECK(scalar(*database, "SELECT at FROM t") == "2024-01-01 10:00:00");
}

TEST_CASE("MariaDB: a session waits for locks no longer than it was told") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    auto first = opened(connection);
    must(*first, "CREATE TABLE t (x int)");
    must(*first, "BEGIN");
    must(*first, "SELECT * FROM t");
    auto second = opened(connection, {.read_only = false, .lock_timeout_ms = 100});
    REQUIRE_FALSE(second->execute("ALTER TABLE t ADD y int").has_value());
    CHECK(second->error_state() == "1205");
}

TEST_CASE("MariaDB: tables and columns of the database, without views") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    auto database = opened(connection);
    must(*database, "CREATE TABLE `Odd ``name` (id int, `select` text)");
    must(*database, "CREATE VIEW v AS SELECT 1 AS one");
    must(*database, "CREATE SEQUENCE s");
    CHECK(database->tables().value() == std::vector<std::string>{"Odd `name"});
    CHECK(database->table_exists("", "Odd `name").value());
    CHECK_FALSE(database->table_exists("", "odd `name").value());
    CHECK(database->table_exists(connection.database, "v").value());
    CHECK(database->table_exists("mysql", "user").value());
    CHECK_FALSE(database->table_exists("", "user").value());
    CHECK(database->columns("", "Odd `name").value() == std::vector<std::string>{"id", "select"});
    CHECK(database->quoted("Odd `name") == "`Odd ``name`");
}

TEST_CASE("MariaDB: a missing database, a wrong password and a closed port are told apart") {
    Connection connection = MariaDbServer::shared().admin();
    connection.database = "no_such_thing";
    auto missing = open(connection, {});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().code == "target.missing");

    connection = MariaDbServer::shared().admin();
    connection.password = "s3cret-and-wrong";
    auto refused = open(connection, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "target.unreachable");
    CHECK(refused.error().message.find("Access denied for user 'app'") != std::string::npos);
    CHECK((refused.error().message + refused.error().hint).find("s3cret") == std::string::npos);

    connection.port = 1;
    auto closed = open(connection, {});
    REQUIRE_FALSE(closed.has_value());
    CHECK(closed.error().code == "target.unreachable");
    CHECK(closed.error().message == "127.0.0.1:1 cannot be reached: nothing takes connections there");
}

TEST_CASE("MariaDB: the line is encrypted as the URL asks") {
    Connection connection = MariaDbServer::shared().admin();
    const std::string cipher =
        "SELECT variable_value <> '' FROM information_schema.session_status "
        "WHERE variable_name = 'Ssl_cipher'";
    CHECK(scalar(*opened(connection), cipher) == "1");
    connection.parameters = {{"ssl-mode", "DISABLED"}};
    CHECK(scalar(*opened(connection), cipher) == "0");
    connection.parameters = {{"sslaccept", "strict"}};
    auto unsigned_certificate = open(connection, {});
    REQUIRE_FALSE(unsigned_certificate.has_value());
    CHECK(unsigned_certificate.error().code == "target.unreachable");
    connection.parameters = {{"ssl_ca", MariaDbServer::shared().certificate_file()}};
    CHECK(open(connection, {}).error().message.find("encryption that is asked for") != std::string::npos);
    connection.host = "localhost";
    CHECK(scalar(*opened(connection), cipher) == "1");
    connection.parameters = {};
    connection.host.clear();
    connection.socket = MariaDbServer::shared().socket_file();
    CHECK(scalar(*opened(connection), "SELECT 1") == "1");
}

TEST_CASE("MariaDB: warnings are kept for whoever asks") {
    auto database = opened(MariaDbServer::shared().fresh_database());
    must(*database, "DROP TABLE IF EXISTS nosuch");
    const auto notices = database->take_notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].starts_with("Note: Unknown table"));
    must(*database, "SELECT 1");
    CHECK(database->take_notices().empty());
}

TEST_CASE("MariaDB: one session at a time holds the lock of a database, and the other learns whose it is") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    auto first = opened(connection);
    auto second = opened(connection, {});
    std::string holder;
    REQUIRE(first->lock(0, holder).value());
    CHECK(first->lock(0, holder).value());
    CHECK_FALSE(second->lock(150, holder).value());
    const std::string id = scalar(*first, "SELECT CONNECTION_ID()").value();
    CHECK(holder.starts_with("connection " + id + " user app from 127.0.0.1"));
    CHECK(opened(MariaDbServer::shared().fresh_database())->lock(0, holder).value());
    first->unlock();
    CHECK(second->lock(0, holder).value());
}

TEST_CASE("MariaDB: a killed holder's lock is free") {
    const Connection connection = MariaDbServer::shared().fresh_database();
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

TEST_CASE("MariaDB: a session that the server ended is unreachable") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    auto database = opened(connection);
    const std::string id = scalar(*database, "SELECT CONNECTION_ID()").value();
    must(*opened(connection), "KILL " + id);
    auto gone = database->execute("SELECT 1");
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().code == "target.unreachable");
}

TEST_CASE(
    "MariaDB: a session that was opened to read may write once it is allowed to, in the server's time zone") {
    const Connection connection = MariaDbServer::shared().fresh_database();
    const Value zone = scalar(*opened(connection), "SELECT @@SESSION.time_zone");
    auto database = opened(connection, {});
    CHECK(scalar(*database, "SELECT @@SESSION.time_zone") == "+00:00");
    CHECK_FALSE(database->execute("CREATE TABLE t (id int)").has_value());
    REQUIRE(database->allow_writes().has_value());
    must(*database, "CREATE TABLE t (id int)");
    CHECK(scalar(*database, "SELECT @@SESSION.time_zone") == zone);
}
