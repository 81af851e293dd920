#include "db/postgresql_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace migrate;
using namespace migrate::db;

namespace {

std::string value(const Connection& connection, std::string_view keyword) {
    const Keywords keywords = postgres_keywords(connection);
    const auto found = std::find_if(keywords.begin(), keywords.end(),
                                    [&](const auto& item) { return item.first == keyword; });
    return found == keywords.end() ? "(none)" : found->second;
}

}  // namespace

TEST_CASE("PostgreSQL words: host, port and name always stand, whatever the environment says") {
    Connection connection;
    connection.user = "app";
    CHECK(value(connection, "host") == "/var/run/postgresql,/tmp,localhost");
    CHECK(value(connection, "port") == "5432");
    CHECK(value(connection, "dbname") == "app");
    CHECK(value(connection, "application_name") == "migrate");
    CHECK(value(connection, "client_encoding") == "UTF8");
    CHECK(value(connection, "password") == "(none)");
    connection.host = "[2001:db8::1]";
    connection.database = "host=evil dbname=x";
    CHECK(value(connection, "host") == "2001:db8::1");
    CHECK(value(connection, "dbname") == "host=evil dbname=x");
    connection.host = "a,b";
    connection.parameters["port"] = "5433,5434";
    CHECK(value(connection, "host") == "a,b");
    CHECK(value(connection, "port") == "5433,5434");
    connection.socket = "/run/pg/.s.PGSQL.5433";
    CHECK(value(connection, "host") == "/run/pg");
}

TEST_CASE("PostgreSQL words: parameters of other drivers are left out or translated") {
    Connection connection;
    connection.parameters = {{"schema", "app"},        {"pgbouncer", "true"}, {"connection_limit", "1"},
                             {"sslmode", "no-verify"}, {"host", "elsewhere"}, {"hostaddr", "10.0.0.9"},
                             {"service", "x"},         {"dbname", "y"},       {"sslcert", "server-ca.pem"},
                             {"sslrootcert", "ca.pem"}};
    for (const char* name : {"schema", "pgbouncer", "connection_limit", "service", "sslcert"})
        CHECK(value(connection, name) == "(none)");
    CHECK(value(connection, "host") == "/var/run/postgresql,/tmp,localhost");
    CHECK(value(connection, "hostaddr") == "10.0.0.9");
    CHECK(value(connection, "sslmode") == "require");
    CHECK(value(connection, "sslrootcert") == "ca.pem");
    connection.parameters = {{"ssl", "true"}, {"sslcert", "me.pem"}, {"sslkey", "me.key"}};
    CHECK(value(connection, "sslmode") == "require");
    CHECK(value(connection, "sslcert") == "me.pem");
    connection.parameters = {{"ssl", "true"}, {"sslmode", "verify-full"}};
    CHECK(value(connection, "sslmode") == "verify-full");
    connection.parameters = {{"ssl", "false"}};
    CHECK(value(connection, "sslmode") == "prefer");
}

TEST_CASE("PostgreSQL words: a refusal is known by its code, in every language") {
    auto refusal = read_refusal(
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  3D000: Datenbank \u00bbx\u00ab "
        "existiert "
        "nicht\nLOCATION:  InitPostgres, postinit.c:947\n");
    CHECK(refusal.state == "3D000");
    CHECK(refusal.text == "Datenbank \u00bbx\u00ab existiert nicht");

    refusal = read_refusal(
        "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n"
        "\tIs the server running on that host and accepting TCP/IP connections?\n"
        "connection to server at \"localhost\" (127.0.0.1), port 5432 failed: FATAL:  28P01: no\n");
    CHECK(refusal.state == "28P01");
    CHECK(refusal.text == "no");

    refusal = read_refusal("could not translate host name \"db\" to address: Name or service not known\n");
    CHECK(refusal.state == "");
    CHECK(refusal.text == "could not translate host name \"db\" to address: Name or service not known");
    CHECK(read_refusal("").text == "");
}
