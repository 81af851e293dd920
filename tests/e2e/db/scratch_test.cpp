#include "db/scratch.hpp"

#include <doctest/doctest.h>

#include "../../support/servers.hpp"
#include "db/database.hpp"

using namespace migrate;
using namespace migrate::db;
using migrate::test::connect;
using migrate::test::execute;
using migrate::test::MariaDbServer;
using migrate::test::PostgresServer;

namespace {

std::string scalar(const Connection& connection, std::string_view sql) {
    auto rows = connect(connection)->query(sql);
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    return rows->rows.at(0).at(0).value_or("");
}

void lives_and_goes(const Connection& like) {
    auto scratch = create_scratch(like);
    REQUIRE_MESSAGE(scratch.has_value(), scratch.error().message);
    CHECK(is_scratch(*scratch));
    CHECK(scratch->url.find(scratch->database) != std::string::npos);
    auto held = connect(*scratch);
    CHECK(held->tables().value().empty());
    CHECK(held->execute("CREATE TABLE t (x int)").has_value());
    auto dropped = drop_scratch(*scratch);
    REQUIRE_MESSAGE(dropped.has_value(), dropped.error().message);
    CHECK(open(*scratch, {}).error().code == "target.missing");
    CHECK(drop_scratch(*scratch).has_value());
}

}  // namespace

TEST_CASE("scratch on a server: made beside the project's database, dropped with a session still in it") {
    lives_and_goes(PostgresServer::shared().fresh_database());
    lives_and_goes(MariaDbServer::shared().fresh_database());
}

TEST_CASE("scratch on a server: works where the project's own database is not there yet") {
    for (Connection like : {PostgresServer::shared().admin(), MariaDbServer::shared().admin()}) {
        like.database = "not_there_yet";
        auto scratch = create_scratch(like);
        REQUIRE_MESSAGE(scratch.has_value(), scratch.error().message);
        CHECK(drop_scratch(*scratch).has_value());
    }
}

TEST_CASE("scratch on a server: text compares as in the project's database") {
    const Connection postgres = PostgresServer::shared().admin();
    execute(postgres,
            {"CREATE DATABASE in_c TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"});
    Connection like = postgres;
    like.database = "in_c";
    auto scratch = create_scratch(like);
    REQUIRE_MESSAGE(scratch.has_value(), scratch.error().message);
    CHECK(scalar(*scratch,
                 "SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database "
                 "WHERE datname = current_database()") == "SQL_ASCIIC");
    CHECK(drop_scratch(*scratch).has_value());

    const Connection mariadb = MariaDbServer::shared().admin();
    execute(mariadb, {"CREATE DATABASE in_latin CHARACTER SET latin1 COLLATE latin1_german2_ci"});
    like = mariadb;
    like.database = "in_latin";
    scratch = create_scratch(like);
    REQUIRE_MESSAGE(scratch.has_value(), scratch.error().message);
    CHECK(scalar(*scratch, "SELECT @@collation_database") == "latin1_german2_ci");
    CHECK(drop_scratch(*scratch).has_value());
}

TEST_CASE("scratch on a server: a role that may not create databases is told so") {
    Connection postgres = PostgresServer::shared().fresh_database();
    execute(postgres, {"CREATE ROLE small LOGIN PASSWORD 'small-secret'"});
    Connection mariadb = MariaDbServer::shared().fresh_database();
    execute(mariadb, {"CREATE USER small IDENTIFIED BY 'small-secret'",
                      "GRANT ALL ON " + mariadb.database + ".* TO small"});
    for (Connection like : {postgres, mariadb}) {
        like.user = "small";
        like.password = "small-secret";
        auto scratch = create_scratch(like);
        REQUIRE_FALSE(scratch.has_value());
        CHECK(scratch.error().code == "target.denied");
        CHECK((scratch.error().message + scratch.error().hint).find("small-secret") == std::string::npos);
    }
}
