// What a database says of itself counts: marks, freezes, signs of a managed service, tunnels, emptiness.
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/live/forwarded.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_as_person;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;
using Env = std::map<std::string, std::string>;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY);\nINSERT INTO users VALUES (1);\n-- DOWN\nDROP TABLE "
     "users;\n"},
    {"migrations/20240102000000_orders.sql",
     "-- UP\nCREATE TABLE orders (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE orders;\n"},
    {"seeds/one.sql", "INSERT INTO orders VALUES (7);\n"},
};

Env to(test::Server& server, const Connection& database) {
    return {{"DATABASE_URL", server.url(database)}};
}

Json target_of(const Tree& repo, const Env& env, const std::string& verb = "run") {
    return json_of(migrate_in(repo, {"plan", verb, "--json", "-q"}, env))["units"][0]["targets"][0];
}

bool has_evidence(const Json& target, const std::string& code) {
    for (const auto& one : target["evidence"])
        if (one["code"] == code) return true;
    return false;
}

/// A fresh database, with one migration applied.
Connection begun(test::Server& server, const Tree& repo) {
    const Connection shop = server.fresh_database();
    const Ran ran = migrate_in(repo, {"run", "--steps", "1"}, to(server, shop));
    REQUIRE_MESSAGE(ran.status == 0, ran.out << ran.err);
    return shop;
}

void marked_production(test::Server& server) {
    Tree repo(kShop);
    const Connection shop = begun(server, repo);
    const Env env = to(server, shop);
    CHECK(target_of(repo, env)["level"] == "local");
    // More care is anybody's to ask for.
    const Ran mark = migrate_in(repo, {"mark", "production"}, env);
    REQUIRE_MESSAGE(mark.status == 0, mark.out << mark.err);
    const Json target = target_of(repo, env);
    CHECK(target["level"] == "production");
    CHECK(has_evidence(target, "mark"));
    const Ran run = migrate_in(repo, {"run", "--yes"}, env);
    CHECK(run.status == 4);
    CHECK(says(run.out + run.err, "which is production"));
    CHECK(migrate_in(repo, {"seed", "--yes"}, env).status == 4);
    // A name that says otherwise does not help.
    const Ran named = migrate_in(repo, {"run", "--env", "development", "--yes"}, env);
    CHECK(named.status == 4);
    // Less care is a person's, and not an agent's.
    const Ran less = migrate_in(repo, {"mark", "development"}, env);
    CHECK(less.status == 4);
    CHECK(says(less.out + less.err, "a person's to decide"));
    CHECK(target_of(repo, env)["level"] == "production");
    // status reads it without a hitch, and changes nothing.
    CHECK(migrate_in(repo, {"status"}, env).status == 0);
    CHECK(says(migrate_in(repo, {"log"}, env).out, "mark"));
}

}  // namespace

TEST_CASE("a mark of production protects a PostgreSQL database behind an innocent URL") {
    marked_production(test::PostgresServer::shared());
}
TEST_CASE("a mark of production protects a MariaDB database behind an innocent URL") {
    marked_production(test::MariaDbServer::shared());
}

TEST_CASE("a mark of production protects a SQLite file, and its copies") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:shop.db\n");
    REQUIRE(migrate_in(repo, {"run", "--steps", "1"}).status == 0);
    REQUIRE(migrate_in(repo, {"mark", "production"}).status == 0);
    CHECK(target_of(repo, {})["level"] == "production");
    std::filesystem::copy_file(repo.path("shop.db"), repo.path("copy.db"));
    repo.write(".env", "DATABASE_URL=sqlite:copy.db\n");
    const Json copy = target_of(repo, {});
    CHECK(copy["level"] == "production");
    CHECK(has_evidence(copy, "mark.foreign"));
}

TEST_CASE("a person takes a mark back by typing the database's name; evidence of production stands") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = begun(server, repo);
    const Env env = to(server, shop);
    REQUIRE(migrate_in(repo, {"mark", "production"}, env).status == 0);
    const Ran wrong = migrate_as_person(repo, {"mark", "development"}, "no\n", env);
    CHECK(wrong.status == 4);
    const Ran typed = migrate_as_person(repo, {"mark", "development"}, shop.database + "\n", env);
    CHECK_MESSAGE(typed.status == 0, typed.out);
    CHECK(target_of(repo, env)["level"] == "local");

    Connection prod = server.admin();
    prod.database = "mark_prod";
    test::execute(server.admin(), {"CREATE DATABASE mark_prod"});
    const Ran never = migrate_as_person(repo, {"mark", "development"}, "mark_prod\n", to(server, prod));
    CHECK(never.status == 4);
    CHECK(says(never.out, "production by other evidence"));
}

TEST_CASE("a copy of a database inherits the care of its mark, and not its carelessness") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = begun(server, repo);
    Connection copy = shop;
    auto copied = [&](const std::string& name) {
        copy.database = name;
        test::execute(server.admin(), {"CREATE DATABASE " + name + " TEMPLATE " + shop.database});
        return target_of(repo, to(server, copy));
    };
    REQUIRE(migrate_in(repo, {"mark", "staging"}, to(server, shop)).status == 0);
    CHECK(target_of(repo, to(server, shop))["level"] == "staging");
    CHECK(copied("copy_of_staging")["level"] == "staging");  // more care than `local`
    const Ran less = migrate_as_person(repo, {"mark", "scratch"}, shop.database + "\n", to(server, shop));
    REQUIRE_MESSAGE(less.status == 0, less.out);
    CHECK(target_of(repo, to(server, shop))["level"] == "scratch");
    const Json other = copied("copy_of_scratch");
    CHECK(other["level"] == "local");
    CHECK(has_evidence(other, "mark.foreign"));
}

TEST_CASE("an empty database is marked scratch by anybody, for a day") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = server.fresh_database();
    const Ran ran = migrate_in(repo, {"mark", "scratch"}, to(server, shop));
    REQUIRE_MESSAGE(ran.status == 0, ran.out << ran.err);
    CHECK(target_of(repo, to(server, shop))["level"] == "scratch");
    test::execute(shop, {"UPDATE _migrate.marker SET until_at = 1000"});
    CHECK(target_of(repo, to(server, shop))["level"] == "local");
}

TEST_CASE("a role that may not read the mark is not taken for local") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = begun(server, repo);
    REQUIRE(migrate_in(repo, {"mark", "production"}, to(server, shop)).status == 0);
    test::execute(
        shop,
        {"CREATE ROLE blind LOGIN PASSWORD 'blind-word'", "GRANT ALL ON SCHEMA public TO blind",
         "GRANT ALL ON ALL TABLES IN SCHEMA public TO blind", "REVOKE ALL ON _migrate.marker FROM PUBLIC"});
    Connection blind = shop;
    blind.user = "blind";
    blind.password = "blind-word";
    const Json target = target_of(repo, to(server, blind));
    CHECK(target["level"] == "shared");
    CHECK(has_evidence(target, "mark.unreadable"));
}

TEST_CASE("a freeze stops every machine's changing verbs, and a person ends it") {
    for (test::Server* server : {static_cast<test::Server*>(&test::PostgresServer::shared()),
                                 static_cast<test::Server*>(&test::MariaDbServer::shared())}) {
        Tree repo(kShop);
        const Connection shop = begun(*server, repo);
        const Env env = to(*server, shop);
        const Ran freeze = migrate_in(repo, {"freeze", "release week"}, env);
        REQUIRE_MESSAGE(freeze.status == 0, freeze.out << freeze.err);
        Tree elsewhere(kShop);  // another checkout, with a home and a state of its own
        for (const auto& words : std::vector<std::vector<std::string>>{
                 {"run", "--yes"}, {"rollback", "--yes"}, {"redo", "--yes"}, {"deploy", "--yes"}}) {
            const Ran ran = migrate_in(elsewhere, words, env);
            CAPTURE(words.front());
            CHECK(ran.status == 4);
            CHECK(says(ran.out + ran.err, "release week"));
            CHECK(says(ran.out + ran.err, "migrate unfreeze"));
        }
        CHECK(migrate_in(elsewhere, {"status"}, env).status == 0);
        CHECK(migrate_in(elsewhere, {"resolve"}, env).status == 0);
        CHECK(migrate_in(elsewhere, {"backup"}, env).status == 0);
        const Ran agent = migrate_in(repo, {"unfreeze"}, env);
        CHECK(agent.status == 4);
        CHECK(says(agent.out + agent.err, "a person's to decide"));
        const Ran person = migrate_as_person(repo, {"unfreeze"}, shop.database + "\n", env);
        CHECK_MESSAGE(person.status == 0, person.out);
        CHECK(migrate_in(elsewhere, {"run"}, env).status == 0);
    }
}

TEST_CASE("a forwarded port to a managed service is not local, an ordinary published port is") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = begun(server, repo);

    // As a container publishes it: some process that nobody knows owns the port.
    test::Forwarded published(server.port(), "docker-proxy");
    Connection through = shop;
    through.port = published.port();
    CHECK(target_of(repo, to(server, through))["level"] == "local");
    CHECK(migrate_in(repo, {"run", "--steps", "1"}, to(server, through)).status == 0);

    // The same port, and a database with the settings of a managed service behind it.
    Connection managed = server.fresh_database();
    test::execute(managed, {"CREATE TABLE kept (id INT)"});
    test::execute(server.admin(), {"ALTER DATABASE " + managed.database + " SET rds.extensions = 'plpgsql'"});
    managed.port = published.port();
    const Json target = target_of(repo, to(server, managed));
    REQUIRE(target.is_object());
    CHECK(target["level"] == "shared");
    CHECK(has_evidence(target, "server.managed"));
    const Ran run = migrate_in(repo, {"run", "--yes"}, to(server, managed));
    CHECK(run.status != 0);
    CHECK(json_of(migrate_in(repo, {"explain", "--target", "--json", "-q"},
                             to(server, managed)))["units"][0]["targets"][0]["level"] == "shared");

    // A tunnel is known by the program that owns the port.
    for (const char* name : {"ssh", "kubectl", "cloud-sql-proxy"}) {
        test::Forwarded tunnel(server.port(), std::string("/usr/bin/") + name);
        through.port = tunnel.port();
        const Json behind = target_of(repo, to(server, through));
        CAPTURE(name);
        CHECK(behind["level"] == "shared");
        CHECK(has_evidence(behind, "port.tunnel"));
    }
}

TEST_CASE("roles that a dump of a managed service brings along do not make a database one") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection shop = begun(server, repo);
    test::execute(server.admin(), {"CREATE ROLE rdsadmin", "CREATE ROLE rds_superuser"});
    CHECK(target_of(repo, to(server, shop))["level"] == "local");
    test::execute(server.admin(), {"ALTER ROLE rdsadmin SUPERUSER"});
    CHECK(target_of(repo, to(server, shop))["level"] == "shared");
    test::execute(server.admin(), {"DROP ROLE rdsadmin", "DROP ROLE rds_superuser"});
}

TEST_CASE("a database without users' tables counts as local for run, and no longer once they are there") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    Connection remote = server.fresh_database();
    // Another host than loopback, as far as the name says.
    test::execute(server.admin(),
                  {"ALTER DATABASE " + remote.database + " SET cloudsql.iam_authentication = 'off'"});
    const Json empty = target_of(repo, to(server, remote));
    CHECK(empty["level"] == "local");
    CHECK(has_evidence(empty, "database.empty"));
    REQUIRE(migrate_in(repo, {"run", "--steps", "1"}, to(server, remote)).status == 0);
    CHECK(target_of(repo, to(server, remote))["level"] == "shared");
    CHECK(migrate_in(repo, {"run"}, to(server, remote)).status == 4);
}

TEST_CASE("a database of others, without a history of this unit, is foreign until it is adopted") {
    auto& server = test::PostgresServer::shared();
    Tree repo(kShop);
    const Connection other = server.fresh_database();
    test::execute(other, {"CREATE TABLE customers (id INT)"});
    CHECK(migrate_in(repo, {"plan", "run"}, to(server, other)).status == 0);  // local: a developer's own
    REQUIRE(migrate_in(repo, {"mark", "production"}, to(server, other)).status == 0);
    const Ran run = migrate_in(repo, {"run"}, to(server, other));
    CHECK(run.status == 2);
    CHECK(says(run.out + run.err, "target.foreign"));
    CHECK(says(run.out + run.err, "baseline"));
    // Another unit's history explains the tables.
    repo.write("other/alembic.ini", "[alembic]\nscript_location = alembic\n");
    repo.write("other/alembic/env.py", "");
    repo.write("other/alembic/versions/1_a.py", "revision = '1'\ndown_revision = None\n");
    test::execute(other, {"CREATE TABLE alembic_version (version_num VARCHAR(32))"});
    const Ran explained = migrate_in(repo, {"run", "-u", "tool=sql"}, to(server, other));
    CHECK(explained.status == 4);
    CHECK_FALSE(says(explained.out + explained.err, "target.foreign"));
}

TEST_CASE("seeds on empty tables need no word; on rows they do") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:shop.db\n");
    repo.write("migrations/20240101000000_users.sql",
               "-- UP\nCREATE TABLE users (id INT);\n-- DOWN\nDROP TABLE "
               "users;\n");
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    const Ran first = migrate_in(repo, {"seed"});
    CHECK_MESSAGE(first.status == 0, first.out << first.err);
    const Ran second = migrate_in(repo, {"seed"});
    CHECK(second.status == 4);
    CHECK(says(second.out + second.err, "--yes"));
}

TEST_CASE("a long transaction that a migration would wait behind is named before anything starts") {
    for (test::Server* server : {static_cast<test::Server*>(&test::PostgresServer::shared()),
                                 static_cast<test::Server*>(&test::MariaDbServer::shared())}) {
        Tree repo(kShop);
        const Connection shop = begun(*server, repo);
        const Env env = to(*server, shop);
        auto blocker = test::connect(shop);
        REQUIRE(blocker->execute("BEGIN"));
        REQUIRE(blocker->query("SELECT * FROM users WHERE id <> 424242"));
        CHECK(migrate_in(repo, {"plan", "run"}, env).status == 0);
        // Longer than what counts as long (kLongTransaction_s).
        std::this_thread::sleep_for(std::chrono::seconds(17));
        const Ran local = migrate_in(repo, {"plan", "run"}, env);
        CHECK(says(local.out, "a transaction holds locks: session"));
        CHECK(says(local.out, "of app, open for"));
        CHECK_FALSE(says(local.out, "424242"));
        REQUIRE(migrate_in(repo, {"mark", "production"}, env).status == 0);
        REQUIRE(migrate_in(repo, {"backup"}, env).status == 0);
        const std::string id = json_of(migrate_in(repo, {"plan", "run", "--json", "-q"}, env))["plan_id"];
        REQUIRE(migrate_as_person(repo, {"approve", id}, id + "\n", env).status == 0);
        const Ran busy = migrate_in(repo, {"apply", id}, env);
        CHECK_MESSAGE(busy.status == 6, busy.out << busy.err);
        CHECK(says(busy.out, "open for"));
        CHECK(says(busy.out, "Nothing was changed"));
        blocker.reset();
        // The approval was not used up by a run that never started.
        const Ran applied = migrate_in(repo, {"apply", id}, env);
        CHECK_MESSAGE(applied.status == 0, applied.out << applied.err);
    }
}
