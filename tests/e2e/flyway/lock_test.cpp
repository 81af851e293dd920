// A script that would wait for a lock gives up in time, with the real command line.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string columns_of_users(const Connection& connection) {
    auto rows = connect(connection)
                    ->query(
                        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND "
                        "'" +
                        connection.database + "' IN (table_catalog, table_schema)");
    REQUIRE(rows);
    return rows->rows[0][0].value_or("");
}

/// The second script changes `users` while another session holds it.
void gives_up(const std::string& version, const Connection& database) {
    CAPTURE(version);
    Tree tree{{"flyway.conf",
               "flyway.url=${SHOP_URL}\nflyway.user=${SHOP_USER}\nflyway.locations=filesystem:sql\n"},
              {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"},
              {"sql/V2__name.sql", "ALTER TABLE users ADD COLUMN name VARCHAR(9);\n"}};
    std::map<std::string, std::string> environment{
        {"PATH", test_tool("flyway/" + version).string() + ":" + std::getenv("PATH")},
        {"SHOP_URL", flyway::jdbc_url(database)},
        {"SHOP_USER", database.user},
        {"FLYWAY_PASSWORD", database.password}};
    const Ran first = migrate_in(tree, {"run", "--to", "1"}, environment);
    REQUIRE_MESSAGE(first.status == 0, all_of(first));

    auto blocker = connect(database);
    REQUIRE(blocker->execute("BEGIN"));
    REQUIRE(blocker->query("SELECT * FROM users"));
    const Ran ran = migrate_in(tree, {"run", "--wait", "0s"}, environment);
    const bool postgresql = database.engine == Engine::postgresql;
    CHECK_MESSAGE(ran.status == (postgresql ? 6 : 1), all_of(ran));
    CHECK_MESSAGE(says(ran, postgresql ? "lock timeout" : "Lock wait timeout"), all_of(ran));
    CHECK(columns_of_users(database) == "1");
    REQUIRE(blocker->execute("ROLLBACK"));

    if (!postgresql) {
        const Ran resolved =
            migrate_in(tree, {"resolve", "--rolled-back", "V2__name.sql", "--yes"}, environment);
        CHECK_MESSAGE(resolved.status == 0, all_of(resolved));
    }
    // What a user sets himself counts.
    environment["FLYWAY_INIT_SQL"] = "SELECT 1";
    const Ran later = migrate_in(tree, {"run"}, environment);
    CHECK_MESSAGE(later.status == 0, all_of(later));
    CHECK(columns_of_users(database) == "2");
}

}  // namespace

TEST_CASE("Flyway gives up behind a lock in time, and the same command goes on later") {
    for (const char* version : {"9.22.3", "11.8.2"})
        gives_up(version, PostgresServer::shared().fresh_database());
    gives_up("10.22.0", MariaDbServer::shared().fresh_database());
}
