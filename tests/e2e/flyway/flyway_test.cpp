// Flyway's command line through the real binary, on real databases.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "run/process.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

bool has_table(const Connection& connection, std::string_view table) {
    auto found = connect(connection)->table_exists("", std::string(table));
    REQUIRE(found);
    return *found;
}

/// Scripts whose checksums are easily computed wrong: byte order mark and CR LF, no last line end, a
/// repeatable.
Tree::Files scripts() {
    return {{"flyway.conf",
             "flyway.url=${SHOP_URL}\nflyway.user=${SHOP_USER}\nflyway.locations=filesystem:sql\n"},
            {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"},
            {"sql/V2__posts.sql",
             "\xEF\xBB\xBF"
             "CREATE TABLE posts (\r\n  id INT PRIMARY KEY\r\n);\r\n"},
            {"sql/V2.1__tags.sql", "CREATE TABLE tags (id INT PRIMARY KEY);\n\n-- t\xC3\xA4gs"},
            {"sql/U2.1__tags.sql", "DROP TABLE tags;\n"},
            {"sql/R__names.sql", "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT id FROM users;\n"}};
}

/// A project for one version of the command line, which is found on PATH.
class Shop {
  public:
    Shop(const std::string& version, const Connection& connection, const Tree::Files& files = scripts())
        : tree(files), connection(connection), program(test_tool("flyway/" + version) / "flyway") {
        std::string url = flyway::jdbc_url(connection);
        environment = {{"PATH", program.parent_path().string() + ":" + std::getenv("PATH")},
                       {"SHOP_URL", url},
                       {"SHOP_USER", connection.user},
                       {"FLYWAY_PASSWORD", connection.password}};
    }

    Ran migrate(std::vector<std::string> arguments) const {
        return migrate_in(tree, std::move(arguments), environment);
    }

    Ran flyway(std::vector<std::string> arguments) const {
        ProcessSpec spec;
        spec.argv = {program.string()};
        spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
        spec.cwd = tree.path();
        spec.env = {{"HOME", tree.path(".home").string()}};
        for (const auto& [name, value] : environment) spec.env[name] = value;
        spec.keep = 1u << 20;
        spec.timeout = std::chrono::seconds(120);
        ProcessResult done = run_process(spec);
        return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(),
                done.err.text()};
    }

    Tree tree;
    Connection connection;
    std::filesystem::path program;
    std::map<std::string, std::string> environment;
};

void up_and_down(const std::string& version, const Connection& connection) {
    Shop shop(version, connection);
    Ran status = shop.migrate({"status"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "uninitialised"));
    CHECK(says(status, version));  // no file of the project says it
    CHECK_FALSE(has_table(connection, "flyway_schema_history"));

    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(says(run, "applied  V2.1__tags.sql"));
    CHECK(says(run, "applied  R__names.sql"));
    CHECK(has_table(connection, "tags"));
    CHECK_FALSE(shop.tree.exists("report.html"));

    // Checksums of ours that differed from Flyway's would make these "edited".
    Ran after = shop.migrate({"status", "--json"});
    CHECK(says(after, "\"state\": \"current\""));
    CHECK(says(after, "\"edited_known\": true"));
    CHECK(says(shop.migrate({"run"}), "nothing to do"));

    Ran back = shop.migrate({"rollback", "--yes"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK_FALSE(has_table(connection, "tags"));
    CHECK(says(shop.migrate({"status"}), "V2.1__tags.sql"));
    CHECK(says(shop.migrate({"history"}), "V2__posts.sql"));

    shop.tree.write("sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY, name INT);\n");
    Ran edited = shop.migrate({"status"});
    CHECK(says(edited, "edited"));
    Ran refused = shop.migrate({"run"});
    CHECK(refused.status == 2);
    CHECK(says(refused, "migration.edited"));
    Ran native = shop.flyway({"validate", "-ignoreMigrationPatterns=*:pending,*:future"});
    CHECK(native.status != 0);  // the tool says the same
    CHECK(says(native, std::to_string(flyway::checksum_of(shop.tree.read("sql/V1__users.sql")))));
    Ran taken = shop.migrate({"resolve", "--edited", "V1__users.sql", "--yes"});
    CHECK_MESSAGE(taken.status == 0, all_of(taken));
    CHECK_FALSE(says(shop.migrate({"status"}), "edited"));
    for (const Ran& ran : {status, run, after, back, edited, refused, taken})
        CHECK_FALSE(says(ran, connection.password));
}

}  // namespace

TEST_CASE("Flyway 9.22.3 goes up and back on PostgreSQL") {
    up_and_down("9.22.3", PostgresServer::shared().fresh_database());
}
TEST_CASE("Flyway 10.22.0 goes up and back on MariaDB") {
    up_and_down("10.22.0", MariaDbServer::shared().fresh_database());
}
TEST_CASE("Flyway 11.8.2 goes up and back on PostgreSQL") {
    up_and_down("11.8.2", PostgresServer::shared().fresh_database());
}

TEST_CASE("Flyway: --to and --steps name versions, on SQLite") {
    Tree::Files files = scripts();
    files.erase("sql/R__names.sql");
    Connection file;
    file.engine = Engine::sqlite;
    Shop shop("11.8.2", file, files);
    shop.connection.database = shop.tree.path("shop.db").string();
    shop.environment["SHOP_URL"] = "jdbc:sqlite:" + shop.connection.database;
    shop.environment.erase("SHOP_USER");
    shop.environment.erase("FLYWAY_PASSWORD");
    shop.tree.write("flyway.conf", "flyway.url=${SHOP_URL}\nflyway.locations=filesystem:sql\n");
    CHECK(says(shop.migrate({"status"}), "uninitialised"));
    CHECK_FALSE(shop.tree.exists("shop.db"));
    Ran one = shop.migrate({"run", "--to", "1"});
    CHECK_MESSAGE(one.status == 0, all_of(one));
    CHECK(says(one, "applied  V1__users.sql"));
    CHECK_FALSE(says(one, "applied  V2__posts.sql"));
    Ran two = shop.migrate({"run", "--steps", "1"});
    CHECK_MESSAGE(two.status == 0, all_of(two));
    CHECK(says(two, "applied  V2__posts.sql"));
    CHECK_FALSE(says(two, "applied  V2.1__tags.sql"));
    Ran none = shop.migrate({"rollback", "--yes", "-u", ".:flyway"});
    CHECK(none.status == 2);  // there is no U file for version 2
    CHECK(says(none, "verb.unsupported"));
}

TEST_CASE("Flyway: plan --sql prints the pending files, and diff says whether applied ones were changed") {
    Connection connection = PostgresServer::shared().fresh_database();
    Shop shop("11.8.2", connection);
    Ran all = shop.migrate({"plan", "run", "--sql"});
    CHECK_MESSAGE(all.status == 0, all_of(all));
    CHECK(all.out.find("CREATE TABLE users") < all.out.find("CREATE TABLE posts"));
    CHECK(all.out.find("CREATE VIEW names") != std::string::npos);
    CHECK_FALSE(has_table(connection, "flyway_schema_history"));
    REQUIRE(shop.migrate({"run"}).status == 0);
    Ran back = shop.migrate({"plan", "rollback", "--sql"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK(back.out.find("DROP TABLE tags") != std::string::npos);
    CHECK(has_table(connection, "tags"));

    Ran same = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(same.status == 0, all_of(same));
    shop.tree.write("sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY, name INT);\n");
    Ran changed = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(changed.status == 3, all_of(changed));
    CHECK(says(changed, "checksum"));
    for (const Ran& ran : {all, back, same, changed}) CHECK_FALSE(says(ran, connection.password));
}

TEST_CASE("Flyway on MariaDB: a failure is recorded, said with its line, and resolved") {
    Connection connection = MariaDbServer::shared().fresh_database();
    Tree::Files files = scripts();
    files["sql/V3__bad.sql"] = "CREATE TABLE half (id INT);\nSELECT * FROM nowhere;\n";
    Shop shop("11.8.2", connection, files);
    Ran run = shop.migrate({"run"});
    CHECK(run.status == 1);
    CHECK(says(run, "applied  V2.1__tags.sql"));
    CHECK(says(run, "sql/V3__bad.sql:2"));
    CHECK(says(shop.migrate({"status"}), "failed"));
    CHECK(has_table(connection, "half"));
    CHECK(says(shop.migrate({"resolve"}), "resolve --rolled-back V3__bad.sql"));
    Ran blocked = shop.migrate({"run"});
    CHECK(blocked.status == 2);
    CHECK(says(blocked, "migration.failed"));
    shop.tree.write("sql/V3__bad.sql", "CREATE TABLE IF NOT EXISTS half (id INT);\n");
    Ran resolved = shop.migrate({"resolve", "--rolled-back", "V3__bad.sql", "--yes"});
    CHECK_MESSAGE(resolved.status == 0, all_of(resolved));
    Ran again = shop.migrate({"run"});
    CHECK_MESSAGE(again.status == 0, all_of(again));
    CHECK(says(shop.migrate({"status"}), "current"));
    for (const Ran& ran : {run, blocked, resolved, again}) CHECK_FALSE(says(ran, connection.password));
}

TEST_CASE("Flyway: adopting a database, production refused, a server that is not there") {
    Connection connection = PostgresServer::shared().fresh_database();
    execute(connection, {"CREATE TABLE users (id INT PRIMARY KEY)"});
    Shop shop("10.22.0", connection);
    Ran baseline = shop.migrate({"baseline", "--to", "1", "--yes"});
    CHECK_MESSAGE(baseline.status == 0, all_of(baseline));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK_FALSE(says(run, "applied  V1__users.sql"));
    CHECK(has_table(connection, "posts"));

    execute(PostgresServer::shared().admin(), {"CREATE DATABASE flyway_prod"});
    Connection production = connection;
    production.database = "flyway_prod";
    Shop live("10.22.0", production);
    Ran refused = live.migrate({"run", "--yes"});
    CHECK(refused.status == 4);
    Ran reset = live.migrate({"reset", "--yes"});
    CHECK(reset.status == 4);
    CHECK(says(reset, "policy.refused"));
    CHECK_FALSE(has_table(production, "flyway_schema_history"));

    live.environment["SHOP_URL"] = "jdbc:postgresql://127.0.0.1:1/shop";
    Ran nobody = live.migrate({"status"});
    CHECK(nobody.status == 1);
    CHECK(says(nobody, "target.unreachable"));
    CHECK_FALSE(says(nobody, production.password));
}
