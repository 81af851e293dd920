// Files that were edited, renamed, lost, or came late: seen, judged and repaired.
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::Ran;
using test::Repo;
using test::says;

namespace {

std::string table(const std::string& name) {
    return "-- UP\nCREATE TABLE " + name + " (id INT);\n-- DOWN\nDROP TABLE " + name + ";\n";
}

/// Two applied migrations on SQLite.
struct Applied : Repo {
    Applied() : Repo(test::Tree::Files{{kOne, table("one")}, {kTwo, table("two")}}) {
        Ran run = migrate({"run"});
        CHECK_RAN(run, run.status == 0);
    }
    static constexpr const char* kOne = "migrations/20240101000000_one.sql";
    static constexpr const char* kTwo = "migrations/20240102000000_two.sql";
};

}  // namespace

TEST_CASE("an edited file is seen, and taken as it is by resolve --edited") {
    Applied repo;
    repo.tree.write(Applied::kOne, table("one") + "-- a remark\n");
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "edited         1"));
    CHECK(says(status, "20240101000000_one.sql"));
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "migrate resolve --edited 20240101000000_one.sql -u .:sql"));
    Ran done = repo.migrate({"resolve", "--edited", "20240101000000_one.sql", "--yes"});
    CHECK_RAN(done, done.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("line ends and a byte order mark are no edit") {
    Applied repo;
    std::string text = "\xEF\xBB\xBF";
    for (const char c : table("one")) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    repo.tree.write(Applied::kOne, text);
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "current"));
}

TEST_CASE("a renamed file is shown as renamed, and resolve gives its row the new name") {
    Applied repo;
    repo.tree.remove(Applied::kTwo);
    repo.tree.write("migrations/20240102000000_second.sql", table("two"));
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "renamed"));
    CHECK(says(status, "20240102000000_two.sql -> 20240102000000_second.sql"));
    Ran json = repo.migrate({"status", "--json", "-q"});
    CHECK_RAN(json, says(json, "\"to\": \"20240102000000_second.sql\""));
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "--renamed 20240102000000_two.sql=20240102000000_second.sql"));
    Ran done =
        repo.migrate({"resolve", "--renamed", "20240102000000_two.sql=20240102000000_second.sql", "--yes"});
    CHECK_RAN(done, done.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("a missing file is seen; rollback uses the way back that was stored and skips nothing") {
    Applied repo;
    repo.tree.remove(Applied::kTwo);
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "missing        1"));
    Ran back = repo.migrate({"rollback", "--yes"});
    CHECK_RAN(back, back.status == 0);
    CHECK(says(back, "20240102000000_two.sql"));
    CHECK_FALSE(repo.has_table("two"));
    CHECK(repo.has_table("one"));
}

TEST_CASE("without a stored way back a rollback stops at the missing file") {
    Applied repo;
    repo.tree.remove(Applied::kTwo);
    test::execute(repo.connection, {"UPDATE _migrations SET down_sql = NULL"});
    Ran back = repo.migrate({"rollback", "--yes"});
    CHECK(back.status != 0);
    CHECK_RAN(back, says(back, "migration.missing"));
    CHECK(says(back, "no other migration is reverted in its place"));
    CHECK(repo.has_table("two"));
    CHECK(repo.has_table("one"));
    Ran forget = repo.migrate({"resolve", "--forget", "20240102000000_two.sql", "--yes"});
    CHECK_RAN(forget, forget.status == 0);
    CHECK(says(repo.migrate({"status"}), "current"));
}

TEST_CASE("a late file is seen, applied with a warning here, and only with consent on staging") {
    Applied repo;
    repo.tree.write("migrations/20240101120000_late.sql", table("late"));
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "out of order   1"));
    Ran plan = repo.migrate({"plan", "run"});
    CHECK_RAN(plan, says(plan, "older than the last applied one"));
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.has_table("late"));
}

TEST_CASE("two files with one number are both applied by the own convention, once each") {
    Repo repo(
        {{"migrations/20240101000000_a.sql", table("a")}, {"migrations/20240101000000_b.sql", table("b")}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(repo.has_table("a"));
    CHECK(repo.has_table("b"));
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "current"));
}

TEST_CASE("two files with one version are an error where the version is the key") {
    Repo repo(test::Tree::Files{{"migrations/000001_a.up.sql", "CREATE TABLE a (id INT);\n"},
                                {"migrations/000001_a.down.sql", "DROP TABLE a;\n"},
                                {"migrations/000001_b.up.sql", "CREATE TABLE b (id INT);\n"},
                                {"migrations/000001_b.down.sql", "DROP TABLE b;\n"}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 2);
    CHECK(says(run, "are both version 1"));
    CHECK_FALSE(std::filesystem::exists(repo.tree.path("app.db")));
}
