// What failed for something that passes by itself, and left nothing behind, is tried again.
#include <atomic>
#include <thread>

#include "tests/e2e/locks/waiting.hpp"
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Tree::Files kTwo{{"migrations/20240101000000_users.sql", "-- UP\nCREATE TABLE users (id INT);\n"},
                       {"migrations/20240102000000_name.sql",
                        "-- UP\nCREATE TABLE extra (id INT);\nALTER TABLE users ADD COLUMN name TEXT;\n"}};

}  // namespace

TEST_CASE("PostgreSQL: a file that met a lock is tried again, and goes through once the lock is gone") {
    const Repo repo(PostgresServer::shared(), kTwo);
    REQUIRE(repo.migrate({"run", "--steps", "1"}).status == 0);
    Blocker blocker(repo.connection, "users");
    auto gone = blocker.goes_after_one_try();
    const Ran run = repo.migrate({"run"});
    gone.get();
    CHECK_RAN(run, run.status == 0);
    CHECK_RAN(run, says(run, "due to lock timeout; the lock is probably held by session "));
    CHECK_RAN(run, says(run, "nothing was changed: tried again in "));
    CHECK_RAN(run, says(run, "(1 of 3)"));
    CHECK(columns_of(repo.connection, "users").size() == 2);
}

TEST_CASE("PostgreSQL: without time to wait a lock is status 6, and nothing of the file is there") {
    const Repo repo(PostgresServer::shared(), kTwo);
    REQUIRE(repo.migrate({"run", "--steps", "1"}).status == 0);
    Blocker blocker(repo.connection, "users");
    const Ran run = repo.migrate({"run", "--wait", "0s", "--json"});
    CHECK_RAN(run, run.status == 6);
    CHECK_RAN(run, says(run, "\"target.busy\""));
    CHECK_RAN(run, says(run, "\"changed\": \"nothing\""));
    CHECK_FALSE(repo.has_table("extra"));
    CHECK(blocker.is_untouched());
}

TEST_CASE("MariaDB: a file of which something was done is never tried again by itself") {
    const Repo repo(MariaDbServer::shared(), kTwo);
    REQUIRE(repo.migrate({"run", "--steps", "1"}).status == 0);
    Blocker blocker(repo.connection, "users");
    const Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK_RAN(run, says(run, "Lock wait timeout exceeded"));
    CHECK_FALSE(says(run, "tried again"));
    CHECK(repo.has_table("extra"));
    CHECK(blocker.is_untouched());
}

TEST_CASE("MariaDB: a file whose first statement met a lock has done nothing, and is tried again") {
    const Repo repo(MariaDbServer::shared(),
                    {{"migrations/20240101000000_users.sql", "-- UP\nCREATE TABLE users (id INT);\n"},
                     {"migrations/20240102000000_name.sql",
                      "-- UP\nALTER TABLE users ADD COLUMN name TEXT;\nCREATE TABLE extra (id INT);\n"}});
    REQUIRE(repo.migrate({"run", "--steps", "1"}).status == 0);
    Blocker blocker(repo.connection, "users");
    const Ran now = repo.migrate({"run", "--wait", "0s"});
    CHECK_RAN(now, now.status == 6);
    CHECK_RAN(now, says(now, "the lock is probably held by session "));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "1");
    auto run = std::async(std::launch::async, [&] { return repo.migrate({"run"}); });
    std::this_thread::sleep_for(std::chrono::seconds(6));
    blocker.end();
    const Ran ran = run.get();
    CHECK_RAN(ran, ran.status == 0);
    CHECK(columns_of(repo.connection, "users").size() == 2);
    CHECK(repo.has_table("extra"));
}

TEST_CASE("a server that has no session free is asked again for a while") {
    Server& server = PostgresServer::shared();
    Connection connection = server.fresh_database();
    execute(connection, {"DROP ROLE IF EXISTS alone",
                         "CREATE ROLE alone LOGIN PASSWORD 'app-secret' CONNECTION "
                         "LIMIT 1"});
    connection.user = "alone";
    auto first = connect(connection);
    auto leaves = std::async(std::launch::async, [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        first.reset();
    });
    const auto second = db::open(connection, {});
    CHECK_MESSAGE(second.has_value(), (second ? "" : second.error().message));
    leaves.get();
    const auto third = db::open(connection, {.connect_timeout_s = 1});
    REQUIRE_FALSE(third);
    CHECK(third.error().code == "target.unreachable");
    CHECK(says(third.error().message, "takes no connection now"));
}
