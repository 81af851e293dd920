// What `doctor` sees of locks and drivers, with no tool started: the tools' own programs are stand-ins here.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/guarantee/projects.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Knowledge& knowledge_of(std::string_view tool) {
    const auto& all = knowledge();
    return *std::find_if(all.begin(), all.end(), [&](const Knowledge& one) { return one.tool == tool; });
}

Connection database_of(const GuardedProject& project) {
    Connection connection = PostgresServer::shared().admin();
    connection.database = project.database;
    return connection;
}

}  // namespace

TEST_CASE("doctor names a lock that a killed run left, or that a session holds, and what frees it") {
    GuardedProject knex(knowledge_of("knex"), "doctor"), prisma(knowledge_of("prisma"), "doctor");
    auto doctor = [](const GuardedProject& project) {
        return migrate_in(project.tree, {"doctor"}, project.environment);
    };
    CHECK_FALSE(says(doctor(knex), "own lock"));
    execute(database_of(knex), {"UPDATE knex_migrations_lock SET is_locked = 1"});
    const Ran left = doctor(knex);
    CHECK_MESSAGE(left.status == 3, all_of(left));
    CHECK_MESSAGE(says(left, "migrate resolve --unlock"), all_of(left));

    CHECK_FALSE(says(doctor(prisma), "own lock"));
    auto holder = connect(database_of(prisma));
    REQUIRE(holder->query("SELECT pg_advisory_lock(72707369)"));
    const auto number = holder->query("SELECT pg_backend_pid()")->rows[0][0].value_or("");
    const Ran held = doctor(prisma);
    CHECK_MESSAGE(held.status == 3, all_of(held));
    CHECK_MESSAGE(says(held, "own lock is held by session " + number), all_of(held));
    CHECK_MESSAGE(says(held, "pg_terminate_backend(" + number + ")"), all_of(held));
    holder.reset();
    CHECK_FALSE(says(doctor(prisma), "own lock"));
}

TEST_CASE("doctor names the driver that a tool would load and that is not installed") {
    GuardedProject knex(knowledge_of("knex"), "driver");
    const Ran missing = migrate_in(knex.tree, {"doctor"}, knex.environment);
    CHECK_MESSAGE(missing.status == 3, all_of(missing));
    CHECK_MESSAGE(says(missing, "loads for pg is not installed: pg"), all_of(missing));
    knex.tree.write("node_modules/pg/package.json", R"({"name": "pg", "version": "8.0.0"})");
    CHECK_FALSE(says(migrate_in(knex.tree, {"doctor"}, knex.environment), "not installed"));
    CHECK(knex.started().empty());
}

TEST_CASE("doctor names golang-migrate's dirty flag as what it is: a migration that stopped half way") {
    const Connection shop = PostgresServer::shared().fresh_database();
    execute(shop,
            {"CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
             "INSERT INTO schema_migrations VALUES (2, true)"});
    Tree tree{{"migrations/000001_a.up.sql", "SELECT 1;\n"},
              {"migrations/000001_a.down.sql", "SELECT 1;\n"},
              {"migrations/000002_b.up.sql", "CREATE TABLE b (id INT);\n"},
              {"migrations/000002_b.down.sql", "DROP TABLE b;\n"}};
    const Ran doctor = migrate_in(tree, {"doctor"}, {{"DATABASE_URL", PostgresServer::shared().url(shop)}});
    CHECK_MESSAGE(doctor.status == 3, all_of(doctor));
    CHECK_MESSAGE(says(doctor, "2 stopped half way"), all_of(doctor));
    CHECK_MESSAGE(says(doctor, "next: migrate resolve -u "), all_of(doctor));
}
