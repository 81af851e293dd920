// Raw SQL through the real binary, on the real servers: what the program promises a user, start to end.
#include <thread>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(40));\n-- DOWN\nDROP TABLE users;\n"},
    {"migrations/20240102000000_posts.sql",
     "-- UP\nCREATE TABLE posts (id INT PRIMARY KEY);\nINSERT INTO posts VALUES (1);\n-- DOWN\nDROP TABLE "
     "posts;\n"},
};

bool has_table(const Connection& connection, const char* table) {
    return *test::connect(connection)->table_exists("", table);
}

void up_and_down(test::Server& server) {
    Connection shop = server.fresh_database();
    Tree repo(kShop);
    std::map<std::string, std::string> env{{"DATABASE_URL", server.url(shop)}};

    Ran status = migrate_in(repo, {"status"}, env);
    CHECK(status.status == 0);
    CHECK(says(status.out, "uninitialised"));
    CHECK_FALSE(has_table(shop, "_migrations"));  // status writes nothing

    Ran run = migrate_in(repo, {"run"}, env);
    CHECK_MESSAGE(run.status == 0, run.out << run.err);
    CHECK(has_table(shop, "users"));
    CHECK(has_table(shop, "posts"));
    CHECK(says(migrate_in(repo, {"run"}, env).out, "nothing to do"));

    Ran back = migrate_in(repo, {"rollback", "--yes"}, env);
    CHECK_MESSAGE(back.status == 0, back.out << back.err);
    CHECK(has_table(shop, "users"));
    CHECK_FALSE(has_table(shop, "posts"));
    CHECK(says(migrate_in(repo, {"status"}, env).out, "pending"));
    CHECK(migrate_in(repo, {"run"}, env).status == 0);

    for (const Ran& ran : {status, run, back}) CHECK_FALSE(says(ran.out + ran.err, shop.password));
}

void sixteen_at_once(test::Server& server) {
    Connection shop = server.fresh_database();
    Tree repo(kShop);
    std::map<std::string, std::string> env{{"DATABASE_URL", server.url(shop)}};
    std::vector<Ran> runs(16);
    {
        std::vector<std::jthread> threads;
        for (auto& ran : runs) threads.emplace_back([&] { ran = migrate_in(repo, {"run"}, env); });
    }
    for (const Ran& ran : runs) CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    auto rows = test::connect(shop)->query("SELECT COUNT(*) FROM posts");
    REQUIRE(rows);
    CHECK(rows->rows[0][0] == "1");
}

}  // namespace

TEST_CASE("raw SQL goes up, back and up again on PostgreSQL") {
    up_and_down(test::PostgresServer::shared());
}
TEST_CASE("raw SQL goes up, back and up again on MariaDB") {
    up_and_down(test::MariaDbServer::shared());
}

TEST_CASE("sixteen runs at once on PostgreSQL apply each file once and all succeed") {
    sixteen_at_once(test::PostgresServer::shared());
}
TEST_CASE("sixteen runs at once on MariaDB apply each file once and all succeed") {
    sixteen_at_once(test::MariaDbServer::shared());
}

TEST_CASE("sixteen runs at once on SQLite apply each file once and all succeed") {
    Tree repo(kShop);
    repo.write(".env", "DATABASE_URL=sqlite:dev.db\n");
    std::vector<Ran> runs(16);
    {
        std::vector<std::jthread> threads;
        for (auto& ran : runs) threads.emplace_back([&] { ran = migrate_in(repo, {"run"}); });
    }
    for (const Ran& ran : runs) CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    CHECK(says(migrate_in(repo, {"status"}).out, "current"));
}

TEST_CASE("a database whose name says production is not changed without approval and proof of backup") {
    auto& server = test::PostgresServer::shared();
    test::execute(server.admin(), {"CREATE DATABASE shop_prod"});
    Connection shop = server.admin();
    shop.database = "shop_prod";
    Tree repo(kShop);
    std::map<std::string, std::string> env{{"DATABASE_URL", server.url(shop)}};
    for (std::vector<std::string> words : {std::vector<std::string>{"run"},
                                           {"run", "--yes"},
                                           {"run", "--confirm=shop_prod"},
                                           {"seed", "--yes", "-u", ".:sql"},
                                           {"reset", "--yes"},
                                           {"reset", "--confirm=shop_prod", "--yes"}}) {
        Ran ran = migrate_in(repo, words, env);
        CHECK_MESSAGE((ran.status == 4 || ran.status == 2), words.front() << ran.out << ran.err);
        CHECK_FALSE(has_table(shop, "users"));
        CHECK_FALSE(has_table(shop, "_migrations"));
    }
    Ran refused = migrate_in(repo, {"run"}, env);
    CHECK(refused.status == 4);
    CHECK(says(refused.out, "production"));
    CHECK_FALSE(says(refused.out, "--confirm"));  // a refusal never names what would force it
    CHECK(says(migrate_in(repo, {"log"}).out, "refused"));
}

TEST_CASE("a plan is applied on another checkout, and is stale once something has moved") {
    auto& server = test::PostgresServer::shared();
    Connection shop = server.fresh_database();
    std::map<std::string, std::string> env{{"DATABASE_URL", server.url(shop)}};
    Tree here(kShop), there(kShop);
    Ran plan = migrate_in(here, {"plan", "run", "-u", ".:sql", "--out", "plan.json"}, env);
    CHECK_MESSAGE(plan.status == 0, plan.out << plan.err);
    there.write("plan.json", here.read("plan.json"));
    Ran applied = migrate_in(there, {"apply", "plan.json"}, env);
    CHECK_MESSAGE(applied.status == 0, applied.out << applied.err);
    CHECK(has_table(shop, "posts"));
    Ran again = migrate_in(there, {"apply", "plan.json"}, env);
    CHECK(again.status == 4);
    CHECK(says(again.err, "plan.stale"));
}

TEST_CASE("a failing migration on PostgreSQL leaves nothing behind and is named with file and line") {
    auto& server = test::PostgresServer::shared();
    Connection shop = server.fresh_database();
    Tree repo(kShop);
    repo.write(
        "migrations/20240103000000_bad.sql",
        "-- UP\nCREATE TABLE half (id INT);\nINSERT INTO nowhere VALUES (1);\n-- DOWN\nDROP TABLE half;\n");
    Ran ran = migrate_in(repo, {"run"}, {{"DATABASE_URL", server.url(shop)}});
    CHECK(ran.status == 1);
    CHECK(says(ran.out, "20240103000000_bad.sql:3"));
    CHECK(has_table(shop, "posts"));
    CHECK_FALSE(has_table(shop, "half"));
}

namespace {

void add_dbmate(Tree& repo, const std::string& version, const std::string& sql) {
    repo.write("db/migrations/" + version + "_m.sql",
               "-- migrate:up\n" + sql + "\n-- migrate:down\nSELECT 1;\n");
}

/// Two migrations, `before`, and then one that changes what the history says of the first two.
void is_found_out(const std::map<std::string, std::string>& env, const std::string& before,
                  const std::string& meddles) {
    CAPTURE(meddles);
    Tree repo(Tree::Files{});
    add_dbmate(repo, "20240101000000", "CREATE TABLE a (id INTEGER);");
    add_dbmate(repo, "20240102000000", "CREATE TABLE b (id INTEGER);");
    CHECK(migrate_in(repo, {"run"}, env).status == 0);
    if (!before.empty()) {
        add_dbmate(repo, "20240103000000", before);
        const Ran ran = migrate_in(repo, {"run"}, env);
        CHECK_MESSAGE(ran.status == 0, all_of(ran));
    }
    add_dbmate(repo, "20240104000000", meddles);
    const Ran ran = migrate_in(repo, {"run"}, env);
    CHECK_MESSAGE(ran.status == 1, all_of(ran));
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
}

}  // namespace

TEST_CASE(
    "SQLite: a migration that meddles with the history is found out, by its own words or by a trigger's") {
    const std::map<std::string, std::string> env{{"DATABASE_URL", "sqlite:app.db"}};
    is_found_out(env, "", "DELETE FROM Schema_Migrations WHERE version = '20240101000000';");
    is_found_out(env,
                 "CREATE TRIGGER w AFTER INSERT ON a BEGIN DELETE FROM schema_migrations WHERE version = "
                 "'20240101000000'; END;",
                 "INSERT INTO a VALUES (1);");
}

TEST_CASE("PostgreSQL: a migration that meddles with the history is found out, whatever words hide it") {
    auto& server = test::PostgresServer::shared();
    const auto hidden = [](const std::string& statement) {
        return "DO $$ BEGIN EXECUTE replace('" + statement + "', '#', '_'); END $$;";
    };
    for (const std::string& meddles :
         {std::string("DELETE FROM schema_migrations WHERE version = '20240101000000';"),
          hidden("DELETE FROM schema#migrations WHERE version = ''20240101000000''"),
          hidden("UPDATE schema#migrations SET version = ''1'' WHERE version = ''20240101000000''"),
          hidden("INSERT INTO schema#migrations VALUES (''1'')"), hidden("TRUNCATE schema#migrations"),
          // As many rows as before.
          hidden("DELETE FROM schema#migrations WHERE version = ''20240101000000''; INSERT INTO "
                 "schema#migrations VALUES (''1'')")}) {
        const std::string url = server.url(server.fresh_database());
        is_found_out({{"DATABASE_URL", url}}, "", meddles);
    }
    is_found_out({{"DATABASE_URL", server.url(server.fresh_database())}},
                 "CREATE FUNCTION w() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM "
                 "schema_migrations WHERE version = '20240101000000'; RETURN NEW; END $$;\nCREATE TRIGGER w "
                 "AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION w();",
                 "INSERT INTO a VALUES (1);");
}

TEST_CASE("migrations that are generated within one second run in the order in which they were generated") {
    const std::map<std::string, std::string> env{{"DATABASE_URL", "sqlite:app.db"}};
    Tree repo(Tree::Files{});
    add_dbmate(repo, "20240101000000", "CREATE TABLE a (id INTEGER);");
    for (const char* name : {"zebra", "monkey", "ape"}) {
        const Ran made = migrate_in(repo, {"generate", name}, env);
        CHECK_MESSAGE(made.status == 0, all_of(made));
    }
    const Ran ran = migrate_in(repo, {"status", "--full"}, env);
    CHECK_MESSAGE(ran.status == 0, all_of(ran));
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(repo.path("db/migrations")))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    REQUIRE(names.size() == 4);
    CHECK(names[1].ends_with("_zebra.sql"));
    CHECK(names[2].ends_with("_monkey.sql"));
    CHECK(names[3].ends_with("_ape.sql"));
}
