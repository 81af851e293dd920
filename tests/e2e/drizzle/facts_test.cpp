// drizzle-kit's traps: exit statuses that say nothing, and what would be lost without a question.
#include <doctest/doctest.h>

#include <thread>

#include "tests/e2e/drizzle/shop.hpp"
#include "tests/support/terminal.hpp"

using namespace migrate;
using nlohmann::json;
using test::DrizzleShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;

namespace {

Ran person(const DrizzleShop& shop, Words arguments) {
    return test::at_terminal(shop.tree, std::move(arguments), shop.environment, shop.database.database);
}

std::string emails(const DrizzleShop& shop) {
    return test::connect(shop.database)->query("SELECT COUNT(*) FROM users")->rows.at(0).at(0).value_or("");
}

}  // namespace

TEST_CASE("drizzle 0.31 and 1.0: a schema that cannot be read is a failure, whatever the kit's exit status") {
    for (std::string version : {"0.31", "1.0"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::postgresql);
        const std::string schema = shop.tree.read("src/schema.ts");
        shop.tree.write("src/schema.ts", "export const users = pgTable('users', {\n");
        Ran broken = shop({"generate", "init"});
        CHECK_MESSAGE(broken.status == 1, all_of(broken));
        CHECK_MESSAGE(says(broken, version == "0.31" ? "run.unverified" : "tool.failed"), all_of(broken));
        CHECK_FALSE(shop.tree.exists("drizzle/0000_init.sql"));
        // 0.31 has ended with 0 and written nothing.
        CHECK((shop.kit({"generate", "--name", "init"}).status == 0) == (version == "0.31"));

        Ran pushed = person(shop, {"push"});
        CHECK_MESSAGE(pushed.status == 1, all_of(pushed));
        CHECK(shop.columns().empty());

        shop.tree.remove("src/schema.ts");
        Ran missing = shop({"generate", "init"});
        CHECK_MESSAGE(missing.status == 1, all_of(missing));
    }
}

TEST_CASE("drizzle 0.31: snapshots that collide and a journal that is broken are failures, not successes") {
    DrizzleShop shop("0.31", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "age"}).status == 0);
    const std::string second = shop.tree.read("drizzle/meta/0001_snapshot.json");
    json snapshot = json::parse(second);
    snapshot["prevId"] = json::parse(shop.tree.read("drizzle/meta/0000_snapshot.json"))["prevId"];
    shop.tree.write("drizzle/meta/0001_snapshot.json", snapshot.dump(2));
    shop.schema("age: integer('age'),\n  zip: text('zip')");
    Ran collided = shop({"generate", "zip"});
    CHECK_MESSAGE(collided.status == 1, all_of(collided));
    CHECK(says(collided, "collision"));
    CHECK_FALSE(shop.tree.exists("drizzle/0002_zip.sql"));
    CHECK(shop.kit({"generate", "--name", "zip"}).status == 0);

    shop.tree.write("drizzle/meta/0001_snapshot.json", second);
    shop.tree.write("drizzle/meta/_journal.json", "{ \"entries\": [\n");
    Ran broken = shop({"generate", "zip"});
    CHECK_MESSAGE(broken.status != 0, all_of(broken));
    Ran run = shop({"run"});
    CHECK_MESSAGE(run.status != 0, all_of(run));
    CHECK_FALSE(shop.tree.exists("drizzle/0002_zip.sql"));
}

TEST_CASE("drizzle: push that would lose values is a failure, and they stay") {
    for (std::string version : {"0.20", "0.31", "1.0"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::postgresql);
        Ran made = person(shop, {"push"});
        CHECK_MESSAGE(made.status == 0, all_of(made));
        CHECK(shop.columns() == Words{"id", "email"});
        CHECK(shop.document({"status"})["units"][0]["state"] == "current");  // nobody keeps a history of it
        test::execute(shop.database, {"INSERT INTO users (email) VALUES ('a')"});

        shop.tree.write("src/schema.ts",
                        "import { pgTable, serial } from 'drizzle-orm/pg-core';\n"
                        "export const users = pgTable('users', { id: serial('id').primaryKey() });\n");
        Ran lossy = person(shop, {"push", "--timeout", "20s"});  // 0.20 asks, and waits for ever
        CHECK_MESSAGE(lossy.status == 1, all_of(lossy));
        CHECK(shop.columns() == Words{"id", "email"});
        CHECK(emails(shop) == "1");

        // --force would empty the table for this (0.31) or drop the column; it is never added.
        shop.schema("zip: text('zip').notNull()");
        Ran not_null = person(shop, {"push", "--timeout", "20s"});
        CHECK_MESSAGE(not_null.status == 1, all_of(not_null));
        CHECK(emails(shop) == "1");
    }
}

TEST_CASE("drizzle 0.31: what push --force destroys is refused without a person, and shown before") {
    DrizzleShop shop("0.31", Engine::postgresql);
    Ran refused = shop({"push", "--yes"});
    CHECK_MESSAGE(refused.status == 4, all_of(refused));
    CHECK(says(refused, "destroy"));
    CHECK(shop({"push", "--yes", "--", "--force"}).status == 2);  // nothing is passed through to push
    CHECK(shop.columns().empty());
    // What it would do, seen once: the rows are gone, and it calls that "Changes applied".
    REQUIRE(shop.kit({"push"}).status == 0);
    test::execute(shop.database, {"INSERT INTO users (email) VALUES ('a')"});
    shop.schema("zip: text('zip').notNull()");
    CHECK(shop.kit({"push", "--force"}).status == 0);
    CHECK(emails(shop) == "0");
}

TEST_CASE("drizzle 0.31 and 1.0: without its variable, its database or its migrations nothing is run") {
    for (std::string version : {"0.31", "1.0"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::postgresql);
        Ran nothing = shop({"run"});  // 0.31 fails without a word, 1.0 makes the directory and succeeds
        CHECK_MESSAGE(!shop.tree.exists("drizzle"), all_of(nothing));
        CHECK_FALSE(says(nothing, "applied successfully"));
        REQUIRE(shop({"generate", "init"}).status == 0);

        const std::string url = shop.environment["DATABASE_URL"];
        Connection missing = shop.database;
        missing.database += "_typo";
        shop.environment["DATABASE_URL"] = test::PostgresServer::shared().url(missing);
        CHECK(shop.document({"run"}, 2)["units"][0]["error"]["code"] == "target.missing");
        CHECK(shop.kit({"migrate"}).status == 1);
        shop.environment.erase("DATABASE_URL");
        json unset = shop.document({"run"}, 2);
        CHECK(unset["units"][0]["error"]["code"] == "target.unresolved");
        CHECK(shop.kit({"migrate"}).status == 1);
        shop.environment["DATABASE_URL"] = url;

        CHECK(shop.document({"status", "--native", "-u", ".:drizzle"}, 2)["units"][0]["error"]["code"] ==
              "verb.unsupported");
        shop.tree.remove("drizzle.config.ts");
        CHECK(shop({"run"}).status == 2);
        CHECK(shop.columns().empty());
    }
}

TEST_CASE("drizzle 1.0: a directory in the older layout is stopped before the kit starts") {
    DrizzleShop old("0.31", Engine::postgresql);
    REQUIRE(old({"generate", "init"}).status == 0);
    DrizzleShop shop("1.0", Engine::postgresql);
    for (const auto* file :
         {"drizzle/0000_init.sql", "drizzle/meta/_journal.json", "drizzle/meta/0000_snapshot.json"})
        shop.tree.write(file, old.tree.read(file));
    Ran refused = shop({"run"});
    CHECK_MESSAGE(refused.status == 2, all_of(refused));
    CHECK(says(refused, "drizzle-kit up"));
    CHECK(shop.kit({"migrate"}).status == 1);
    CHECK(shop.columns().empty());
}

TEST_CASE("drizzle 0.31 and 1.0: two runs at once apply each migration once") {
    for (std::string version : {"0.31", "1.0"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::postgresql);
        REQUIRE(shop({"generate", "init"}).status == 0);
        Ran first, second;
        std::thread other([&] { second = shop({"run"}); });
        first = shop({"run"});
        other.join();
        CHECK_MESSAGE(first.status == 0, all_of(first));
        CHECK_MESSAGE(second.status == 0, all_of(second));
        CHECK(shop.rows_of_history() == "1");
    }
}

TEST_CASE(
    "drizzle 0.31: that a role may not make the history's schema is said, though the tool says nothing") {
    DrizzleShop shop("0.31", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    const std::string role = shop.database.database + "_narrow";
    test::execute(shop.database, {"CREATE ROLE " + role + " LOGIN PASSWORD 'narrow-word'",
                                  "GRANT ALL ON SCHEMA public TO " + role});
    Connection narrow = shop.database;
    narrow.user = role;
    narrow.password = "narrow-word";
    shop.environment["DATABASE_URL"] = test::PostgresServer::shared().url(narrow);
    CHECK_FALSE(says(shop.kit({"migrate"}), "permission denied"));
    Ran failed = shop({"run"});
    CHECK(failed.status == 1);
    CHECK_MESSAGE(says(failed, "permission denied for database"), all_of(failed));
    CHECK_FALSE(says(failed, "narrow-word"));
    CHECK(shop.columns().empty());
}
