// Where a database is, as each ecosystem writes it: the real binary must really get there, and encrypted
// where that is asked for.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::migrate_in;
using test::Ran;
using test::Tree;

namespace {

/// The one migration notes how its own session is encrypted.
const Tree::Files kPostgres{
    {"migrations/1_seen.sql",
     "CREATE TABLE seen AS SELECT coalesce(version, '') AS v FROM pg_stat_ssl WHERE pid "
     "= pg_backend_pid();\n"},
    {"migrations/2_more.sql", "SELECT 1;\n"}};
const Tree::Files kMariaDb{{"migrations/1_seen.sql",
                            "CREATE TABLE seen AS SELECT VARIABLE_VALUE AS v FROM "
                            "information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version';\n"},
                           {"migrations/2_more.sql", "SELECT 1;\n"}};

enum class Wire { plain, encrypted, refused };

/// Applies the migrations to an empty database by a URL made from its parts, and looks how it got there.
/// In `form`, USER, PASSWORD, HOST, PORT, NAME, SOCKET and CERT are replaced.
void reaches(test::Server& server, const Tree::Files& files, std::string form, const std::string& socket,
             Wire expected, const std::string& schema = "") {
    CAPTURE(form);
    const Connection database = server.fresh_database();
    if (!schema.empty()) test::execute(database, {"CREATE SCHEMA " + schema});
    for (auto [name, value] : {std::pair<std::string, std::string>{"USER", database.user},
                               {"PASSWORD", database.password},
                               {"PORT", std::to_string(database.port)},
                               {"NAME", database.database},
                               {"SOCKET", socket},
                               {"CERT", server.certificate_file()}})
        for (std::size_t at = 0; (at = form.find(name, at)) != std::string::npos; at += value.size())
            form.replace(at, name.size(), value);
    Tree repo(files);
    const Ran run = migrate_in(repo, {"run"}, {{"DATABASE_URL", form}});
    CHECK(run.out.find(database.password) == std::string::npos);
    if (expected == Wire::refused) {
        CHECK_MESSAGE(run.status != 0, run.out);
        CHECK_MESSAGE(run.out.find("target.unreachable") != std::string::npos, run.out);
        return;
    }
    REQUIRE_MESSAGE(run.status == 0, run.out << run.err);
    auto seen =
        test::connect(database)->query("SELECT v FROM " + (schema.empty() ? "" : schema + ".") + "seen");
    REQUIRE(seen);
    CHECK(seen->rows[0][0]->starts_with("TLS") == (expected == Wire::encrypted));
}

}  // namespace

TEST_CASE("PostgreSQL is reached by every form of address, encrypted where that is asked for") {
    auto& server = test::PostgresServer::shared();
    auto get = [&](const char* form, Wire wire, const char* schema = "") {
        reaches(server, kPostgres, form, server.socket_directory(), wire, schema);
    };
    get("postgres://USER:PASSWORD@127.0.0.1:PORT/NAME?sslmode=disable", Wire::plain);
    get("postgresql://USER:PASSWORD@localhost:PORT/NAME?sslmode=require", Wire::encrypted);
    get("postgresql+psycopg://USER:PASSWORD@localhost:PORT/NAME?sslmode=verify-full&sslrootcert=CERT",
        Wire::encrypted);
    get("postgres://USER:PASSWORD@127.0.0.1:PORT/NAME?sslmode=verify-full&sslrootcert=CERT", Wire::refused);
    get("postgres://USER:app%2Dsecret@127.0.0.1:PORT/NAME?sslmode=disable&schema=shop", Wire::plain, "shop");
    get("postgres://USER:PASSWORD@127.0.0.1:PORT/NAME?sslmode=disable&search_path=shop,public", Wire::plain,
        "shop");
    get("postgresql:///NAME?host=SOCKET&port=PORT&user=USER&password=PASSWORD", Wire::plain);
    get("host=127.0.0.1 port=PORT dbname=NAME user=USER password=PASSWORD sslmode=require", Wire::encrypted);
    get("jdbc:postgresql://127.0.0.1:PORT/NAME?user=USER&password=PASSWORD&sslmode=require", Wire::encrypted);
}

TEST_CASE("MariaDB is reached by every form of address, encrypted where that is asked for") {
    auto& server = test::MariaDbServer::shared();
    auto get = [&](const char* form, Wire wire) {
        reaches(server, kMariaDb, form, server.socket_file(), wire);
    };
    get("mysql://USER:PASSWORD@127.0.0.1:PORT/NAME?ssl-mode=DISABLED", Wire::plain);
    get("mysql2://USER:PASSWORD@localhost:PORT/NAME?ssl-mode=REQUIRED", Wire::encrypted);
    get("mariadb://USER:PASSWORD@localhost:PORT/NAME?ssl-mode=VERIFY_IDENTITY&ssl-ca=CERT", Wire::encrypted);
    get("mariadb://USER:PASSWORD@localhost:PORT/NAME?ssl-mode=VERIFY_IDENTITY", Wire::refused);
    get("mysql://USER:PASSWORD@localhost/NAME?socket=SOCKET", Wire::plain);
    get("mysql://USER:app%2Dsecret@tcp(127.0.0.1:PORT)/NAME?tls=skip-verify", Wire::encrypted);
    get("USER:PASSWORD@tcp(127.0.0.1:PORT)/NAME?parseTime=true&tls=true", Wire::refused);
    get("USER:PASSWORD@unix(SOCKET)/NAME", Wire::plain);
    get("jdbc:mysql://127.0.0.1:PORT/NAME?user=USER&password=PASSWORD&useSSL=false", Wire::plain);
    get("jdbc:mariadb://127.0.0.1:PORT/NAME?user=USER&password=PASSWORD&sslMode=trust", Wire::encrypted);
}

TEST_CASE("a SQLite file is reached by every form of address") {
    for (const char* form : {"sqlite:dev.db", "sqlite:///dev.db", "file:dev.db", "file:./dev.db?mode=rwc",
                             "jdbc:sqlite:dev.db", "sqlite3:dev.db"}) {
        CAPTURE(form);
        Tree repo({{"migrations/1_seen.sql", "CREATE TABLE seen (v INT);\n"},
                   {"migrations/2_more.sql", "CREATE TABLE more (v INT);\n"}});
        const Ran run = migrate_in(repo, {"run"}, {{"DATABASE_URL", form}});
        CHECK_MESSAGE(run.status == 0, run.out << run.err);
        CHECK(repo.exists("dev.db"));
    }
}
