// `plan --sql`: a script for a review, and nothing is executed.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"

using namespace migrate;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;

namespace {

const Tree::Files kShop{
    {".env", "DATABASE_URL=sqlite:shop.db\n"},
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT);\n"
     "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; SELECT 2; END;\n"
     "-- DOWN\nDROP TABLE users;\n"},
    {"migrations/20240102000000_vacuum.sql", "-- UP transaction:false\nVACUUM;\n-- DOWN\nSELECT 1;\n"},
};

}  // namespace

TEST_CASE("plan run --sql prints the statements that would run, each below what it belongs to") {
    Tree repo(kShop);
    Ran ran = migrate_in(repo, {"plan", "run", "--sql", "-q"});
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.out ==
          "-- .:sql  step 1: apply 20240101000000_users.sql; makes the table _migrations\n"
          "-- in one transaction with its row in the history\n"
          "CREATE TABLE users (id INT);\n"
          "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; SELECT 2; END;\n"
          "\n"
          "-- .:sql  step 2: apply 20240102000000_vacuum.sql; not in a transaction: the file asks for no "
          "transaction\n"
          "VACUUM;\n"
          "\n");
    CHECK_FALSE(std::filesystem::exists(repo.path("shop.db")));
}

TEST_CASE("plan rollback --sql prints the way back, from the stored text where the file is gone") {
    Tree repo(kShop);
    REQUIRE(migrate_in(repo, {"run", "--steps", "1"}).status == 0);
    repo.remove("migrations/20240101000000_users.sql");
    Ran ran = migrate_in(repo, {"plan", "rollback", "--sql", "--json", "-q"});
    const Json document = Json::parse(ran.out);
    CHECK(says(document["units"][0]["text"].get<std::string>(), "DROP TABLE users;"));
    CHECK(says(migrate_in(repo, {"status"}).out, "applied"));
}

TEST_CASE("plan --sql of a tool whose migrations are code says that the SQL is not known before") {
    Tree repo{{"package.json", R"({"dependencies": {"knex": "3.1.0", "better-sqlite3": "11.0.0"}})"},
              {"knexfile.js",
               "module.exports = {client: 'better-sqlite3', connection: {filename: 'x.db'}, "
               "useNullAsDefault: true}\n"},
              {"migrations/20240101000000_a.js",
               "exports.up = k => k.schema.createTable('a', t => t.increments())\n"
               "exports.down = k => k.schema.dropTable('a')\n"}};
    Ran ran = migrate_in(repo, {"plan", "run", "--sql", "-q"});
    CHECK(ran.status == 0);
    CHECK(says(ran.out, "-- not known before it runs: Knex"));
}

TEST_CASE("plan run --sql of Prisma is the text of its pending files") {
    Tree repo{
        {"package.json", R"({"devDependencies": {"prisma": "6.19.3"}})"},
        {"prisma/schema.prisma", "datasource db {\n  provider = \"sqlite\"\n  url = \"file:./x.db\"\n}\n"},
        {"prisma/migrations/20240101000000_a/migration.sql", "CREATE TABLE a (id INTEGER);\n"},
        {"prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n"}};
    Ran ran = migrate_in(repo, {"plan", "run", "--sql", "-q"});
    CHECK(says(ran.out,
               "-- from prisma/migrations/20240101000000_a/migration.sql\nCREATE TABLE a (id INTEGER);\n"));
}
