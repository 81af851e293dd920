// A migration of Flyway or of raw SQL whose second statement of three fails.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "tests/e2e/halfway/broken.hpp"
#include "tests/e2e/sqlcore/repo.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

constexpr Engine kEngines[] = {Engine::postgresql, Engine::mariadb, Engine::sqlite};

std::string script(const Words& statements) {
    std::string text;
    for (const auto& one : statements) text += one + ";\n";
    return text;
}

}  // namespace

TEST_CASE("Flyway: a migration that fails in its middle is understood and undone") {
    for (const char* version : {"11.8.2"})
        for (const Engine engine : kEngines) {
            CAPTURE(version);
            CAPTURE(to_string(engine));
            const bool file = engine == Engine::sqlite;
            Tree tree{
                {"flyway.conf", std::string("flyway.url=${SHOP_URL}\nflyway.locations=filesystem:sql\n") +
                                    (file ? "" : "flyway.user=${SHOP_USER}\n")},
                {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"}};
            Connection connection;
            connection.engine = Engine::sqlite;
            connection.database = tree.path("shop.db").string();
            if (engine == Engine::postgresql) connection = PostgresServer::shared().fresh_database();
            if (engine == Engine::mariadb) connection = MariaDbServer::shared().fresh_database();
            std::map<std::string, std::string> environment{
                {"PATH", test_tool(std::string("flyway/") + version).string() + ":" + std::getenv("PATH")},
                {"SHOP_URL", file ? "jdbc:sqlite:" + connection.database : flyway::jdbc_url(connection)}};
            if (!file) {
                environment["SHOP_USER"] = connection.user;
                environment["FLYWAY_PASSWORD"] = connection.password;
            }
            const bool stays = engine == Engine::mariadb;
            fails_in_its_middle(
                {.migrate = [&](Words words) { return migrate_in(tree, std::move(words), environment); },
                 .connection = connection,
                 .write =
                     [&](const Words& statements) { tree.write("sql/V9__half.sql", script(statements)); },
                 .id = "V9__half.sql",
                 .stays = stays,
                 .recorded = stays});
        }
}

TEST_CASE("raw SQL: a migration that fails in its middle is understood and undone") {
    const Tree::Files files{{"migrations/20240101000000_users.sql", "-- UP\nCREATE TABLE users (id INT);\n"}};
    for (const Engine engine : kEngines) {
        CAPTURE(to_string(engine));
        Repo repo = engine == Engine::sqlite       ? Repo(files)
                    : engine == Engine::postgresql ? Repo(PostgresServer::shared(), files)
                                                   : Repo(MariaDbServer::shared(), files);
        const bool stays = engine == Engine::mariadb;
        fails_in_its_middle({.migrate = [&](Words words) { return repo.migrate(std::move(words)); },
                             .connection = repo.connection,
                             .write =
                                 [&](const Words& statements) {
                                     repo.tree.write("migrations/20240109000000_half.sql",
                                                     "-- UP\n" + script(statements));
                                 },
                             .id = "20240109000000_half.sql",
                             .stays = stays,
                             .recorded = stays});
    }
}
