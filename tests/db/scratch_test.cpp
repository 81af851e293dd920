#include "db/scratch.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "db/database.hpp"
#include "target/url.hpp"

using namespace migrate;
using namespace migrate::db;
namespace fs = std::filesystem;

namespace {

Connection parsed(std::string_view url, std::optional<Engine> engine = {}) {
    auto connection = parse_url(url, {.engine = engine, .base_dir = "/srv"});
    REQUIRE_MESSAGE(connection.has_value(), connection.error().message);
    return *connection;
}

}  // namespace

TEST_CASE("scratch: a URL keeps everything but the database") {
    CHECK(with_database(parsed("postgresql://u:p@h:5433/shop?schema=app&sslmode=require"), "x").url ==
          "postgresql://u:p@h:5433/x?schema=app&sslmode=require");
    CHECK(with_database(parsed("mysql://u:p@h/shop"), "x").url == "mysql://u:p@h/x");
    CHECK(with_database(parsed("postgresql+asyncpg://u:p@h/my%20shop"), "x").url ==
          "postgresql+asyncpg://u:p@h/x");
    // The password and the host hold the same letters.
    CHECK(with_database(parsed("postgresql://u:a%2Fshop@shop:5432/shop"), "x").url ==
          "postgresql://u:a%2Fshop@shop:5432/x");
    CHECK(with_database(parsed("postgresql://shop:shop@h/shop"), "x").url == "postgresql://shop:shop@h/x");
    Connection mariadb = parsed("mysql://u:p@h/shop");
    mariadb.engine = Engine::mariadb;
    CHECK(with_database(mariadb, "x").url == "mysql://u:p@h/x");
}

TEST_CASE("scratch: a text that cannot be kept becomes a URL of the same place") {
    Connection connection =
        parsed("host=h port=5433 dbname=shop user=u password='p/@: w'", Engine::postgresql);
    const Connection moved = with_database(connection, "x y");
    const Connection read = parsed(moved.url);
    CHECK(read.host == "h");
    CHECK(read.port == 5433);
    CHECK(read.database == "x y");
    CHECK(read.user == "u");
    CHECK(read.password == "p/@: w");
    connection.url.clear();
    CHECK(with_database(connection, "x").url.empty());
    CHECK(with_database(connection, "x").database == "x");
}

TEST_CASE("scratch: for SQLite it is a file in a private directory, written as the project writes its own") {
    const auto scratch_url = [](std::string_view url, std::optional<Engine> engine = {}) {
        Connection like = parsed(url, engine);
        like.url = url;
        auto scratch = create_scratch(like);
        REQUIRE_MESSAGE(scratch.has_value(), scratch.error().message);
        CHECK(is_scratch(*scratch));
        const fs::path directory = fs::path(scratch->database).parent_path();
        CHECK(fs::status(directory).permissions() == fs::perms::owner_all);
        auto database = open(*scratch, {.read_only = false, .create = true});
        REQUIRE(database.has_value());
        CHECK((*database)->execute("CREATE TABLE t (x)").has_value());
        database->reset();
        REQUIRE(drop_scratch(*scratch).has_value());
        CHECK_FALSE(fs::exists(directory));
        CHECK(drop_scratch(*scratch).has_value());
        const std::size_t at = scratch->url.find(scratch->database);
        REQUIRE(at != std::string::npos);
        CHECK(parsed(scratch->url, Engine::sqlite).database == scratch->database);
        return scratch->url.substr(0, at);
    };
    CHECK(scratch_url("sqlite:///dev.db") == "sqlite:///");
    CHECK(scratch_url("sqlite+aiosqlite:///dev.db") == "sqlite+aiosqlite:///");
    CHECK(scratch_url("file:./dev.db", Engine::sqlite) == "file:");
    CHECK(scratch_url("jdbc:sqlite:dev.db") == "jdbc:sqlite:");
    CHECK(scratch_url("dev.db", Engine::sqlite) == "");
    CHECK(scratch_url(":memory:", Engine::sqlite) == "sqlite:///");
}

TEST_CASE("scratch: nothing else is ever dropped") {
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = "/srv/scratch.db";
    CHECK(drop_scratch(connection).error().code == "target.foreign");
    connection.database = "/tmp/migrate-scratch-abc/app.db";
    CHECK(drop_scratch(connection).error().code == "target.foreign");
    connection.engine = Engine::postgresql;
    connection.database = "shop";
    CHECK(drop_scratch(connection).error().code == "target.foreign");
    connection.engine.reset();
    connection.database = "migrate_scratch_1";
    CHECK(drop_scratch(connection).error().code == "target.foreign");
}
