// kill -9 of `migrate`, and of Knex, at work.
#include "tests/e2e/halfway/killed.hpp"
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

std::string calls(const Words& statements) {
    std::string text;
    for (const auto& one : statements) text += "await sql('" + one + "'); ";
    return text;
}

Killed killed_of(Shop& shop) {
    return {.tree = shop.tree,
            .environment = shop.environment,
            .connection = shop.database,
            .write = [&shop](const Words& up,
                             const Words& down) { shop.does(9, "half", calls(up), calls(down)); },
            .id = shop.id(9, "half")};
}

}  // namespace

TEST_CASE("Knex: `run` and `rollback` killed in the middle of a migration") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        CAPTURE(to_string(engine));
        Shop shop({"knex-3", engine});
        is_killed_in_its_middle(killed_of(shop));
    }
}

TEST_CASE("Knex: `run` killed at any moment") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        CAPTURE(to_string(engine));
        Shop shop({"knex-3", engine});
        is_killed_anywhere(killed_of(shop), 4, 1500);
    }
}

TEST_CASE("Knex: `deploy` to a production database killed at each of its steps") {
    Shop shop({"knex-3", Engine::postgresql});
    // Knex reads its configuration before its work, and ends behind it.
    shop.tree.write(shop.config(),
                    "const fs = require('fs');\nconst pause = (name) => {\n  if (!process.argv.includes("
                    "'migrate:latest') || !fs.existsSync(name)) return;\n  fs.writeFileSync('waits', '');\n  "
                    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000);\n};\n"
                    "pause('wait-before');\nprocess.on('exit', () => pause('wait-behind'));\n" +
                        shop.tree.read(shop.config()));
    deploy_is_killed_at_each_step(killed_of(shop),
                                  "DELETE FROM knex_migrations WHERE name = '" + shop.id(9, "half") + "'");
}
