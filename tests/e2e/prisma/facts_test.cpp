// Prisma's traps, with the real CLI: what it does by itself, and what the program makes of it.
#include <doctest/doctest.h>

#include "tests/e2e/prisma/shop.hpp"
#include "tests/support/states.hpp"
#include "tests/support/terminal.hpp"

using namespace migrate;
using nlohmann::json;
using test::PrismaShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;
using Both = std::pair<std::string, std::string>;  // direct, native

namespace {

const std::string kUsers =
    "CREATE TABLE \"User\" (id SERIAL PRIMARY KEY, email TEXT NOT NULL);\n"
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(email);\n";
const std::string kInit = "20260101000000_init", kMore = "20260102000000_more", kBad = "20260103000000_bad";

Ran person(const PrismaShop& shop, Words arguments) {
    return test::at_terminal(shop.tree, std::move(arguments), shop.environment, shop.database.database);
}

std::string rows(const PrismaShop& shop) {
    return test::connect(shop.database)
        ->query("SELECT COUNT(*) FROM \"User\"")
        ->rows.at(0)
        .at(0)
        .value_or("");
}

Both states(const PrismaShop& shop) {
    const auto both = test::states_of([&](Words words) { return shop(std::move(words)); });
    CHECK(both.changed == "nothing");
    return {both.direct, both.native};
}

}  // namespace

TEST_CASE("prisma 5, 6 and 7 over the stand-in: status --native agrees wherever Prisma tells the truth") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        if (major > 5) shop.environment["DATABASE_URL"] += "?schema=app";
        if (major > 5) test::execute(shop.database, {"CREATE SCHEMA app"});
        const std::string table = major > 5 ? "app._prisma_migrations" : "_prisma_migrations";
        shop.migration(kInit, kUsers);
        CHECK(states(shop) == Both{"uninitialised", "pending"});  // the same words for both
        REQUIRE(shop({"run"}).status == 0);
        CHECK(states(shop) == Both{"current", "current"});
        shop.migration(kMore, "SELECT 1;\n");
        CHECK(states(shop) == Both{"pending", "pending"});
        shop.migration(kInit, kUsers + "-- touched\n");
        shop.tree.remove("prisma/migrations/" + kMore);
        CHECK(states(shop) == Both{"edited", "current"});  // "Database schema is up to date!"
        shop.migration(kInit, kUsers);

        shop.migration(kBad, "SELECT nonsense;\n");
        REQUIRE(shop({"run"}).status == 1);
        CHECK(states(shop) == Both{"failed", "failed"});
        shop.migration("20260104000000_late", "SELECT 1;\n");
        CHECK(states(shop) == Both{"failed", "pending"});  // it lists what is pending, and nothing else
        shop.tree.remove("prisma/migrations/20260104000000_late");
        REQUIRE(shop({"resolve", "--rolled-back", kBad, "--yes"}).status == 0);
        shop.tree.remove("prisma/migrations/" + kBad);

        shop.migration(kMore, "SELECT 1;\n");
        REQUIRE(shop({"run"}).status == 0);
        shop.tree.remove("prisma/migrations/" + kMore);
        CHECK(states(shop) == Both{"diverged", "current"});  // ahead of the files, and silent about it
        shop.migration("20260102000000_another", "SELECT 2;\n");
        CHECK(states(shop) == Both{"diverged", "diverged"});  // two branches

        test::execute(shop.database, {"DROP TABLE " + table});
        for (const auto& name : {kInit, std::string("20260102000000_another")})
            shop.tree.remove("prisma/migrations/" + name);
        CHECK(states(shop) == Both{"current", "current"});  // no migrations, no table: not managed
        const std::string unreachable = "postgresql://app:hidden-word@127.0.0.1:1/shop";
        shop.environment["DATABASE_URL"] = unreachable;
        const json error = shop.document({"status", "--native"}, 1)["units"][0]["error"];
        CHECK(error["code"] == "target.unreachable");
        CHECK(error.dump().find("hidden-word") == std::string::npos);
    }
}

TEST_CASE("prisma 6 over the stand-in: a missing database is not made, though Prisma would") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    Connection missing = shop.database;
    missing.database += "_typo";
    auto& server = test::PostgresServer::shared();
    shop.environment["DATABASE_URL"] = server.url(missing);
    auto is_there = [&] {
        return !test::connect(server.admin())
                    ->query("SELECT 1 FROM pg_database WHERE datname = '" + missing.database + "'")
                    ->rows.empty();
    };
    CHECK(shop.document({"status"})["units"][0]["state"] == "uninitialised");
    CHECK(shop.document({"status", "--native"}, 2)["units"][0]["error"]["code"] == "target.missing");
    CHECK(shop.document({"run"}, 2)["units"][0]["error"]["code"] == "target.missing");
    CHECK_FALSE(is_there());
    CHECK(says(shop.prisma({"migrate", "status"}), "P1003"));
    CHECK(shop.prisma({"migrate", "deploy"}).status == 0);  // "PostgreSQL database ... created"
    CHECK(is_there());

    missing = shop.database;
    missing.password = "wrong-word";
    shop.environment["DATABASE_URL"] = server.url(missing);
    Ran closed = shop({"status"});
    CHECK(closed.status == 1);
    CHECK_FALSE(says(closed, "wrong-word"));
    CHECK(says(shop.prisma({"migrate", "status"}), "P1000"));
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: generate beside pending migrations applies none of them") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        REQUIRE(shop({"generate", "init"}).status == 0);
        shop.schema("age Int?");
        Ran made = shop({"generate", "add_age"});
        CHECK_MESSAGE(made.status == 0, all_of(made));
        CHECK(shop.columns().empty());
        CHECK_FALSE(test::connect(shop.database)->table_exists("", "_prisma_migrations").value());
        // Only the difference to the pending one is in it, which `migrate dev` would have applied first.
        const std::string sql =
            shop.tree.read("prisma/migrations/" + shop.named("_add_age") + "/migration.sql");
        CHECK(sql.find("ADD COLUMN") != std::string::npos);
        CHECK(sql.find("CREATE TABLE") == std::string::npos);
        REQUIRE(shop({"run"}).status == 0);

        // What cannot be executed on rows is written all the same, and asks nobody anything.
        test::execute(shop.database, {"INSERT INTO \"User\" (email) VALUES ('a')"});
        shop.schema("age Int?\n  zip String");
        Ran needs_default = shop({"generate", "zip"});
        CHECK_MESSAGE(needs_default.status == 0, all_of(needs_default));
        CHECK(shop.columns() == Words{"id", "email", "age"});
    }
}

TEST_CASE(
    "prisma 5, 6 and 7 over the stand-in: push ends with 1 where values would be lost, and keeps them") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        Ran pushed = person(shop, {"push"});
        CHECK_MESSAGE(pushed.status == 0, all_of(pushed));
        CHECK(shop.columns() == Words{"id", "email"});
        test::execute(shop.database, {"INSERT INTO \"User\" (email) VALUES ('a')"});
        const std::string schema = shop.tree.read("prisma/schema.prisma");
        shop.tree.write("prisma/schema.prisma",
                        std::string(schema).replace(schema.find("  email String @unique\n"), 23, ""));
        Ran lossy = person(shop, {"push"});
        CHECK_MESSAGE(lossy.status == 1, all_of(lossy));
        CHECK(says(lossy, "accept-data-loss"));
        shop.schema("zip String");
        Ran impossible = person(shop, {"push"});
        CHECK_MESSAGE(impossible.status == 1, all_of(impossible));
        CHECK(shop.columns() == Words{"id", "email"});
        CHECK(rows(shop) == "1");

        // Behind the history's back: what `deploy` then refuses (P3005) leads to baseline.
        shop.schema();
        shop.migration(kInit, kUsers);
        Ran run = shop({"run"});
        CHECK(run.status != 0);
        CHECK_MESSAGE(says(run, "baseline"), all_of(run));
    }
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: reset wants the name typed, and does not seed behind it") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        REQUIRE(shop({"run"}).status == 0);
        test::execute(shop.database, {"INSERT INTO \"User\" (email) VALUES ('a')"});
        CHECK(shop({"reset", "--yes"}).status == 4);
        Ran mistyped = test::at_terminal(shop.tree, {"reset"}, shop.environment, "another");
        CHECK_MESSAGE(mistyped.status == 4, all_of(mistyped));
        CHECK(rows(shop) == "1");
        Ran reset = person(shop, {"reset"});
        CHECK_MESSAGE(reset.status == 0, all_of(reset));
        CHECK(rows(shop) == "0");
        CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    }
}

TEST_CASE(
    "prisma 5, 6 and 7 over the stand-in: signs of an agent stop reset, with Prisma's guard or without") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        REQUIRE(shop({"run"}).status == 0);
        test::execute(shop.database, {"INSERT INTO \"User\" (email) VALUES ('a')"});
        shop.environment["CLAUDECODE"] = "1";
        Ran ours = person(shop, {"reset"});  // a terminal and the right name are not enough
        CHECK_MESSAGE(ours.status == 4, all_of(ours));
        CHECK(rows(shop) == "1");
        Ran own = shop.prisma({"migrate", "reset", "--force"});
        CHECK((own.status == 0) == (major == 5));  // 5 has no guard
        if (major > 5) CHECK(says(own, "detected that it was invoked by Claude Code"));
    }
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: a seed that fails is a failure, none at all is said before") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        REQUIRE(shop({"run"}).status == 0);
        shop.tree.write("prisma/seed.cjs", "process.exit(7);\n");
        json failed = shop.document({"seed", "--yes"}, 1);
        CHECK(failed["units"][0]["error"]["code"] == "tool.failed");
        shop.tree.write("package.json", R"({"name": "shop", "private": true})");
        shop.tree.write("prisma.config.ts", shop.tree.read("prisma.config.ts").substr(0, 0));
        if (major == 7)
            shop.tree.write("prisma.config.ts",
                            "export default { schema: 'prisma/schema.prisma', datasource: { url: "
                            "process.env.DATABASE_URL } };\n");
        else
            shop.tree.remove("prisma.config.ts");
        Ran none = shop({"seed", "--yes", "-u", ".:prisma"});
        CHECK_MESSAGE(none.status == 2, all_of(none));  // Prisma 6 and 7 would end with 0
        CHECK(says(none, "verb.unsupported"));
    }
}

TEST_CASE("prisma 6 over the stand-in: an empty folder, and another provider's lock file") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    REQUIRE(shop({"run"}).status == 0);
    shop.tree.write("prisma/migrations/" + kMore + "/", "");
    CHECK(shop.prisma({"migrate", "deploy"}).status == 1);  // P3015
    Ran empty = shop({"run"});
    CHECK_MESSAGE(empty.status == 2, all_of(empty));
    CHECK(says(empty, kMore));
    shop.tree.remove("prisma/migrations/" + kMore);

    shop.migration(kMore, "SELECT 1;\n");
    shop.tree.write("prisma/migrations/migration_lock.toml", "provider = \"mysql\"\n");
    Ran foreign = shop({"run"});
    CHECK_MESSAGE(foreign.status != 0, all_of(foreign));
    CHECK_MESSAGE(says(foreign, "mysql"), all_of(foreign));
    CHECK(shop.document({"status"})["units"][0]["state"] == "pending");
}

TEST_CASE("prisma 6 over the stand-in: while another Prisma holds its advisory lock nothing is applied") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    auto other = test::connect(shop.database);
    REQUIRE(other->query("SELECT pg_advisory_lock(72707369)"));
    // It waits ten seconds and ends with P1002.
    json held = shop.document({"run"}, 6);
    CHECK(held["units"][0]["error"]["code"] == "target.busy");
    CHECK(held["changed"] == "nothing");
    CHECK(shop.columns().empty());
    REQUIRE(other->query("SELECT pg_advisory_unlock(72707369)"));
    Ran run = shop({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
}

TEST_CASE("prisma 5, 6 and 7 over the stand-in: a variable that is not set, a schema that is not there") {
    for (int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        shop.environment.erase("DATABASE_URL");
        json unset = shop.document({"run"}, 2);
        CHECK(unset["units"][0]["error"]["code"] == "target.unresolved");
        CHECK(unset.dump().find("DATABASE_URL") != std::string::npos);
        CHECK(shop.prisma({"migrate", "status"}).status == 1);
    }
    PrismaShop broken(7);
    broken.migration(kInit, kUsers);
    broken.tree.write("prisma.config.ts", "export default { schema: 'prisma/schema.prisma', datasource: {\n");
    Ran ran = broken({"run"});
    CHECK_MESSAGE(ran.status == 2, all_of(ran));
    CHECK(says(ran, "prisma.config.ts"));
}

TEST_CASE("prisma 6: without its engine, which only a download brings, nothing is done") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    shop.environment.erase("PRISMA_SCHEMA_ENGINE_BINARY");
    shop.environment.erase("PRISMA_QUERY_ENGINE_LIBRARY");
    shop.environment["PRISMA_ENGINES_MIRROR"] = "http://127.0.0.1:1";
    json failed = shop.document({"run"}, 1);
    CHECK(failed["units"][0]["error"]["code"] == "tool.failed");
    CHECK(failed["units"][0]["left"] == json{kInit});
    CHECK(shop.columns().empty());
}

TEST_CASE("prisma 6 over the stand-in: late folders are applied, and said to be late before") {
    PrismaShop shop(6);
    shop.migration(kMore, kUsers);
    REQUIRE(shop({"run"}).status == 0);
    shop.migration(kInit, "SELECT 1;\n");
    CHECK(shop.document({"status"})["units"][0]["targets"][0]["out_of_order"] == json{kInit});
    CHECK(shop({"run"}).status == 0);
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    // What has come already is no news to `deploy`, which ends with 0 either way.
    Ran nothing = shop({"run"});
    CHECK(nothing.status == 0);
    CHECK(says(nothing, "nothing to do"));
}
