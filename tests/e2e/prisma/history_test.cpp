// Prisma 5, 6 and 7 through the program, on PostgreSQL. Every test here runs the real CLI over the stand-in
// for its schema engine (see shop.hpp).
#include <doctest/doctest.h>

#include "tests/e2e/prisma/shop.hpp"

using namespace migrate;
using nlohmann::json;
using test::PrismaShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;

namespace {

const std::string kUsers =
    "CREATE TABLE \"User\" (id SERIAL PRIMARY KEY, email TEXT NOT NULL);\n"
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(email);\n";
const std::string kInit = "20260101000000_init", kBroken = "20260102000000_broken";

std::string state_of(const PrismaShop& shop) {
    return shop.document({"status"})["units"][0]["state"];
}

void whole_life(int major) {
    PrismaShop shop(major);
    json made = shop.document({"generate", "init"});
    CHECK(made["changed"] == "files");
    const std::string first = shop.named("_init");
    CHECK(shop.tree.read("prisma/migrations/" + first + "/down.sql").find("DROP TABLE") != std::string::npos);
    CHECK(state_of(shop) == "uninitialised");
    CHECK(shop.document({"plan", "run"})["units"][0]["steps"][0]["argv"] ==
          json{"node_modules/.bin/prisma", "migrate", "deploy"});
    CHECK(shop.columns().empty());

    Ran run = shop({"run"});
    CHECK_MESSAGE(run.status == 0, run.out << run.err);
    CHECK_FALSE(says(run, shop.database.password));
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(state_of(shop) == "current");
    Ran seeded = shop({"seed", "--yes"});
    CHECK_MESSAGE(seeded.status == 0, seeded.out << seeded.err);
    CHECK(test::connect(shop.database)->query("SELECT email FROM \"User\"")->rows.at(0).at(0) ==
          "ann@example.org");

    shop.schema("age Int?");
    REQUIRE(shop({"generate", "addAge"}).status == 0);
    const std::string second = shop.named("_add_age");
    CHECK(shop.tree.read("prisma/migrations/" + second + "/down.sql").find("DROP COLUMN \"age\"") !=
          std::string::npos);
    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email", "age"});
    json back = shop.document({"rollback", "--yes"});
    CHECK(back["units"][0]["done"][0]["id"] == second);
    CHECK(back["units"][0]["done"][0]["direction"] == "down");
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(state_of(shop) == "pending");
    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.document({"generate", "again"})["changed"] == "nothing");
    CHECK(state_of(shop) == "current");
    CHECK(shop.prisma({"migrate", "status"}).status == 0);  // and Prisma agrees
}

}  // namespace

TEST_CASE("prisma 6 over the stand-in: generate, plan, run, seed, rollback by down.sql, run, nothing left") {
    whole_life(6);
}

TEST_CASE("prisma 7 over the stand-in: generate, plan, run, seed, rollback by down.sql, run, nothing left") {
    whole_life(7);
}

TEST_CASE("prisma 5 over the stand-in: generate, plan, run, seed, rollback by down.sql, run, nothing left") {
    whole_life(5);
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: diff compares database, models and migrations") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        REQUIRE(shop({"generate", "init"}).status == 0);
        REQUIRE(shop({"run"}).status == 0);
        Ran clean = shop({"diff", "--exit-code"});
        CHECK_MESSAGE(clean.status == 0, clean.out << clean.err);
        CHECK(says(clean, "no difference"));
        shop.schema("age Int?");
        Ran dirty = shop({"diff", "--exit-code"});
        CHECK_MESSAGE(dirty.status == 3, dirty.out << dirty.err);
        CHECK(says(dirty, "there are differences"));
        CHECK(says(dirty, "Added column `age`"));
        CHECK(shop.columns() == Words{"id", "email"});

        // Models and migrations agree, and the database has drifted.
        shop.schema();
        test::execute(shop.database, {"ALTER TABLE \"User\" ADD COLUMN extra int"});
        Ran drifted = shop({"diff", "--exit-code"});
        CHECK_MESSAGE(drifted.status == 3, drifted.out << drifted.err);
        CHECK(says(drifted, "Removed column `extra`"));
        for (const Ran& ran : {clean, dirty, drifted}) CHECK_FALSE(says(ran, shop.database.password));
        auto left = test::connect(shop.database)
                        ->query("SELECT datname FROM pg_database WHERE datname LIKE '%scratch%'");
        CHECK(left->rows.empty());
    }
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: production is not changed by any verb") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        auto& server = test::PostgresServer::shared();
        Connection production = shop.database;
        production.database = "prisma_prod_" + std::to_string(major);
        test::execute(server.admin(), {"CREATE DATABASE " + production.database});
        shop.environment["DATABASE_URL"] = server.url(production);
        for (const Words& words : {Words{"run", "--yes"}, Words{"reset", "--yes"}, Words{"push", "--yes"},
                                   Words{"seed", "--yes"}, Words{"generate", "more"}}) {
            Ran ran = shop(words);
            CHECK_MESSAGE(ran.status == 4, words.front() << ": " << ran.out << ran.err);
            CHECK_FALSE(says(ran, production.password));
        }
        CHECK_FALSE(test::connect(production)->table_exists("", "_prisma_migrations").value());
    }
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: a failed migration is explained, blocks, and is resolved") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        REQUIRE(shop({"run"}).status == 0);
        shop.migration(kBroken, "CREATE TABLE t (id int); SELECT nonsense FROM \"User\";\n");
        json failed = shop.document({"run"}, 1);
        const json& error = failed["units"][0]["error"];
        CHECK(error["message"] ==
              ".:prisma: " + kBroken + " failed: ERROR: column \"nonsense\" does not exist (42703)");
        CHECK(error["next"][0]["argv"] ==
              json{"migrate", "resolve", "--rolled-back", kBroken, "-u", ".:prisma"});
        CHECK(failed["units"][0]["left"] == json{kBroken});

        json status = shop.document({"status"})["units"][0];
        CHECK(status["state"] == "failed");
        CHECK(status.dump().find("sql_schema_connector") ==
              std::string::npos);          // the engine's stack is no news
        CHECK(shop({"run"}).status == 2);  // P3009 is known beforehand
        Ran looked = shop({"resolve", "-u", ".:prisma"});
        CHECK(looked.status == 0);
        CHECK(says(looked, "migrate resolve --applied " + kBroken));

        REQUIRE(shop({"resolve", "--rolled-back", kBroken, "--yes"}).status == 0);
        CHECK(state_of(shop) == "pending");
        shop.migration(kBroken, "CREATE TABLE t (id int);\n");
        CHECK(shop({"run"}).status == 0);
        CHECK(state_of(shop) == "current");

        // Without a way back nothing is tried.
        Ran back = shop({"rollback", "--yes"});
        CHECK(back.status == 2);
        CHECK(says(back, "prisma/migrations/" + kBroken + "/down.sql"));
        CHECK(says(back, "migrate restore"));
    }
}

TEST_CASE("prisma 6 over the stand-in: a failed migration that is there after all is recorded as applied") {
    PrismaShop shop(6);
    shop.migration(kInit, "SELECT nonsense;\n");
    REQUIRE(shop({"run"}).status == 1);
    test::execute(shop.database, {kUsers.substr(0, kUsers.find('\n'))});
    Ran resolved = shop({"resolve", "--applied", kInit, "--yes"});
    CHECK_MESSAGE(resolved.status == 0, resolved.out << resolved.err);
    CHECK(state_of(shop) == "current");
}

TEST_CASE("prisma 6 over the stand-in: a database with tables and no history is adopted, never run over") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    test::execute(shop.database, {"CREATE TABLE \"User\" (id int)"});
    Ran refused = shop({"run"});
    CHECK(refused.status != 0);
    CHECK_MESSAGE(says(refused, "baseline"), refused.out << refused.err);
    REQUIRE(shop({"baseline", "--yes"}).status == 0);
    CHECK(state_of(shop) == "current");
    CHECK(shop.prisma({"migrate", "status"}).status == 0);
}

TEST_CASE(
    "prisma 6 over the stand-in: where Prisma's own status tells the truth, ours agrees; elsewhere ours "
    "does") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    auto native = [&] { return shop.prisma({"migrate", "status"}).status; };
    CHECK(native() == 1);
    CHECK(state_of(shop) == "uninitialised");
    REQUIRE(shop({"run"}).status == 0);
    CHECK(native() == 0);
    CHECK(state_of(shop) == "current");

    shop.migration(kInit, kUsers + "-- touched\n");
    CHECK(native() == 0);  // "Database schema is up to date!"
    CHECK(state_of(shop) == "edited");
    shop.migration(kInit, kUsers);

    shop.migration("20260103000000_more", "SELECT 1;\n");
    CHECK(native() == 1);
    CHECK(state_of(shop) == "pending");
    shop.tree.remove("prisma/migrations/20260103000000_more");

    shop.tree.remove("prisma/migrations/" + kInit);
    shop.migration("20260101000000_other", kUsers + "-- another\n");
    CHECK(native() == 1);
    CHECK(state_of(shop) == "diverged");
}

TEST_CASE("prisma 6 over the stand-in: success that the history does not bear out is run.unverified") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    REQUIRE(shop({"run"}).status == 0);
    shop.migration(
        kBroken,
        "UPDATE \"_prisma_migrations\" SET rolled_back_at = now() WHERE migration_name = '" + kInit + "';\n");
    json ran = shop.document({"run"}, 1);
    CHECK(ran["units"][0]["outcome"][0]["native_exit"] == 0);
    CHECK(ran["units"][0]["error"]["code"] == "run.unverified");
    CHECK(ran["units"][0]["error"]["message"].get<std::string>().find("not recorded: " + kInit) !=
          std::string::npos);
}

TEST_CASE(
    "prisma: push and reset are refused where they would destroy; an unreachable database is an error") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    CHECK(shop({"push"}).status == 4);
    CHECK(shop({"reset", "--yes"}).status == 4);
    shop.environment["DATABASE_URL"] = "postgresql://app:pw-of-prod@prod.db.invalid/shop";
    Ran push = shop({"push", "--yes"});
    CHECK(push.status == 4);
    CHECK(says(push, "production"));
    CHECK_FALSE(says(push, "pw-of-prod"));

    shop.environment["DATABASE_URL"] = "postgresql://app:pw@127.0.0.1:1/shop";
    CHECK(shop.document({"status"}, 1)["units"][0]["error"]["code"] == "target.unreachable");
    CHECK(shop({"run"}).status == 1);
}
