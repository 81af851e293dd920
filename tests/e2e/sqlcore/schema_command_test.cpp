// `migrate schema`, and the file that every run keeps.
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::Ran;
using test::Repo;
using test::says;

namespace {

constexpr const char* kOne = "migrations/20240101000000_one.sql";
constexpr const char* kTwo = "migrations/20240102000000_two.sql";
const std::string kOneText = "-- UP\nCREATE TABLE one (id INTEGER PRIMARY KEY);\n-- DOWN\nDROP TABLE one;\n";
const std::string kTwoText = "-- UP\nCREATE TABLE two (id INTEGER PRIMARY KEY);\n-- DOWN\nDROP TABLE two;\n";

std::string content(const Repo& repo, const char* path) {
    return read_file(repo.tree.path(path)).value_or("there is no such file");
}

}  // namespace

TEST_CASE("schema prints the tables and not the history, the same each time, and changes nothing") {
    auto check = [](const Repo& repo) {
        Ran run = repo.migrate({"run"});
        CHECK_RAN(run, run.status == 0);
        Ran first = repo.migrate({"schema"});
        CHECK_RAN(first, first.status == 0);
        CHECK_RAN(first, first.out.find("one") != std::string::npos);
        CHECK_RAN(first, first.out.find("_migrations") == std::string::npos);
        CHECK(repo.migrate({"schema"}).out == first.out);
    };
    SUBCASE("SQLite") {
        check(Repo({{kOne, kOneText}}));
    }
    SUBCASE("PostgreSQL") {
        check(Repo(test::PostgresServer::shared(), {{kOne, kOneText}}));
    }
    SUBCASE("MariaDB") {
        check(Repo(test::MariaDbServer::shared(), {{kOne, kOneText}}));
    }
}

TEST_CASE("schema --out writes a file, and leaves one alone that is the same") {
    Repo repo({{kOne, kOneText}});
    CHECK(repo.migrate({"run"}).status == 0);
    Ran written = repo.migrate({"schema", "-o", "db/schema.sql"});
    CHECK_RAN(written, written.status == 0);
    CHECK(says(written, "wrote db/schema.sql"));
    CHECK(content(repo, "db/schema.sql") == "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
    Ran again = repo.migrate({"schema", "-o", "db/schema.sql"});
    CHECK_RAN(again, again.status == 0);
    CHECK_FALSE(says(again, "wrote"));
}

TEST_CASE("schema --after-run lets every run and rollback keep the file") {
    Repo repo({{kOne, kOneText}});
    CHECK(repo.migrate({"run"}).status == 0);
    Ran kept = repo.migrate({"schema", "--out", "db/schema.sql", "--after-run"});
    CHECK_RAN(kept, kept.status == 0);
    CHECK_RAN(kept,
              content(repo, "migrate.toml").find("schema_file = \"db/schema.sql\"") != std::string::npos);
    repo.tree.write(kTwo, kTwoText);
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 0);
    CHECK(says(run, "db/schema.sql"));
    CHECK(content(repo, "db/schema.sql") ==
          "CREATE TABLE one (id INTEGER PRIMARY KEY);\n\nCREATE TABLE two (id INTEGER PRIMARY KEY);\n");
    Ran back = repo.migrate({"rollback", "--yes"});
    CHECK_RAN(back, back.status == 0);
    CHECK(content(repo, "db/schema.sql") == "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
    Ran other = repo.migrate({"schema", "--out", "other.sql", "--after-run"});
    CHECK_RAN(other, other.status == 2);
    CHECK(says(other, "migrate.toml:1"));
}

TEST_CASE("the entry that a unit has gets the line, all else stays") {
    Repo repo(
        {{kOne, kOneText},
         {"migrate.toml", "# ours\n[[unit]]\nid = \"ledger\"  # short\npath = \".\"\ntool = \"sql\"\n"}});
    CHECK(repo.migrate({"run"}).status == 0);
    Ran kept = repo.migrate({"schema", "-u", "ledger", "--out", "s.sql", "--after-run"});
    CHECK_RAN(kept, kept.status == 0);
    CHECK(content(repo, "migrate.toml") ==
          "# ours\n[[unit]]\nschema_file = \"s.sql\"\nid = \"ledger\"  # short\npath = \".\"\ntool = "
          "\"sql\"\n");
}

TEST_CASE("schema says what it needs: one unit, a database that is there") {
    Repo repo({{kOne, kOneText}, {"other/migrations/20240101000000_x.sql", kOneText}});
    Ran several = repo.migrate({"schema", "--all"});
    CHECK_RAN(several, several.status == 2);
    CHECK(says(several, "schema needs one unit"));
    Ran missing = repo.migrate({"schema", "-u", ".:sql"});
    CHECK_RAN(missing, missing.status == 2);
    CHECK(says(missing, "there is no SQLite file"));
    Ran json = repo.migrate({"schema", "-u", ".:sql", "--json", "-q"});
    auto document = nlohmann::json::parse(json.out);
    CHECK(document["units"][0]["error"]["code"] == "target.missing");
}

TEST_CASE("as JSON the schema is the unit's text") {
    Repo repo({{kOne, kOneText}});
    CHECK(repo.migrate({"run"}).status == 0);
    Ran json = repo.migrate({"schema", "--json"});
    auto document = nlohmann::json::parse(json.out);
    CHECK(document["changed"] == "nothing");
    CHECK(document["units"][0]["text"] == "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
}
