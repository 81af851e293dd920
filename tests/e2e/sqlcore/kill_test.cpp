// kill -9 at random moments: what is applied is recorded, and what is recorded is applied.
//   MIGRATE_TEST_KILLS=240   so many kills an engine; 8 without it, always at the same moments of a run
//   MIGRATE_TEST_SEED=1      other moments
#include <signal.h>

#include <random>
#include <set>
#include <thread>

#include "tests/e2e/sqlcore/child.hpp"

using namespace migrate;
using test::Child;
using test::Ran;
using test::Repo;
using test::says;

namespace {

constexpr int kFiles = 5;

std::string id_of(int file) {
    return "2024010" + std::to_string(file) + "000000_m.sql";
}

/// Each file makes two tables and a row, and a table that knows no transactions is not among them.
test::Tree::Files five_files() {
    test::Tree::Files files;
    for (int i = 1; i <= kFiles; ++i) {
        const std::string n = std::to_string(i);
        files["migrations/" + id_of(i)] =
            "-- UP\nCREATE TABLE a" + n + " (id INT PRIMARY KEY);\nINSERT INTO a" + n +
            " VALUES (1);\nCREATE TABLE b" + n + " (id INT);\n-- DOWN\nDROP TABLE b" + n + ";\nDROP TABLE a" +
            n + ";\n";
    }
    return files;
}

int number_from(const char* variable, int otherwise) {
    const char* given = std::getenv(variable);
    return given ? std::atoi(given) : otherwise;
}

int kills_wanted() {
    return number_from("MIGRATE_TEST_KILLS", 8);
}

std::set<std::string> tables_of(db::Database& database) {
    auto tables = database.tables();
    REQUIRE(tables);
    return {tables->begin(), tables->end()};
}

struct Row {
    std::string state;
    int done = 0, started = 0;
};

std::map<std::string, Row> rows_of(db::Database& database, const std::set<std::string>& tables) {
    std::map<std::string, Row> rows;
    if (!tables.contains("_migrations")) return rows;
    auto found =
        database.query("SELECT filename, state, statements_done, statement_started FROM _migrations");
    REQUIRE(found);
    for (const auto& row : found->rows)
        rows[*row[0]] = {row[1].value_or(""), std::atoi(row[2].value_or("0").c_str()),
                         std::atoi(row[3].value_or("0").c_str())};
    return rows;
}

/// SQLite, PostgreSQL: all of a file and its row, or nothing.
void check_whole(const Repo& repo) {
    auto database = test::connect(repo.connection);
    const auto tables = tables_of(*database);
    const auto rows = rows_of(*database, tables);
    for (int i = 1; i <= kFiles; ++i) {
        CAPTURE(i);
        const std::string n = std::to_string(i);
        const bool recorded = rows.contains(id_of(i));
        CHECK(tables.contains("a" + n) == recorded);
        CHECK(tables.contains("b" + n) == recorded);
        if (recorded) CHECK(rows.at(id_of(i)).state == "applied");
    }
}

/// MariaDB: what the history says about each statement is true. Returns whether something is half done.
bool check_marks(const Repo& repo) {
    auto database = test::connect(repo.connection);
    const auto tables = tables_of(*database);
    const auto rows = rows_of(*database, tables);
    bool half = false;
    for (int i = 1; i <= kFiles; ++i) {
        const std::string n = std::to_string(i);
        const auto row = rows.find(id_of(i));
        const bool a = tables.contains("a" + n), b = tables.contains("b" + n);
        const std::string state = row == rows.end() ? "absent" : row->second.state;
        CAPTURE(i);
        CAPTURE(state);
        if (state == "absent" || state == "applied") {
            CHECK(a == (state == "applied"));
            CHECK(b == (state == "applied"));
            continue;
        }
        half = true;
        const int done = row->second.done, started = row->second.started;
        CAPTURE(done);
        CAPTURE(started);
        CHECK((started == 0 || started == done + 1));
        auto told = [&](int statement, bool is_done) {
            if (statement <= done) CHECK(is_done);
            if (statement > done && statement != started) CHECK_FALSE(is_done);
        };
        if (state == "running") {
            told(1, a);
            if (a) told(2, repo.value("SELECT count(*) FROM a" + n) == "1");
            told(3, b);
        } else {
            CHECK(state == "reverting");
            told(1, !b);
            told(2, !a);
        }
    }
    return half;
}

int killed_once(const Repo& repo, const std::vector<std::string>& words, int microseconds) {
    Child child(repo, words);
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    child.kill();
    const int status = child.wait();
    test::wait_for_silence(repo);
    return status;
}

/// How long the verb takes when nobody kills it, in microseconds.
int measured(const Repo& repo, const std::vector<std::string>& words) {
    const auto start = std::chrono::steady_clock::now();
    Child child(repo, words);
    CHECK_MESSAGE(child.wait() == 0, child.output());
    return static_cast<int>(
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start)
            .count());
}

const std::vector<std::string> kRun{"run"}, kRollback{"rollback", "--steps", "5", "--yes"};

/// Runs forth and back until as many were killed as wanted; those that end before their moment do not count.
void kill_often(const Repo& repo, const std::function<void()>& check) {
    const int seed = number_from("MIGRATE_TEST_SEED", 20240101);
    CAPTURE(seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    const int up = measured(repo, kRun), down = measured(repo, kRollback), wanted = kills_wanted();
    int killed = 0, runs = 0;
    for (; killed < wanted && runs < 10 * wanted; ++runs) {
        const bool forward = runs % 2 == 0;
        const int limit = forward ? up : down;
        // The first part of a run is reading; most of the kills are to fall behind it.
        const int from = limit / 4;
        const int status = killed_once(repo, forward ? kRun : kRollback,
                                       from + static_cast<int>(random() % static_cast<unsigned>(limit)));
        killed += status == -SIGKILL;
        check();
    }
    CHECK(killed == wanted);
    MESSAGE(runs << " runs, " << killed << " killed, seed " << seed);
}

}  // namespace

TEST_CASE("SQLite: kill -9 at any moment leaves each file whole and recorded, or untouched") {
    Repo repo(five_files());
    kill_often(repo, [&] { check_whole(repo); });
    Ran run = repo.migrate(kRun);
    CHECK_RAN(run, run.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("PostgreSQL: kill -9 at any moment leaves each file whole and recorded, or untouched") {
    Repo repo(test::PostgresServer::shared(), five_files());
    kill_often(repo, [&] { check_whole(repo); });
    Ran run = repo.migrate(kRun);
    CHECK_RAN(run, run.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("MariaDB: kill -9 at any moment leaves a mark that tells the truth, and resolve --resume ends it") {
    Repo repo(test::MariaDbServer::shared(), five_files());
    int resumed = 0;
    kill_often(repo, [&] {
        if (!check_marks(repo)) return;
        ++resumed;
        if (resumed % 8 == 1) {
            Ran next = repo.migrate(kRun);
            CHECK_RAN(next, next.status != 0);
            CHECK(says(next, "migration.dirty"));
        }
        Ran resume = repo.migrate({"resolve", "--resume", "--yes"});
        CHECK_RAN(resume, resume.status == 0);
        CHECK_FALSE(check_marks(repo));
    });
    MESSAGE(resumed << " of them left a half-done migration behind");
    if (kills_wanted() >= 100) CHECK(resumed > 0);
    Ran run = repo.migrate(kRun);
    CHECK_RAN(run, run.status == 0);
}
