// kill -9 at any moment of backup, restore and deploy: what was there is as it was, what is listed is whole,
// and the log says what never ended.
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/sha256.hpp"
#include "tests/e2e/sqlcore/child.hpp"

using namespace migrate;
using namespace migrate::test;
using Json = nlohmann::json;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(80));\n-- DOWN\nDROP TABLE users;\n"},
};

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    return text ? static_cast<unsigned>(std::atoi(text)) : otherwise;
}

/// A database with rows enough that a dump takes a while.
void fill(Repo& repo) {
    REQUIRE(repo.migrate({"run"}).status == 0);
    std::string_view rows = "SELECT seq, concat('name', seq) FROM seq_1_to_100000";
    if (repo.connection.engine == Engine::postgresql)
        rows = "SELECT i, 'name' || i FROM generate_series(1, 100000) AS i";
    if (repo.connection.engine == Engine::sqlite)
        rows =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i, "
            "'name' || i FROM n";
    execute(repo.connection, {"INSERT INTO users " + std::string(rows)});
}

std::string rows_of(const Repo& repo) {
    return repo.value("SELECT count(*) FROM users");
}

/// Starts the command and kills it after some part of the time that it takes.
class Killer {
  public:
    Killer(Repo& repo, std::vector<std::string> words) : repo_(repo), words_(std::move(words)) {
        const auto from = std::chrono::steady_clock::now();
        REQUIRE(repo_.migrate(words_).status == 0);
        whole_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
    }
    /// Whether it was killed before it ended.
    bool kill_once() {
        Child child(repo_, words_);
        const double wait = std::uniform_real_distribution<double>(0, whole_ * 1.1)(random_);
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(wait));
        child.kill();
        return child.wait() == -9;
    }

  private:
    Repo& repo_;
    std::vector<std::string> words_;
    double whole_ = 0;
    std::mt19937 random_{from_environment("MIGRATE_TEST_SEED", 20240101)};
};

std::size_t never_ended(const Repo& repo, const std::string& command) {
    const Ran log = repo.migrate({"log", "--limit", "1000"});
    std::size_t found = 0, at = 0;
    while ((at = log.out.find("never ended", at)) != std::string::npos) {
        const std::size_t begin = log.out.rfind('\n', at) + 1;
        if (log.out.substr(begin, at - begin).find(" " + command + " ") != std::string::npos) ++found;
        ++at;
    }
    return found;
}

void backup_is_killed(Repo& repo) {
    fill(repo);
    const unsigned kills = from_environment("MIGRATE_TEST_KILLS", 6);
    Killer killer(repo, {"backup"});
    std::size_t killed = 0;
    for (unsigned i = 0; i < kills; ++i) killed += killer.kill_once() ? 1 : 0;
    const Json listed = json_of(repo.migrate({"backup", "list", "--json", "-q"}));
    for (const auto& backup : listed["backups"])
        CHECK(sha256_of_file(backup["file"].get<std::string>()).value_or("") == backup["sha256"]);
    CHECK(rows_of(repo) == "100000");
    CHECK(repo.migrate({"backup"}).status == 0);
    std::size_t partial = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(repo.tree.path(".home")))
        if (entry.path().string().find(".partial-") != std::string::npos) ++partial;
    CHECK(partial == 0);  // what the killed ones left was swept
    CHECK(never_ended(repo, "backup") <= killed);
    CHECK(repo.migrate({"log", "--verify"}).status == 0);
    MESSAGE(kills << " backups, " << killed << " killed, " << never_ended(repo, "backup")
                  << " of them after the start");
}

/// What `doctor` said, done.
void remove(const Repo& repo, const std::vector<std::string>& argv) {
    if (argv.front() == "rm")
        std::filesystem::remove(argv.back());
    else if (argv.back().starts_with("DROP DATABASE"))
        execute(repo.connection, {argv.back()});
}

void restore_is_killed(Repo& repo) {
    fill(repo);
    REQUIRE(repo.migrate({"backup"}).status == 0);
    const unsigned kills = from_environment("MIGRATE_TEST_KILLS", 6);
    Killer killer(repo, {"restore"});
    std::size_t killed = 0;
    for (unsigned i = 0; i < kills; ++i) {
        killed += killer.kill_once() ? 1 : 0;
        CHECK(rows_of(repo) == "100000");
        // Its name holds the second; the next must have another one.
        std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    }
    const std::size_t open = never_ended(repo, "restore");
    CHECK(open <= killed);
    const Ran doctor = repo.migrate({"doctor"});
    if (open > 0) {
        CHECK_RAN(doctor, says(doctor, "restore was started at"));
        CHECK_RAN(doctor, says(doctor, "not whole"));
        // Each is named with what removes it, and no more once that was done.
        const Json found = json_of(repo.migrate({"doctor", "--json", "-q"}));
        for (const auto& error : found["errors"])
            for (const auto& next : error["next"]) remove(repo, next["argv"]);
        const Ran clean = repo.migrate({"doctor"});
        CHECK_RAN(clean, clean.status == 0);
    }
    CHECK(repo.migrate({"restore"}).status == 0);
    CHECK(repo.migrate({"log", "--verify"}).status == 0);
    MESSAGE(kills << " restorations, " << killed << " killed, " << open << " of them after the start");
}

}  // namespace

TEST_CASE("PostgreSQL: a backup that is killed is no backup, and the next one sweeps what it left") {
    Repo repo(PostgresServer::shared(), kShop);
    backup_is_killed(repo);
}
TEST_CASE("MariaDB: a backup that is killed is no backup, and the next one sweeps what it left") {
    Repo repo(MariaDbServer::shared(), kShop);
    backup_is_killed(repo);
}
TEST_CASE("SQLite: a backup that is killed is no backup, and the next one sweeps what it left") {
    Repo repo(kShop);
    backup_is_killed(repo);
}
TEST_CASE("PostgreSQL: a restoration that is killed is named, and touched nothing that was there") {
    Repo repo(PostgresServer::shared(), kShop);
    restore_is_killed(repo);
}
TEST_CASE("MariaDB: a restoration that is killed is named, and touched nothing that was there") {
    Repo repo(MariaDbServer::shared(), kShop);
    restore_is_killed(repo);
}
TEST_CASE("SQLite: a restoration that is killed is named, and touched nothing that was there") {
    Repo repo(kShop);
    restore_is_killed(repo);
}

TEST_CASE("deploy that is killed leaves each migration whole and recorded, or untouched") {
    Repo repo(PostgresServer::shared(), kShop);
    fill(repo);
    REQUIRE(repo.migrate({"mark", "production"}).status == 0);
    const unsigned kills = from_environment("MIGRATE_TEST_KILLS", 6);
    std::mt19937 random{from_environment("MIGRATE_TEST_SEED", 20240101)};
    for (unsigned i = 0; i < kills; ++i) {
        const std::string number = std::to_string(i + 10), table = "t" + number;
        repo.tree.write("migrations/202402" + number + "000000_" + table + ".sql",
                        "-- UP\nCREATE TABLE " + table +
                            " (id INT);\nSELECT pg_sleep(0.1);\n-- DOWN\nDROP TABLE " + table + ";\n");
        const std::string id = json_of(repo.migrate({"plan", "run", "--json", "-q"}))["plan_id"];
        REQUIRE(migrate_as_person(repo.tree, {"approve", id}, id + "\n", repo.env).status == 0);
        {
            Child child(repo, {"deploy"});
            std::this_thread::sleep_for(
                std::chrono::milliseconds(std::uniform_int_distribution<int>(0, 1500)(random)));
            child.kill();
            (void)child.wait();
        }
        wait_for_silence(repo);
        const bool recorded =
            repo.value("SELECT count(*) FROM _migrations WHERE filename LIKE '%" + table + ".sql'") == "1";
        CHECK(repo.has_table(table) == recorded);
        const Ran status = repo.migrate({"status"});
        CHECK_RAN(status, status.status == 0);
        CHECK_RAN(status, says(status, recorded ? "current" : "pending"));
        CHECK(rows_of(repo) == "100000");
        if (recorded) continue;
        // The way on is the same command, with a new approval where the first one was used up.
        (void)migrate_as_person(repo.tree, {"approve", id}, id + "\n", repo.env);
        const Ran again = repo.migrate({"deploy"});
        CHECK_RAN(again, again.status == 0);
    }
    CHECK(repo.migrate({"log", "--verify"}).status == 0);
}
