// A migration of Knex, TypeORM, sequelize-cli, Drizzle or Prisma whose second statement of three fails.
#include "tests/e2e/drizzle/shop.hpp"
#include "tests/e2e/halfway/broken.hpp"
#include "tests/e2e/node/shops.hpp"
#include "tests/e2e/prisma/shop.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

/// On what the first half of a failing migration stays. sequelize-cli makes no transaction of its own.
bool stays(const Kind& kind) {
    return kind.is("sequelize") || kind.engine == Engine::mariadb;
}

Broken broken_by(Shop& shop) {
    return {.migrate = [&](Words words) { return shop.migrate(std::move(words)); },
            .connection = shop.database,
            .write =
                [&](const Words& statements) {
                    std::string up;
                    for (const auto& one : statements) up += "await sql('" + one + "'); ";
                    shop.does(9, "half", up);
                },
            .id = shop.id(9, "half"),
            .stays = stays(shop.kind)};
}

}  // namespace

TEST_CASE("Knex, TypeORM and sequelize-cli: a migration that fails in its middle is understood and undone") {
    for (const char* tool : {"knex-3", "typeorm-0.3", "sequelize-6"})
        for (const Engine engine : {Engine::postgresql, Engine::mariadb, Engine::sqlite}) {
            const Kind kind{tool, engine};
            CAPTURE(kind);
            Shop shop(kind);
            fails_in_its_middle(broken_by(shop));
        }
}

TEST_CASE(
    "Knex on MariaDB: what a half-done migration has made and holds rows by now is not dropped by --yes") {
    Shop shop({"knex-3", Engine::mariadb});
    holds_rows_by_now(broken_by(shop));
}

TEST_CASE("Drizzle: a migration that fails in its middle is understood and undone") {
    for (const char* version : {"0.20", "0.31", "1.0"})
        for (const Engine engine : {Engine::postgresql, Engine::mariadb, Engine::sqlite}) {
            CAPTURE(version);
            CAPTURE(to_string(engine));
            DrizzleShop shop(version, engine);
            REQUIRE(shop({"generate", "init"}).status == 0);
            REQUIRE(shop({"run"}).status == 0);
            const auto written = shop.document({"generate", "--empty", "half"});
            const std::string file = written["units"][0]["files"][0];
            REQUIRE_MESSAGE(file.ends_with(".sql"), written.dump(1));
            const std::string id = shop.document({"status"})["units"][0]["targets"][0]["pending"][0]["id"];
            shop.tree.write(file, "SELECT 1;\n");
            fails_in_its_middle({.migrate = [&](Words words) { return shop(std::move(words)); },
                                 .connection = shop.database,
                                 .write =
                                     [&](const Words& statements) {
                                         std::string text;
                                         for (const auto& one : statements)
                                             text += (text.empty() ? "" : "--> statement-breakpoint\n") +
                                                     one + ";\n";
                                         shop.tree.write(file, text);
                                     },
                                 .id = id,
                                 .stays = engine == Engine::mariadb,
                                 .ready = true});
        }
}

TEST_CASE(
    "Prisma over the stand-in engine, on PostgreSQL: a migration that fails in its middle is understood") {
    for (const int major : {5, 6, 7}) {
        CAPTURE(major);
        PrismaShop shop(major);
        shop.migration("20240101000000_init", "CREATE TABLE users (id int);\n");
        fails_in_its_middle({.migrate = [&](Words words) { return shop(std::move(words)); },
                             .connection = shop.database,
                             .write =
                                 [&](const Words& statements) {
                                     std::string text;
                                     for (const auto& one : statements) text += one + ";\n";
                                     shop.migration("20240109000000_half", text);
                                 },
                             .id = "20240109000000_half",
                             .recorded = true});
    }
}
