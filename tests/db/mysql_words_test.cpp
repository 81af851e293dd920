#include "db/mysql_words.hpp"

#include <doctest/doctest.h>

using namespace migrate::db;

TEST_CASE("MySQL words: encryption is read from every ecosystem's spelling") {
    using Mode = MysqlTls::Mode;
    CHECK(mysql_tls({}).mode == Mode::preferred);
    CHECK(mysql_tls({{"charset", "utf8mb4"}}).mode == Mode::preferred);
    CHECK(mysql_tls({{"ssl-mode", "DISABLED"}}).mode == Mode::disabled);
    CHECK(mysql_tls({{"sslMode", "VERIFY_IDENTITY"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"ssl_mode", "verify-ca"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"sslmode", "require"}}).mode == Mode::required);
    CHECK(mysql_tls({{"useSSL", "false"}}).mode == Mode::disabled);
    CHECK(mysql_tls({{"useSSL", "true"}, {"verifyServerCertificate", "true"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"sslaccept", "strict"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"sslaccept", "accept_invalid_certs"}}).mode == Mode::preferred);
    CHECK(mysql_tls({{"ssl", "{\"rejectUnauthorized\":true}"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"ssl", "{\"rejectUnauthorized\": false, \"x\": 1}"}}).mode == Mode::required);
    CHECK(mysql_tls({{"ssl", "{\"rejectUnauthorized\":true,\"x\":false}"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"ssl", "Amazon RDS"}}).mode == Mode::required);
    CHECK(mysql_tls({{"tls", "true"}}).mode == Mode::verified);
    CHECK(mysql_tls({{"tls", "skip-verify"}}).mode == Mode::required);
    CHECK(mysql_tls({{"tls", "false"}}).mode == Mode::disabled);
}

TEST_CASE("MySQL words: certificates are the client's only where a key comes with them") {
    const MysqlTls client = mysql_tls({{"ssl_ca", "ca.pem"}, {"ssl_cert", "me.pem"}, {"ssl_key", "me.key"}});
    CHECK(client.mode == MysqlTls::Mode::verified);
    CHECK(client.ca == "ca.pem");
    CHECK(client.certificate == "me.pem");
    CHECK(client.key == "me.key");
    const MysqlTls prisma = mysql_tls({{"sslcert", "server-ca.pem"}, {"sslaccept", "strict"}});
    CHECK(prisma.ca == "server-ca.pem");
    CHECK(prisma.certificate.empty());
}

TEST_CASE("MySQL words: a syntax error's place is found in the statement") {
    const std::string sql = "CREATE TABLE t (\n  id int,\n  na\u00efve FORM\n)";
    CHECK(mysql_error_offset(sql, "You have an error near 'FORM\n)' at line 3") == sql.find("FORM"));
    CHECK(mysql_error_offset(sql, "You have an error near '' at line 4") == sql.size());
    const std::string twice = "SELECT x\nFROM t\nWHERE FROM t and so on";
    CHECK(mysql_error_offset(twice, "error near 'FROM t and' at line 3") == twice.rfind("FROM"));
    const std::string quote = "SELECT 'it''s' FORM t -- ' at line 7";
    CHECK(mysql_error_offset(quote, "error near 'FORM t -- ' at line 7' at line 1") == quote.find("FORM"));
    CHECK_FALSE(mysql_error_offset(sql, "Table 'a.b' doesn't exist").has_value());
    CHECK_FALSE(mysql_error_offset(sql, "error near 'something else' at line 1").has_value());
    CHECK_FALSE(mysql_error_offset(sql, "error near 'something' at line 99").has_value());
}
