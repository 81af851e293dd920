// drizzle-kit 1.0 (a folder for each migration) and 0.20 (no command to migrate) through the program.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/e2e/drizzle/shop.hpp"

using namespace migrate;
using nlohmann::json;
using test::DrizzleShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;

namespace {

/// The one entry of the migrations directory whose name ends so.
std::string entry(const DrizzleShop& shop, const std::string& end) {
    for (const auto& one : std::filesystem::directory_iterator(shop.tree.path("drizzle")))
        if (one.path().filename().string().ends_with(end)) return one.path().filename().string();
    FAIL("no " << end);
    return "";
}

}  // namespace

TEST_CASE("drizzle 1.0 on PostgreSQL: generate, run, rollback, run, and nothing left to generate") {
    DrizzleShop shop("1.0", Engine::postgresql);
    json made = shop.document({"generate", "init"});
    CHECK(made["changed"] == "files");
    REQUIRE(made["units"][0]["files"].size() == 2);
    REQUIRE(shop({"run"}).status == 0);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "add_age"}).status == 0);
    const std::string second = entry(shop, "_add_age");
    shop.tree.write("drizzle/" + second + "/down.sql", "ALTER TABLE users DROP COLUMN age;\n");
    json run = shop.document({"run"});
    CHECK(run["units"][0]["done"][0]["id"] == second);
    CHECK(shop.columns() == Words{"id", "email", "age"});

    REQUIRE(shop({"rollback", "--yes"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email"});
    REQUIRE(shop({"run"}).status == 0);
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    CHECK(shop.document({"generate", "again"})["changed"] == "nothing");
}

TEST_CASE("drizzle 1.0 and 0.20 on SQLite: generate, run, rollback, run") {
    for (const char* version : {"1.0", "0.20"}) {
        CAPTURE(version);
        DrizzleShop shop(version, Engine::sqlite);
        REQUIRE(shop({"generate", "init"}).status == 0);
        CHECK_FALSE(shop.tree.exists("shop.db"));
        Ran run = shop({"run"});
        CHECK_MESSAGE(run.status == 0, run.out << run.err);
        CHECK(shop.columns() == Words{"id", "email"});
        CHECK(shop.rows_of_history() == "1");
        const bool folders = version[0] == '1';
        const std::string first = entry(shop, folders ? "_init" : ".sql");
        shop.tree.write(folders ? "drizzle/" + first + "/down.sql"
                                : "drizzle/" + first.substr(0, first.size() - 4) + ".down.sql",
                        "DROP TABLE users;\n");
        Ran back = shop({"rollback", "--yes"});
        CHECK_MESSAGE(back.status == 0, back.out << back.err);
        CHECK(shop.columns().empty());
        REQUIRE(shop({"run"}).status == 0);
        CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    }
}

TEST_CASE("drizzle 1.0: diff says whether schema, migrations and database are the same") {
    DrizzleShop shop("1.0", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    json not_yet = shop.document({"diff", "--exit-code"}, 3)["units"][0];
    CHECK(not_yet["differs"] == true);  // nothing is applied
    REQUIRE(shop({"run"}).status == 0);
    Ran clean = shop({"diff", "--exit-code"});
    CHECK_MESSAGE(clean.status == 0, clean.out << clean.err);
    CHECK(says(clean, "no difference"));

    shop.schema("age: integer('age')");
    Ran dirty = shop({"diff", "--exit-code"});
    CHECK_MESSAGE(dirty.status == 3, dirty.out << dirty.err);
    CHECK(says(dirty, "ADD COLUMN \"age\""));
    CHECK(shop.columns() == Words{"id", "email"});

    // What may be a rename is a difference that the kit cannot put into SQL.
    shop.tree.write(
        "src/schema.ts",
        "import { pgTable, serial, text } from 'drizzle-orm/pg-core';\n"
        "export const users = pgTable('users', { id: serial('id').primaryKey(), mail: text('mail') });\n");
    Ran asked = shop({"diff"});
    CHECK(asked.status == 1);
    CHECK_MESSAGE(says(asked, "there is a difference"), asked.out << asked.err);
    CHECK(says(asked, "column  public.users.mail"));
}

TEST_CASE("drizzle 1.0: what it asks is said, and the answer can be given") {
    DrizzleShop shop("1.0", Engine::sqlite);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "init"}).status == 0);
    shop.schema("years: integer('years')");
    json asked = shop.document({"generate", "years"}, 1);
    const json& error = asked["units"][0]["error"];
    CHECK(error["message"].get<std::string>().find(
              "drizzle-kit asks whether the column public.users.years is new") !=
          std::string::npos);  // rc.5 says "public" for SQLite too, and wants it back in the answer
    Words answer = error["next"][0]["argv"].get<Words>();
    answer.erase(answer.begin());  // "migrate"
    Ran made = shop(answer);
    CHECK_MESSAGE(made.status == 0, made.out << made.err);
    CHECK(shop.tree.exists("drizzle/" + entry(shop, "_years") + "/migration.sql"));
}

TEST_CASE("drizzle 1.0: a failing migration, in the tool's own words; an applied one that was edited") {
    DrizzleShop shop("1.0", Engine::postgresql);
    REQUIRE(shop({"generate", "--empty", "totals"}).status == 0);
    const std::string only = entry(shop, "_totals");
    shop.tree.write("drizzle/" + only + "/migration.sql", "SELECT nonsense;\n");
    Ran failed = shop({"run"});
    CHECK(failed.status == 1);
    CHECK_MESSAGE(says(failed, "nonsense"), failed.out << failed.err);
    CHECK(shop.document({"status"})["units"][0]["state"] == "pending");

    shop.tree.write("drizzle/" + only + "/migration.sql", "SELECT 1;\n");
    REQUIRE(shop({"run"}).status == 0);
    shop.tree.write("drizzle/" + only + "/migration.sql", "SELECT 2;\n");
    CHECK(shop.document({"status"})["units"][0]["targets"][0]["edited"] == json{only});
}

TEST_CASE("drizzle 0.20 on PostgreSQL: the program migrates as its migrator does") {
    DrizzleShop shop("0.20", Engine::postgresql);
    Ran made = shop({"generate", "init"});
    CHECK_MESSAGE(made.status == 0, made.out << made.err);
    Ran run = shop({"run"});
    CHECK_MESSAGE(run.status == 0, run.out << run.err);
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.rows_of_history() == "1");
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");

    // drizzle-orm's own migrator agrees: it finds nothing to do.
    shop.tree.write("migrate.cjs",
                    "const { Client } = require('pg');\n"
                    "const { drizzle } = require('drizzle-orm/node-postgres');\n"
                    "const { migrate } = require('drizzle-orm/node-postgres/migrator');\n"
                    "(async () => {\n"
                    "  const client = new Client(process.env.DATABASE_URL);\n"
                    "  await client.connect();\n"
                    "  await migrate(drizzle(client), { migrationsFolder: 'drizzle' });\n"
                    "  await client.end();\n"
                    "})();\n");
    Ran migrator = shop.node("migrate.cjs");
    CHECK_MESSAGE(migrator.status == 0, migrator.out << migrator.err);
    CHECK(shop.rows_of_history() == "1");

    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "age"}).status == 0);
    shop.schema("years: integer('years')");
    Ran asked = shop({"generate", "years"});
    CHECK(asked.status == 1);
    CHECK_MESSAGE(says(asked, "created or renamed from another column?"), asked.out << asked.err);
}

TEST_CASE("drizzle: a kit that cannot read the directory's layout is stopped before it starts") {
    DrizzleShop shop("0.31", Engine::postgresql);
    shop.tree.write("drizzle/20260101000000_init/migration.sql", "SELECT 1;\n");
    Ran refused = shop({"run"});
    CHECK(refused.status == 2);
    CHECK(says(refused, "layout of drizzle-kit 1.0"));
    CHECK(shop({"generate", "x"}).status == 2);
}
