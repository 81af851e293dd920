// What Prisma itself does in the cases that our table only rates, so that the rating rests on the tool.
#include <doctest/doctest.h>

#include "tests/e2e/prisma/shop.hpp"
#include "tests/support/terminal.hpp"

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
const std::string kInit = "20260101000000_init", kMore = "20260102000000_more";

/// Prisma must end so and say this.
void own(const PrismaShop& shop, const Words& arguments, int status, std::string_view words) {
    Ran ran = shop.prisma(arguments);
    CAPTURE(arguments);
    CHECK_MESSAGE(ran.status == status, all_of(ran));
    CHECK_MESSAGE(says(ran, words), all_of(ran));
}

std::string one(const PrismaShop& shop, const std::string& sql) {
    auto found = test::connect(shop.database)->query(sql);
    return found && !found->rows.empty() ? found->rows[0][0].value_or("") : "none";
}

std::string users(const PrismaShop& shop) {
    return one(shop, "SELECT COUNT(*) FROM \"User\"");
}

std::string history(const PrismaShop& shop) {
    return one(shop,
               "SELECT string_agg(concat_ws(' ', migration_name, finished_at IS NOT NULL, rolled_back_at IS "
               "NOT NULL), ', ' ORDER BY started_at) FROM _prisma_migrations");
}

/// A database with one user, and the migration that made its table.
struct UserShop : PrismaShop {
    explicit UserShop(int major) : PrismaShop(major) {
        migration(kInit, kUsers);
        REQUIRE((*this)({"run"}).status == 0);
        test::execute(database, {"INSERT INTO \"User\" (email) VALUES ('a')"});
    }
};

}  // namespace

TEST_CASE("prisma 5 over the stand-in itself: migrate dev on a terminal offers to wipe a drifted database") {
    UserShop shop(5);
    test::execute(shop.database, {"CREATE TABLE drifted (id INT)"});
    auto environment = shop.environment;
    environment["CHECKPOINT_DISABLE"] = "1";
    environment["TERM"] = "xterm";  // on a dumb one it does not ask
    Ran dev = test::program_at_terminal(
        shop.tree, {shop.tree.path("node_modules/.bin/prisma").string(), "migrate", "dev", "--name", "next"},
        environment, "(y/N)", "n");
    CHECK_MESSAGE(says(dev, "All data will be lost"), all_of(dev));
    CHECK(says(dev, "Reset cancelled"));
    CHECK(users(shop) == "1");
    // The same wish through us: what is written is the difference, and nobody is asked to lose anything.
    shop.schema("age Int?");
    CHECK(shop({"generate", "next"}).status == 0);
    CHECK(users(shop) == "1");
}

TEST_CASE("prisma 6 over the stand-in itself: migrate dev applies what is pending, also from a script") {
    PrismaShop shop(6);
    shop.migration(kInit, kUsers);
    CHECK(shop.prisma({"migrate", "dev", "--name", "next", "--skip-generate"}).status == 0);
    CHECK(shop.columns() == Words{"id", "email"});
}

TEST_CASE("prisma 6 over the stand-in itself: db push --force-reset drops everything without a question") {
    UserShop shop(6);
    own(shop, {"db", "push", "--force-reset", "--skip-generate"}, 0, "successfully reset");
    CHECK(users(shop) == "0");
    CHECK_FALSE(test::connect(shop.database)->table_exists("", "_prisma_migrations").value());
}

TEST_CASE("prisma 6 over the stand-in itself: a shadow database that is the main one ends everything") {
    UserShop shop(6);
    std::string schema = shop.tree.read("prisma/schema.prisma");
    shop.tree.write("prisma/schema.prisma",
                    schema.insert(schema.find("  url "), "  shadowDatabaseUrl = env(\"DATABASE_URL\")\n"));
    own(shop, {"migrate", "status"}, 1, "shadowDatabaseUrl is the same as url");
    Ran ours = shop({"diff"});
    CHECK(ours.status == 1);
    CHECK_MESSAGE(says(ours, "shadowDatabaseUrl is the same as url"), all_of(ours));
    CHECK(users(shop) == "1");
}

TEST_CASE("prisma 6 over the stand-in itself: a shadow database needs a right that the role may not have") {
    PrismaShop shop(6);
    auto& server = test::PostgresServer::shared();
    const std::string role = "poor_" + shop.database.database;
    test::execute(server.admin(), {"CREATE ROLE " + role + " LOGIN PASSWORD 'poor-word'",
                                   "ALTER DATABASE " + shop.database.database + " OWNER TO " + role});
    Connection poor = shop.database;
    poor.user = role;
    poor.password = "poor-word";
    shop.environment["DATABASE_URL"] = server.url(poor);
    shop.migration(kInit, kUsers);
    own(shop, {"migrate", "dev", "--name", "next"}, 1, "permission denied to create database");
    Ran ours = shop({"generate", "next"});
    CHECK_MESSAGE(ours.status == 2, all_of(ours));
    CHECK_MESSAGE(says(ours, "target.denied"), all_of(ours));
    CHECK(says(ours, "give the role the right to create databases"));
}

TEST_CASE("prisma 6 over the stand-in itself: resolve has a code for what it cannot settle, but not always") {
    PrismaShop shop(6);
    own(shop, {"migrate", "deploy"}, 0, "No pending migrations to apply");
    CHECK(test::connect(shop.database)->table_exists("", "_prisma_migrations").value());  // all the same
    shop.migration(kInit, kUsers);
    own(shop, {"migrate", "resolve", "--rolled-back", kInit}, 1, "P3011");
    own(shop, {"migrate", "resolve", "--applied", "nowhere"}, 1, "P3017");
    REQUIRE(shop({"run"}).status == 0);
    own(shop, {"migrate", "resolve", "--applied", kInit}, 1, "P3008");
    own(shop, {"migrate", "resolve", "--rolled-back", kInit}, 1, "P3012");

    // Where an older try of the same name was rolled back it says yes, and changes nothing.
    shop.migration(kMore, "SELECT nonsense;\n");
    REQUIRE(shop({"run"}).status == 1);
    REQUIRE(shop({"resolve", "--rolled-back", kMore, "--yes"}).status == 0);
    shop.migration(kMore, "SELECT 1;\n");
    REQUIRE(shop({"run"}).status == 0);
    const std::string before = history(shop);
    own(shop, {"migrate", "resolve", "--rolled-back", kMore}, 0, "marked as rolled back");
    CHECK(history(shop) == before);
    Ran ours = shop({"resolve", "--rolled-back", kMore, "--yes"});
    CHECK_MESSAGE(ours.status == 2, all_of(ours));
    CHECK_MESSAGE(says(ours, kMore + " has not failed: it is applied"), all_of(ours));
    CHECK(history(shop) == before);
}

TEST_CASE("prisma 6 over the stand-in itself: line ends are no edit, for Prisma as for us; another byte is") {
    UserShop shop(6);
    std::string text = shop.tree.read("prisma/migrations/" + kInit + "/migration.sql");
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
        text.insert(at, "\r");
    shop.migration(kInit, text);
    own(shop, {"migrate", "dev", "--name", "next", "--skip-generate"}, 0, "in sync");
    CHECK(shop.document({"status"})["units"][0]["state"] == "current");
    CHECK(users(shop) == "1");
    shop.migration(kInit, text + "-- more\n");
    own(shop, {"migrate", "dev", "--name", "next", "--skip-generate"}, 130,
        "was modified after it was applied");
    CHECK(shop.document({"status"})["units"][0]["state"] == "edited");
}

TEST_CASE("prisma 6 and 7 themselves: what they refuse before they ask a database") {
    PrismaShop seven(7);
    seven.migration(kInit, kUsers);
    own(seven, {"db", "drop"}, 1, "Unknown command");
    own(seven, {"migrate", "status", "--frobnicate"}, 1, "--frobnicate");
    const std::string config = seven.tree.read("prisma.config.ts"),
                      schema = seven.tree.read("prisma/schema.prisma");
    seven.tree.write("prisma.config.ts", "export default { schema: 'prisma/schema.prisma' };\n");
    own(seven, {"migrate", "status"}, 1, "datasource.url property is required");
    CHECK(seven.document({"status"}, 2)["units"][0]["error"]["code"] == "target.unresolved");
    seven.tree.write("prisma.config.ts", config);
    seven.tree.write("prisma/schema.prisma",
                     std::string(schema).insert(schema.find("}"), "  url = env(\"DATABASE_URL\")\n"));
    own(seven, {"migrate", "status"}, 1, "P1012");
    CHECK(seven.document({"status"}, 2)["units"][0]["error"]["code"] == "tool.layout");
    for (int major : {6, 7}) {
        PrismaShop shop(major);
        shop.migration(kInit, kUsers);
        shop.tree.remove("prisma/schema.prisma");
        own(shop, {"migrate", "status"}, 1, "schema");
        CHECK(shop({"run"}).status == (major == 6 ? 2 : 1));  // where 7's database is says the configuration
        CHECK(shop.columns().empty());
    }
}
