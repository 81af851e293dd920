// Raw SQL on a real MySQL 8; MariaDB is tested everywhere else.
#include <thread>

#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::MySqlServer;
using test::Ran;
using test::Repo;
using test::says;

namespace {

const test::Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, "
     "kind ENUM('a', 'b') NOT NULL DEFAULT 'a', data JSON, twice INT GENERATED ALWAYS AS (char_length(name) "
     "* 2) VIRTUAL, "
     "KEY users_name ((lower(name))));\n-- DOWN\nDROP TABLE users;\n"},
    {"migrations/20240102000000_code.sql",
     "-- UP\nDELIMITER //\nCREATE PROCEDURE fill(n INT)\nBEGIN\n  WHILE n > 0 DO\n    INSERT INTO users "
     "(name) "
     "VALUES (concat('u', n));\n    SET n = n - 1;\n  END WHILE;\nEND//\nDELIMITER ;\nCALL fill(3);\n"
     "CREATE VIEW names AS WITH n AS (SELECT name, row_number() OVER (ORDER BY id) AS place FROM users) "
     "SELECT * FROM n;\n-- DOWN\nDROP VIEW names;\nDROP PROCEDURE fill;\n"},
};

}  // namespace

TEST_CASE("MySQL 8: what is run is recorded, shown, printed as a schema, backed up and rolled back") {
    const Repo repo(MySqlServer::shared(), kShop);
    CHECK(repo.value("SELECT version()").starts_with("8."));
    CHECK(repo.value("SELECT plugin FROM mysql.user WHERE user = 'app'") == "caching_sha2_password");
    const Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.value("SELECT max(place) FROM names") == "3");
    const Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "current"));
    const Ran schema = repo.migrate({"schema"});
    CHECK_RAN(schema, schema.status == 0);
    CHECK_RAN(schema, says(schema, "CREATE TABLE `users`"));
    CHECK_RAN(schema, says(schema, "PROCEDURE `fill`"));
    CHECK(repo.migrate({"schema"}).out == schema.out);
    const Ran back = repo.migrate({"rollback", "--steps", "2", "--yes"});
    CHECK_RAN(back, back.status == 0);
    CHECK_FALSE(repo.has_table("users"));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "0");
}

TEST_CASE("MySQL 8: a file that fails half way is dirty, says how far it is, and is resumed") {
    Repo repo(MySqlServer::shared(), kShop);
    repo.tree.write("migrations/20240103000000_half.sql",
                    "-- UP\nCREATE TABLE a (id INT);\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE b (id "
                    "INT);\n-- DOWN\nDROP TABLE b;\nDROP TABLE a;\n");
    const Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status != 0);
    CHECK_RAN(run, says(run, "20240103000000_half.sql:3:"));
    const Ran again = repo.migrate({"run"});
    CHECK_RAN(again, says(again, "migration.dirty"));
    const Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "1 statement done"));
    test::execute(repo.connection, {"CREATE TABLE nowhere (id INT)"});
    const Ran resumed = repo.migrate({"resolve", "--resume", "--yes"});
    CHECK_RAN(resumed, resumed.status == 0);
    CHECK(repo.has_table("b"));
    CHECK(repo.value("SELECT count(*) FROM _migrations WHERE state = 'applied'") == "3");
}

TEST_CASE("MySQL 8: four runs at once apply each file once") {
    const Repo repo(MySqlServer::shared(), kShop);
    std::array<Ran, 4> ran;
    std::vector<std::thread> threads;
    for (Ran& one : ran) threads.emplace_back([&] { one = repo.migrate({"run"}); });
    for (std::thread& thread : threads) thread.join();
    for (const Ran& one : ran) CHECK_RAN(one, one.status == 0);
    CHECK(repo.value("SELECT count(*) FROM users") == "3");
}
