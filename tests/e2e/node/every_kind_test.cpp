// Every version of Knex, TypeORM and sequelize-cli on every database that it is proven on, through the same
// days of a project's life.
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

void seeds(const Shop& shop) {
    if (shop.kind.is("typeorm")) {
        Ran none = shop.migrate({"seed", "-u", ".:typeorm", "--yes"});
        CHECK(none.status == 2);
        CHECK_MESSAGE(says(none, "TypeORM has no seeds"), all_of(none));
        return;
    }
    shop.must({"seed"});  // on empty tables a seed can only add
    CHECK(count(shop.database, "users") == "2");
    Ran unasked = shop.migrate({"seed"});
    CHECK_MESSAGE(unasked.status == 4, all_of(unasked));
    CHECK(count(shop.database, "users") == "2");
}

void compares(const Shop& shop) {
    Ran diff = shop.migrate({"diff", "--exit-code", "-u", "*"});
    CHECK_MESSAGE(diff.status == 0, all_of(diff));
    CHECK_MESSAGE(says(diff, shop.kind.is("typeorm") ? "no difference" : " cannot diff "), all_of(diff));
}

/// A migration is written, everything planned, applied, seeded, reverted and applied again. After each step
/// the database is looked at, and `status` must agree.
void goes_round(const Shop& shop) {
    CHECK(says(shop.must({"status"}), "uninitialised"));
    Words write{"generate", "add email"};
    if (shop.kind.is("typeorm")) write.emplace_back("--empty");
    Ran written = shop.must(write);
    CHECK_MESSAGE(says(written, "wrote    migrations/"), all_of(written));
    Ran plan = shop.must({"plan", "run"});
    CHECK_MESSAGE(says(plan, "apply 3 migrations"), all_of(plan));
    Ran sql = shop.must({"plan", "run", "--sql"});
    CHECK_MESSAGE(says(sql, "-- not known before it runs"), all_of(sql));
    if (shop.kind.engine != Engine::sqlite) CHECK_FALSE(has_table(shop.database, "users"));

    Ran run = shop.must({"run"});
    CHECK(has_table(shop.database, "users"));
    CHECK(has_table(shop.database, "posts"));
    CHECK(says(shop.must({"status"}), "current"));
    seeds(shop);

    Ran back = shop.must({"rollback", "--steps", "2", "--yes"});
    CHECK_FALSE(has_table(shop.database, "posts"));
    CHECK(has_table(shop.database, "users"));
    Ran pending = shop.must({"status"});
    CHECK_MESSAGE(says(pending, "pending        2"), all_of(pending));
    shop.must({"run"});
    CHECK(has_table(shop.database, "posts"));
    CHECK(says(shop.must({"run"}), "nothing to do"));
    shop.must({"redo", "--yes"});
    CHECK(says(shop.must({"status"}), "current"));
    compares(shop);

    for (const Ran& ran : {plan, sql, run, back, pending})
        if (!shop.database.password.empty()) CHECK_FALSE(says(ran, shop.database.password));
}

/// What a failing migration leaves is what the tool's transactions say, and `status` knows.
void fails_and_is_mended(Shop& shop) {
    const std::string bad = shop.id(4, "bad");
    shop.does(4, "bad",
              "await sql('CREATE TABLE half (id int)'); await sql('INSERT INTO nowhere VALUES (1)');");
    Ran failed = shop.migrate({"run"});
    CHECK_MESSAGE(failed.status == 1, all_of(failed));
    CHECK_MESSAGE(says(failed, bad + ": "), all_of(failed));
    CHECK_MESSAGE(says(failed, "nowhere"), all_of(failed));
    CHECK_MESSAGE(says(failed, "left     " + bad), all_of(failed));
    CHECK(says(shop.must({"status"}), "pending        1"));
    const bool stays = shop.kind.is("sequelize") || shop.kind.engine == Engine::mariadb;
    CHECK(has_table(shop.database, "half") == stays);
    shop.does(4, "bad", "await sql('CREATE TABLE IF NOT EXISTS half (id int)');");
    shop.must({"run"});
    CHECK(says(shop.must({"status"}), "current"));
}

void is_unreachable(Shop& shop) {
    if (shop.kind.engine == Engine::sqlite) return;
    const bool postgresql = shop.kind.engine == Engine::postgresql;
    says_unreachable(
        shop, std::string(postgresql ? "postgresql" : "mysql") + "://app:hidden-word@127.0.0.1:1/shop");
}

}  // namespace

TEST_CASE("every version of Knex, TypeORM and sequelize-cli goes up, back and up again on every database") {
    for (const Kind& kind : every_kind()) {
        CAPTURE(kind);
        goes_round(Shop(kind));
    }
}

TEST_CASE(
    "every version of Knex, TypeORM and sequelize-cli: a failing migration, an edited file, no server") {
    for (const Kind& kind : every_kind()) {
        CAPTURE(kind);
        Shop shop(kind);
        shop.must({"run"});
        fails_and_is_mended(shop);
        says_edits_are_unknown(shop, shop.file(1, "users"));
        is_unreachable(shop);
    }
}

TEST_CASE(
    "no version of Knex, TypeORM and sequelize-cli changes production, whatever the command line says") {
    int n = 0;
    for (const Kind& kind : every_kind()) {
        CAPTURE(kind);
        if (kind.engine == Engine::sqlite) {
            Shop shop(kind);
            const std::string config = shop.config();
            std::string text = shop.tree.read(config);
            text.replace(text.find("dev.sqlite3"), 3, "prod");
            shop.tree.write(config, text);
            shop.database.database = shop.tree.path("prod.sqlite3").string();
            shop.tree.write("prod.sqlite3", "");
            refuses_production(shop, shop.database, !kind.is("typeorm"));
            continue;
        }
        const std::string name = "shop_" + std::to_string(++n) + "_prod";
        Server& server = kind.engine == Engine::postgresql ? static_cast<Server&>(PostgresServer::shared())
                                                           : static_cast<Server&>(MariaDbServer::shared());
        Shop shop(kind, on(server, name));
        refuses_production(shop, shop.database, !kind.is("typeorm"));
    }
}
