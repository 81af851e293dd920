// Sixteen runs at once, and the one at work is killed. Its second migration waits inside the database for
// something that the test holds, so who works is known, however slow the machine is.
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "tests/e2e/sqlcore/child.hpp"

using namespace migrate;
using test::Child;
using test::Ran;
using test::Repo;
using test::says;

namespace {

const char* kFirst = "-- UP\nCREATE TABLE t (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE t;\n";

struct Ends {
    int done = 0, killed = 0, refused = 0;
};

/// Kills the one, sets the others free and waits for all.
template <class SetFree>
Ends end_of(std::vector<Child>& children, pid_t winner, const SetFree& set_free) {
    REQUIRE(winner > 0);
    ::kill(winner, SIGKILL);
    // It is gone before the others go on.
    siginfo_t gone{};
    ::waitid(P_PID, static_cast<id_t>(winner), &gone, WEXITED | WNOWAIT);
    set_free();
    Ends ends;
    for (Child& child : children) {
        const int status = child.wait();
        const std::string said = child.output();
        const bool refused = said.find("migration.dirty") != std::string::npos;
        ends.done += status == 0;
        ends.killed += status == -SIGKILL;
        ends.refused += refused;
        if (status != 0 && status != -SIGKILL && !refused) MESSAGE(said);
    }
    return ends;
}

/// Which child's session sends the query; asked until one does. A server under sixteen new connections may
/// take its time, so the limit is generous.
pid_t sender(db::Database& database, const std::string& query_for_port, const std::vector<Child>& children) {
    for (int i = 0; i < 20'000; ++i) {
        auto found = database.query(query_for_port);
        REQUIRE_MESSAGE(found, found.error().message);
        if (!found->rows.empty()) {
            const std::string& client = *found->rows[0][0];
            return test::process_of_port(std::atoi(client.substr(client.rfind(':') + 1).c_str()), children);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    return 0;
}

std::vector<Child> start(const Repo& repo, int many) {
    std::vector<Child> children;
    for (int i = 0; i < many; ++i) children.emplace_back(repo, std::vector<std::string>{"run"});
    return children;
}

/// A MariaDB database whose second migration waits behind its first statement.
struct MariaDbGate {
    Repo repo;
    std::unique_ptr<db::Database> holder = test::connect(repo.connection);
    std::string gate = "gate of " + repo.connection.database;

    explicit MariaDbGate(const std::string& first_statement)
        : repo(test::MariaDbServer::shared(), {{"migrations/20240101000000_first.sql", kFirst}}) {
        repo.tree.write(
            "migrations/20240102000000_waits.sql",
            "-- UP\n" + first_statement + ";\nSELECT GET_LOCK('" + gate + "', 600);\n-- DOWN\nSELECT 1;\n");
        REQUIRE(holder->query("SELECT GET_LOCK('" + gate + "', 0)"));
    }
    Ends kill_the_one_at_work(int of) {
        std::vector<Child> children = start(repo, of);
        const pid_t winner = sender(*holder,
                                    "SELECT host FROM information_schema.processlist WHERE db = DATABASE() "
                                    "AND id <> CONNECTION_ID() AND info LIKE 'SELECT GET_LOCK(''gate of%'",
                                    children);
        return end_of(children, winner,
                      [&] { REQUIRE(holder->query("SELECT RELEASE_LOCK('" + gate + "')")); });
    }
};

}  // namespace

TEST_CASE("sixteen runs at once on PostgreSQL: the one at work is killed, and the others finish") {
    Repo repo(test::PostgresServer::shared(),
              {{"migrations/20240101000000_first.sql", kFirst},
               {"migrations/20240102000000_waits.sql",
                "-- UP\nSET LOCAL lock_timeout = 0;\nCREATE TABLE u (id INT);\nSELECT "
                "pg_advisory_xact_lock(4242);\nINSERT INTO u VALUES (1);\n-- DOWN\nDROP TABLE u;\n"}});
    auto holder = test::connect(repo.connection);
    REQUIRE(holder->query("SELECT pg_advisory_lock(4242)"));
    std::vector<Child> children = start(repo, 16);
    const pid_t winner = sender(*holder,
                                "SELECT client_port FROM pg_stat_activity WHERE datname = current_database() "
                                "AND wait_event_type = 'Lock' AND query LIKE 'SELECT pg_advisory_xact_lock%'",
                                children);
    const Ends ends =
        end_of(children, winner, [&] { REQUIRE(holder->query("SELECT pg_advisory_unlock(4242)")); });
    CHECK(ends.killed == 1);
    CHECK(ends.done == 15);
    CHECK(repo.value("SELECT count(*) FROM t") == "0");
    CHECK(repo.value("SELECT count(*) FROM u") == "1");
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "2");
}

TEST_CASE("sixteen runs at once on MariaDB: the one at work in rows alone is killed, and the others finish") {
    MariaDbGate test("INSERT INTO t VALUES (1)");
    const Ends ends = test.kill_the_one_at_work(16);
    CHECK(ends.killed == 1);
    CHECK(ends.done == 15);
    CHECK(test.repo.value("SELECT count(*) FROM t") == "1");
    CHECK(test.repo.value("SELECT count(*) FROM _migrations") == "2");
}

TEST_CASE("five runs at once on MariaDB: the one at work behind DDL is killed, and the others refuse") {
    MariaDbGate test("CREATE TABLE u (id INT)");
    const Ends ends = test.kill_the_one_at_work(5);
    CHECK(ends.killed == 1);
    // Nobody can know better than the mark: nothing is built upon a half-done file.
    CHECK(ends.refused == 4);
    const Ran look = test.repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "1 statement done"));
    const Ran resumed = test.repo.migrate({"resolve", "--resume", "--yes"});
    CHECK_RAN(resumed, resumed.status == 0);
    CHECK(test.repo.has_table("u"));
    CHECK(test.repo.value("SELECT count(*) FROM _migrations WHERE state = 'applied'") == "2");
}

TEST_CASE("sixteen runs at once on SQLite: the one at work is killed, and the others finish") {
    Repo repo(
        {{"migrations/20240101000000_first.sql", kFirst},
         {"migrations/20240102000000_counts.sql",
          "-- UP\nATTACH 'gate.db' AS gate;\nCREATE TABLE u AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
          "SELECT i + 1 FROM n WHERE i < (SELECT last FROM gate.numbers)) SELECT count(*) AS c FROM n;\n"
          "-- DOWN\nDROP TABLE u;\n"}});
    // Who has begun to count never ends; who begins after the change counts to three. In WAL mode the reader
    // does not keep the writer out.
    repo.tree.write("gate.db", "");
    Connection gate = repo.connection;
    gate.database = repo.tree.path("gate.db").string();
    test::execute(gate, {"PRAGMA journal_mode = WAL", "CREATE TABLE numbers (last INT)",
                         "INSERT INTO numbers VALUES (1000000000000)"});
    std::vector<Child> children = start(repo, 16);
    // The lock is held for the whole run: behind the first migration it is the counting one's.
    pid_t winner = 0;
    for (int i = 0; i < 20'000 && winner == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        if (!repo.tree.exists("app.db-journal") || !repo.has_table("t")) continue;
        if (!repo.tree.exists("app.db-journal")) continue;
        const std::string holder = repo.tree.read("app.db.migrate-lock");
        for (const Child& child : children)
            if (holder.starts_with("pid " + std::to_string(child.pid()) + " ")) winner = child.pid();
    }
    test::execute(gate, {"UPDATE numbers SET last = 3"});
    const Ends ends = end_of(children, winner, [] {});
    CHECK(ends.killed == 1);
    CHECK(ends.done == 15);
    CHECK(repo.value("SELECT c FROM u") == "3");
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "2");
}
