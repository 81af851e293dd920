// drizzle-kit 0.31 (files and a journal) through the program, on real servers.
#include <doctest/doctest.h>

#include "tests/e2e/drizzle/shop.hpp"

using namespace migrate;
using nlohmann::json;
using test::DrizzleShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;

namespace {

std::string id_of(const json& list, std::size_t at) {
    return list.at(at).is_string() ? list.at(at).get<std::string>() : list.at(at)["id"].get<std::string>();
}

/// Two migrations, the first applied; the second adds age and has a way back.
void two_migrations(const DrizzleShop& shop) {
    REQUIRE(shop({"generate", "init"}).status == 0);
    REQUIRE(shop({"run"}).status == 0);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "add_age"}).status == 0);
    shop.tree.write("drizzle/0001_add_age.down.sql", "ALTER TABLE users DROP COLUMN age;\n");
}

}  // namespace

TEST_CASE(
    "drizzle 0.31 on PostgreSQL: generate, plan, run, seed, rollback, run, and nothing left to generate") {
    DrizzleShop shop("0.31", Engine::postgresql);
    json made = shop.document({"generate", "init"});
    CHECK(made["changed"] == "files");
    CHECK(made["units"][0]["files"] ==
          json{"drizzle/0000_init.sql", "drizzle/meta/0000_snapshot.json", "drizzle/meta/_journal.json"});

    json status = shop.document({"status"})["units"][0];
    CHECK(status["state"] == "uninitialised");
    CHECK(id_of(status["targets"][0]["pending"], 0) == "0000_init");
    json plan = shop.document({"plan", "run"})["units"][0];
    CHECK(plan["steps"][0]["argv"] == json{"node_modules/.bin/drizzle-kit", "migrate"});
    CHECK(shop.columns().empty());

    Ran run = shop({"run"});
    CHECK_MESSAGE(run.status == 0, run.out << run.err);
    CHECK(says(run, "migrations applied successfully!"));
    CHECK_FALSE(says(run, shop.database.password));
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");

    Ran seeded = shop({"seed", "--yes"});
    CHECK_MESSAGE(seeded.status == 0, seeded.out << seeded.err);
    CHECK(test::connect(shop.database)->query("SELECT email FROM users")->rows.at(0).at(0) ==
          "ann@example.org");

    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "add_age"}).status == 0);
    shop.tree.write("drizzle/0001_add_age.down.sql", "ALTER TABLE users DROP COLUMN age;\n");
    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email", "age"});

    json back = shop.document({"rollback", "--yes"});
    CHECK(back["changed"] == "database");
    CHECK(back["units"][0]["done"][0]["id"] == "0001_add_age");
    CHECK(back["units"][0]["done"][0]["direction"] == "down");
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.document({"status"})["units"][0]["state"] == "pending");

    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email", "age"});
    json clean = shop.document({"generate", "again"});
    CHECK(clean["changed"] == "nothing");
    json history = shop.document({"history"})["units"][0]["targets"][0]["applied"];
    CHECK(history.dump().find("0001_add_age") != std::string::npos);
}

TEST_CASE("drizzle 0.31 on SQLite: generate, run, rollback, redo") {
    DrizzleShop shop("0.31", Engine::sqlite);
    two_migrations(shop);
    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email", "age"});
    Ran redo = shop({"redo", "--yes"});
    CHECK_MESSAGE(redo.status == 0, redo.out << redo.err);
    Ran back = shop({"rollback", "--yes"});
    CHECK_MESSAGE(back.status == 0, back.out << back.err);
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.rows_of_history() == "1");
}

TEST_CASE("drizzle 0.31 on MariaDB: run, rollback; what a failed migration left is said") {
    DrizzleShop shop("0.31", Engine::mariadb);
    REQUIRE(shop({"generate", "init"}).status == 0);
    REQUIRE(shop({"run"}).status == 0);
    shop.tree.write("drizzle/0000_init.down.sql", "DROP TABLE users;\n");
    Ran back = shop({"rollback", "--yes"});
    CHECK_MESSAGE(back.status == 0, back.out << back.err);
    CHECK(shop.columns().empty());

    shop.tree.write("drizzle/0000_init.sql",
                    "CREATE TABLE users (id int);\n--> statement-breakpoint\nSELECT nonsense FROM users;\n");
    Ran failed = shop({"run"});
    CHECK(failed.status == 1);
    CHECK(says(failed, "does not say why"));
    CHECK(says(failed, "The statements before the failing one have stayed"));
    CHECK(shop.columns() == Words{"id"});
}

TEST_CASE("drizzle 0.31: a migration that fails is explained, though the tool says nothing") {
    DrizzleShop shop("0.31", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    REQUIRE(shop({"generate", "--empty", "totals"}).status == 0);
    shop.tree.write(
        "drizzle/0001_totals.sql",
        "CREATE TABLE totals (id int);\n--> statement-breakpoint\nSELECT nonsense\n  FROM users;\n");
    Ran failed = shop({"run"});
    CHECK(failed.status == 1);
    CHECK_FALSE(says(shop.kit({"migrate"}), "nonsense"));
    CHECK_MESSAGE(says(failed, "drizzle/0001_totals.sql:3:8: "), failed.out << failed.err);
    CHECK(says(failed, "column \"nonsense\" does not exist"));
    CHECK(shop.columns().empty());  // neither its try nor ours has left anything
    CHECK(shop.rows_of_history() == "0");

    shop.tree.write("drizzle/0001_totals.sql", "CREATE TABLE totals (id int);\n");
    CHECK(shop({"run"}).status == 0);
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");
}

TEST_CASE("drizzle 0.31: a question that nobody can answer is a failure that says what was asked") {
    DrizzleShop shop("0.31", Engine::postgresql);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "init"}).status == 0);
    shop.schema("years: integer('years')");
    CHECK(shop.kit({"generate", "--name", "years"}).status == 0);  // and has written nothing

    json asked = shop.document({"generate", "years"}, 1);
    CHECK(asked["changed"] == "nothing");
    CHECK(asked["units"][0]["error"]["message"] ==
          ".:drizzle: drizzle-kit wanted to ask whether a new column is another one renamed (the schema no "
          "longer "
          "holds users.age), and wrote nothing");
    CHECK(asked["units"][0]["error"]["next"][0]["by"] == "person");
    CHECK_FALSE(shop.tree.exists("drizzle/0001_years.sql"));
}

TEST_CASE(
    "drizzle 0.31: a migration that the tool would skip is not run, and the tool's own word is not taken") {
    DrizzleShop shop("0.31", Engine::postgresql);
    two_migrations(shop);
    auto journal = json::parse(shop.tree.read("drizzle/meta/_journal.json"));
    journal["entries"][1]["when"] = 1000000000000;
    shop.tree.write("drizzle/meta/_journal.json", journal.dump(2));

    json status = shop.document({"status"})["units"][0];
    CHECK(status["targets"][0]["will_skip"] == json{"0001_add_age"});
    Ran refused = shop({"run"});
    CHECK(refused.status == 2);
    CHECK(says(refused, "would skip 0001_add_age"));
    CHECK(shop.kit({"migrate"}).status == 0);  // "migrations applied successfully!"
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.document({"status"})["units"][0]["targets"][0]["will_skip"] == json{"0001_add_age"});
}

TEST_CASE("drizzle 0.31: success that the history does not bear out is run.unverified") {
    DrizzleShop shop("0.31", Engine::postgresql);
    two_migrations(shop);
    shop.tree.write("drizzle/0001_add_age.sql",
                    "ALTER TABLE users ADD COLUMN age int;\n--> statement-breakpoint\n"
                    "DELETE FROM drizzle.__drizzle_migrations;\n");
    json ran = shop.document({"run"}, 1);
    CHECK(ran["changed"] == "database");
    CHECK(ran["units"][0]["outcome"][0]["native_exit"] == 0);
    CHECK(ran["units"][0]["error"]["code"] == "run.unverified");
    CHECK(ran["units"][0]["error"]["message"].get<std::string>().find("not recorded: 0000_init") !=
          std::string::npos);
}

TEST_CASE("drizzle 0.31: an edited file, a row that is lost, an adopted database") {
    DrizzleShop shop("0.31", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    REQUIRE(shop({"run"}).status == 0);
    const std::string sql = shop.tree.read("drizzle/0000_init.sql");
    shop.tree.write("drizzle/0000_init.sql", sql + "-- touched\n");
    CHECK(shop.document({"status"})["units"][0]["targets"][0]["edited"] == json{"0000_init"});
    CHECK(shop({"resolve", "--edited", "0000_init", "--yes"}).status == 0);
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");

    test::execute(shop.database, {"DROP SCHEMA drizzle CASCADE"});
    CHECK(shop.document({"status"})["units"][0]["state"] == "uninitialised");
    Ran adopted = shop({"baseline", "--yes"});
    CHECK_MESSAGE(adopted.status == 0, adopted.out << adopted.err);
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    CHECK(shop.kit({"migrate"}).status == 0);  // the rows are as the tool writes them: it runs nothing again
    CHECK(shop.rows_of_history() == "1");
}

TEST_CASE("drizzle: push and reset stay away from what they would destroy, also before a server answers") {
    DrizzleShop shop("0.31", Engine::postgresql);
    Ran local = shop({"push"});
    CHECK(local.status == 4);
    CHECK(shop({"reset", "-u", ".:drizzle"}).status == 2);
    shop.environment["DATABASE_URL"] = "postgresql://app:pw-of-prod@prod.db.invalid/shop";
    Ran production = shop({"push", "--yes"});
    CHECK(production.status == 4);
    CHECK(says(production, "production"));
    CHECK_FALSE(says(production, "pw-of-prod"));

    shop.environment["DATABASE_URL"] = "postgresql://app:pw@127.0.0.1:1/shop";
    CHECK(shop.document({"status"}, 1)["units"][0]["error"]["code"] == "target.unreachable");
    CHECK(shop({"run"}).status == 1);
}

TEST_CASE("drizzle: production is not changed by any verb") {
    for (const char* version : {"0.20", "0.31", "1.0"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::postgresql);
        REQUIRE(shop({"generate", "init"}).status == 0);
        auto& server = test::PostgresServer::shared();
        Connection production = shop.database;
        production.database = std::string("drizzle_prod_") + version[0] + version[2];
        test::execute(server.admin(), {"CREATE DATABASE " + production.database});
        shop.environment["DATABASE_URL"] = server.url(production);
        for (const Words& words : {Words{"run", "--yes"}, Words{"push", "--yes"}, Words{"seed", "--yes"}}) {
            Ran ran = shop(words);
            CHECK_MESSAGE(ran.status == 4, words.front() << ": " << ran.out << ran.err);
            CHECK_FALSE(says(ran, production.password));
        }
        CHECK(test::connect(production)
                  ->query("SELECT 1 FROM pg_tables WHERE schemaname IN ('public', 'drizzle')")
                  ->rows.empty());
    }
}

TEST_CASE("drizzle 0.31: pull says which files it has rewritten") {
    DrizzleShop shop("0.31", Engine::postgresql);
    test::execute(shop.database, {"CREATE TABLE orders (id int PRIMARY KEY)"});
    json pulled = shop.document({"pull"});
    CHECK(pulled["changed"] == "files");
    CHECK(pulled["units"][0]["files"].dump().find("drizzle/schema.ts") != std::string::npos);
    CHECK(shop.tree.read("drizzle/schema.ts").find("orders") != std::string::npos);
}
