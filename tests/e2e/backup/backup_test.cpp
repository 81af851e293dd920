// Backups through the real binary: dumped, read back, restored beside; and what they prove to the policy.
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(80));\n"
     "INSERT INTO users VALUES (1, 'O''Hara'), (2, 'Zoë \\ % $');\n"
     "CREATE VIEW names AS SELECT name FROM users;\n-- DOWN\nDROP VIEW names; DROP TABLE users;\n"},
};
using Env = std::map<std::string, std::string>;

std::string rows_of(const Connection& connection, const std::string& sql) {
    auto rows = test::connect(connection)->query(sql);
    REQUIRE(rows);
    std::string text;
    for (const auto& row : rows->rows)
        for (const auto& value : row) text += value.value_or("NULL") + "|";
    return text;
}

/// The database that a restoration made, on the same server.
Connection restored(const Connection& like, const Json& document) {
    Connection made = like;
    const std::string into = document["restored"]["into"];
    made.database = into.substr(into.rfind('/') + 1);
    return made;
}

void there_and_back(test::Server& server) {
    const Connection shop = server.fresh_database();
    const Env env{{"DATABASE_URL", server.url(shop)}};
    Tree repo(kShop);
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    const std::string before = rows_of(shop, "SELECT name FROM names ORDER BY 1");

    const Ran taken = migrate_in(repo, {"backup", "--json"}, env);
    REQUIRE_MESSAGE(taken.status == 0, taken.out << taken.err);
    const Json backup = json_of(taken)["backups"][0];
    CHECK(backup["sha256"].get<std::string>().size() == 64);
    struct stat status {};
    REQUIRE(::stat(backup["file"].get<std::string>().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(static_cast<std::uintmax_t>(status.st_size) == backup["bytes"].get<std::uintmax_t>());

    test::execute(shop, {"UPDATE users SET name = 'lost'", "DELETE FROM users WHERE id = 2"});
    const Ran back = migrate_in(repo, {"restore", "--json"}, env);
    REQUIRE_MESSAGE(back.status == 0, back.out << back.err);
    CHECK(rows_of(restored(shop, json_of(back)), "SELECT name FROM names ORDER BY 1") == before);
    CHECK(rows_of(shop, "SELECT name FROM users") == "lost|");  // what was there is as it was
    CHECK(says(migrate_in(repo, {"backup", "list"}, env).out, backup["id"].get<std::string>()));
    for (const Ran& ran : {taken, back}) CHECK_FALSE(says(ran.out + ran.err, shop.password));
    CHECK(says(migrate_in(repo, {"log"}, env).out, "restore"));
}

}  // namespace

TEST_CASE("a backup of PostgreSQL is read back and restored beside") {
    there_and_back(test::PostgresServer::shared());
}
TEST_CASE("a backup of MariaDB is read back and restored beside") {
    there_and_back(test::MariaDbServer::shared());
}

TEST_CASE("a backup of PostgreSQL as a directory is restored too") {
    auto& server = test::PostgresServer::shared();
    const Connection shop = server.fresh_database();
    const Env env{{"DATABASE_URL", server.url(shop)}};
    Tree repo(kShop);
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    REQUIRE(migrate_in(repo, {"backup", "--format", "directory"}, env).status == 0);
    const Json document = json_of(migrate_in(repo, {"restore", "--json", "-q"}, env));
    CHECK(rows_of(restored(shop, document), "SELECT count(*) FROM users") == "2|");
}

TEST_CASE("a SQLite file is copied while others may write, checked, and restored beside") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:shop.db\n");
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    Connection shop;
    shop.engine = Engine::sqlite;
    shop.database = repo.path("shop.db").string();
    test::execute(shop, {"PRAGMA journal_mode = WAL"});
    const Ran taken = migrate_in(repo, {"backup"});
    REQUIRE_MESSAGE(taken.status == 0, taken.out << taken.err);
    test::execute(shop, {"DELETE FROM users"});
    const Ran back = migrate_in(repo, {"restore"});
    REQUIRE_MESSAGE(back.status == 0, back.out << back.err);
    CHECK(says(back.out, "shop.db is as it was"));
    CHECK(says(back.out, "mv -b"));
    Connection made = shop;
    for (const auto& entry : fs::directory_iterator(repo.path()))
        if (entry.path().filename().string().starts_with("shop_")) made.database = entry.path().string();
    REQUIRE(made.database != shop.database);
    CHECK(rows_of(made, "SELECT count(*) FROM users") == "2|");
    CHECK(rows_of(shop, "SELECT count(*) FROM users") == "0|");
}

TEST_CASE("a backup that was changed since is not restored") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:shop.db\n");
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    const Json backup = json_of(migrate_in(repo, {"backup", "--json", "-q"}))["backups"][0];
    std::ofstream(backup["file"].get<std::string>(), std::ios::app) << "x";
    const Ran back = migrate_in(repo, {"restore"});
    CHECK(back.status == 1);
    CHECK(says(back.err, "backup.damaged"));
}

TEST_CASE("--keep removes the older backups of the same database and no others") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:shop.db\n");
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    for (int i = 0; i < 3; ++i) REQUIRE(migrate_in(repo, {"backup"}).status == 0);
    repo.write(".env", "DATABASE_URL=sqlite:other.db\n");
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    REQUIRE(migrate_in(repo, {"backup", "--keep", "2"}).status == 0);
    CHECK(json_of(migrate_in(repo, {"backup", "list", "--json", "-q"}))["backups"].size() == 4);
    REQUIRE(migrate_in(repo, {"backup", "--keep", "2"}).status == 0);
    REQUIRE(migrate_in(repo, {"backup", "--keep", "2"}).status == 0);
    CHECK(json_of(migrate_in(repo, {"backup", "list", "--json", "-q"}))["backups"].size() == 5);
}

TEST_CASE(
    "a client program that is older than the server, or not there, is found out before anything is dumped") {
    auto& server = test::PostgresServer::shared();
    const Connection shop = server.fresh_database();
    Tree repo(kShop);
    // Debian's place for the programs of every version is looked into as well; a program that says nothing
    // useful hides none of them, so only an engine without such a place shows what is said.
    auto& maria = test::MariaDbServer::shared();
    const Connection other = maria.fresh_database();
    const Ran missing =
        migrate_in(repo, {"backup"}, {{"DATABASE_URL", maria.url(other)}, {"PATH", "/nowhere"}});
    CHECK(missing.status == 5);
    CHECK(says(missing.out, "mariadb-dump is not there"));
    CHECK(says(missing.out, "Install"));
    repo.write("bin/pg_dump", "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n");
    fs::permissions(repo.path("bin/pg_dump"), fs::perms::owner_all);
    const Ran newer = migrate_in(repo, {"backup"},
                                 {{"DATABASE_URL", server.url(shop)}, {"PATH", repo.path("bin").string()}});
    CHECK_MESSAGE(newer.status == 0, newer.out << newer.err);  // that of the server's own version was found
}

TEST_CASE("the password reaches the client program, and not through its arguments") {
    auto& server = test::MariaDbServer::shared();
    const Connection shop = server.fresh_database();
    Tree repo(kShop);
    const Env env{{"DATABASE_URL", server.url(shop)}};
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    repo.write("bin/mariadb-dump",
               "#!/bin/sh\necho \"$@\" >> \"$SEEN\"\nPATH=/usr/bin:/bin exec mariadb-dump \"$@\"\n");
    fs::permissions(repo.path("bin/mariadb-dump"), fs::perms::owner_all);
    Env recorded = env;
    recorded["PATH"] = repo.path("bin").string() + ":/usr/bin:/bin";
    recorded["SEEN"] = repo.path("seen").string();
    const Ran taken = migrate_in(repo, {"backup"}, recorded);
    REQUIRE_MESSAGE(taken.status == 0, taken.out << taken.err);
    CHECK(says(repo.read("seen"), "--result-file="));
    CHECK_FALSE(says(repo.read("seen"), shop.password));
}

TEST_CASE("a run on production is refused without a fresh backup, and needs only an approval with one") {
    auto& server = test::PostgresServer::shared();
    test::execute(server.admin(), {"CREATE DATABASE orders_prod"});
    Connection shop = server.admin();
    shop.database = "orders_prod";
    const Env env{{"DATABASE_URL", server.url(shop)}};
    Tree repo(kShop);
    // Nothing is owed for a database without users' tables.
    CHECK_FALSE(says(migrate_in(repo, {"run"}, env).out, "there is no backup"));
    repo.write("migrations/20230101000000_kept.sql",
               "-- UP\nCREATE TABLE kept (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE kept;\n");
    test::make_used(shop, "20230101000000_kept.sql");
    const Ran without = migrate_in(repo, {"run"}, env);
    CHECK(without.status == 4);
    CHECK(says(without.out, "there is no backup of it"));
    CHECK(says(without.out, "migrate backup -u"));
    REQUIRE(migrate_in(repo, {"backup"}, env).status == 0);
    const Ran with = migrate_in(repo, {"run"}, env);
    CHECK(with.status == 4);
    CHECK(says(with.out, "policy.needs_approval"));
    CHECK_FALSE(says(with.out, "there is no backup"));
    const Json plan = json_of(migrate_in(repo, {"plan", "run", "--json", "-q"}, env));
    CHECK(plan["units"][0]["verdict"]["decision"] == "approval");
    // A backup of another database proves nothing.
    test::execute(server.admin(), {"CREATE DATABASE others_prod"});
    shop.database = "others_prod";
    test::make_used(shop, "20230101000000_kept.sql");
    const Ran other = migrate_in(repo, {"run"}, {{"DATABASE_URL", server.url(shop)}});
    CHECK(says(other.out, "there is no backup of it"));
}

TEST_CASE("restored over a local database by a person; the one that was there stays beside") {
    auto& server = test::PostgresServer::shared();
    const Connection shop = server.fresh_database();
    Tree postgresql(kShop), sqlite(kShop);
    const std::pair<Tree*, Env> both[] = {{&postgresql, {{"DATABASE_URL", server.url(shop)}}},
                                          {&sqlite, {{"DATABASE_URL", "sqlite:app.db"}}}};
    for (const auto& [repo, env] : both) {
        Connection target = shop;
        if (repo == &sqlite) {
            target = {};
            target.engine = Engine::sqlite;
            target.database = repo->path("app.db").string();
        }
        const std::string name = repo == &sqlite ? "app.db" : shop.database;
        CAPTURE(name);
        REQUIRE(migrate_in(*repo, {"run"}, env).status == 0);
        REQUIRE(migrate_in(*repo, {"backup"}, env).status == 0);
        test::execute(target, {"DELETE FROM users"});

        for (const std::vector<std::string>& words : {std::vector<std::string>{"restore", "--over"},
                                                      {"restore", "--over", "--yes"},
                                                      {"restore", "--over", "--confirm", name}}) {
            const Ran refused = migrate_in(*repo, words, env);
            CHECK_MESSAGE(refused.status == 4, refused.out << refused.err);
            CHECK(says(refused, "restore would destroy data"));
        }
        CHECK(rows_of(target, "SELECT count(*) FROM users") == "0|");
        CHECK(test::migrate_as_person(*repo, {"restore", "--over"}, "another\n", env).status == 4);
        {
            auto other = test::connect(target);
            if (repo == &sqlite) {
                REQUIRE(other->execute("BEGIN"));
                REQUIRE(other->query("SELECT count(*) FROM users"));
            }
            const Ran busy = test::migrate_as_person(*repo, {"restore", "--over"}, name + "\n", env);
            CHECK_MESSAGE(busy.status == 6, busy.out);
            CHECK(says(busy, "in use"));
            CHECK(rows_of(target, "SELECT count(*) FROM users") == "0|");
        }
        const Ran over = test::migrate_as_person(*repo, {"restore", "--over"}, name + "\n", env);
        REQUIRE_MESSAGE(over.status == 0, over.out);
        CHECK(says(over, "kept"));
        CHECK(rows_of(target, "SELECT count(*) FROM users") == "2|");
        CHECK(migrate_in(*repo, {"status", "--exit-code"}, env).status == 0);
        CHECK(says(migrate_in(*repo, {"log"}, env), "over; kept as"));
    }
    CHECK(rows_of(shop, "SELECT count(*) FROM pg_database WHERE datname LIKE '" + shop.database +
                            "_before_%'") == "1|");
}

TEST_CASE("never over a production database, and not where databases cannot be renamed") {
    auto& server = test::PostgresServer::shared();
    Connection shop = server.admin();
    test::execute(shop, {"CREATE DATABASE over_prod"});
    shop.database = "over_prod";
    Tree repo(kShop);
    Env env{{"DATABASE_URL", server.url(shop)}};
    test::make_used(shop, "20230101000000_kept.sql");
    REQUIRE(migrate_in(repo, {"backup"}, env).status == 0);
    for (const char* typed : {"over_prod\n", "y\n"}) {
        const Ran ran = test::migrate_as_person(repo, {"restore", "--over", "--yes"}, typed, env);
        CHECK_MESSAGE(ran.status == 4, ran.out);
        CHECK(says(ran, "which is production"));
    }
    CHECK(rows_of(shop, "SELECT count(*) FROM pg_database WHERE datname LIKE 'over_prod_%'") == "0|");

    auto& mariadb = test::MariaDbServer::shared();
    const Connection other = mariadb.fresh_database();
    env["DATABASE_URL"] = mariadb.url(other);
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    REQUIRE(migrate_in(repo, {"backup"}, env).status == 0);
    const Ran ran = test::migrate_as_person(repo, {"restore", "--over"}, other.database + "\n", env);
    CHECK_MESSAGE(ran.status == 2, ran.out);
    CHECK(says(ran, "cannot be renamed"));
}

namespace {

std::size_t databases_like(const Connection& shop, const char* select) {
    auto rows = test::connect(shop)->query(select);
    REQUIRE(rows);
    return rows->rows.size();
}

void rehearsed(test::Server& server, const char* select_databases) {
    const Connection shop = server.fresh_database();
    const Env env{{"DATABASE_URL", server.url(shop)}};
    Tree repo(kShop);
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    const Ran taken = migrate_in(repo, {"backup", "--rehearse"}, env);
    CHECK_MESSAGE(taken.status == 0, all_of(taken));
    CHECK_MESSAGE(says(taken, "restored and counted: 2 tables with 3 rows, as they were"), all_of(taken));
    CHECK(databases_like(shop, select_databases) == 0);  // what was restored is gone again
    search_for_secrets(repo, taken);
}

}  // namespace

TEST_CASE("a backup that is rehearsed is restored beside, counted and dropped again") {
    SUBCASE("PostgreSQL") {
        rehearsed(test::PostgresServer::shared(),
                  "SELECT 1 FROM pg_database WHERE datname LIKE '%rehearsal%'");
    }
    SUBCASE("MariaDB") {
        rehearsed(test::MariaDbServer::shared(),
                  "SELECT 1 FROM information_schema.schemata WHERE schema_name LIKE '%rehearsal%'");
    }
    SUBCASE("SQLite") {
        Tree repo(kShop);
        const Env env{{"DATABASE_URL", "sqlite:shop.db"}};
        REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
        const Ran taken = migrate_in(repo, {"backup", "--rehearse"}, env);
        CHECK_MESSAGE(says(taken, "counted: 2 tables with 3 rows, as they were"), all_of(taken));
    }
}

TEST_CASE("a dump of PostgreSQL that reads back but does not restore is found out by the rehearsal alone") {
    auto& server = test::PostgresServer::shared();
    const Connection shop = server.fresh_database();
    const Env env{{"DATABASE_URL", server.url(shop)}};
    Tree repo(kShop);
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    // A check that looks into another table by a name without schema: no search path, no such table.
    test::execute(shop,
                  {"CREATE FUNCTION few() RETURNS boolean LANGUAGE sql AS 'SELECT count(*) < 100 FROM users'",
                   "CREATE TABLE orders (id int CHECK (few()))", "INSERT INTO orders VALUES (1)"});
    CHECK(migrate_in(repo, {"backup"}, env).status == 0);
    const Ran taken = migrate_in(repo, {"backup", "--rehearse"}, env);
    CHECK_MESSAGE(taken.status == 1, all_of(taken));
    CHECK_MESSAGE(says(taken, "backup.failed"), all_of(taken));
    CHECK_MESSAGE(says(taken, "relation \"users\" does not exist"), all_of(taken));
    CHECK(json_of(migrate_in(repo, {"backup", "list", "--json"}, env))["backups"].size() == 1);
    CHECK(databases_like(shop, "SELECT 1 FROM pg_database WHERE datname LIKE '%rehearsal%'") == 0);
}
