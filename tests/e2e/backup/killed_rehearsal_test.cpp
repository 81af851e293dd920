// A rehearsal that is killed leaves a database: the next one drops it, where it is provably ours, and nothing
// else of such a name; `doctor` names it.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/sqlcore/child.hpp"

using namespace migrate;
using namespace migrate::test;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY);\nINSERT INTO users VALUES (1), (2);\n-- DOWN\n"
     "DROP TABLE users;\n"},
};

/// A repository whose program that restores waits behind its work while there is a file `wait`.
struct Rehearsed : Repo {
    bool postgresql;
    explicit Rehearsed(Server& server) : Repo(server, kShop) {
        postgresql = connection.engine == Engine::postgresql;
        const std::string name = postgresql ? "pg_restore" : "mariadb";
        const std::string real =
            postgresql ? (PostgresServer::shared().programs() / name).string() : "/usr/bin/" + name;
        tree.write("bin/" + name, "#!/bin/sh\ncase \"$*\" in *--dbname=*|*--database=*) ;; *) exec " + real +
                                      " \"$@\";; esac\n" + real + " \"$@\" || exit 1\n[ -e '" +
                                      tree.path("wait").string() + "' ] && { touch '" +
                                      tree.path("waits").string() + "'; sleep 20; }\nexit 0\n");
        fs::permissions(tree.path("bin/" + name), fs::perms::owner_all);
        env["PATH"] = tree.path("bin").string() + ":" + std::getenv("PATH");
        REQUIRE(migrate({"run"}).status == 0);
    }
    /// Those of this repository's database.
    std::vector<std::string> rehearsals() const {
        auto rows =
            connect(connection)
                ->query(postgresql ? "SELECT datname FROM pg_database ORDER BY 1"
                                   : "SELECT schema_name FROM information_schema.schemata ORDER BY 1");
        REQUIRE(rows);
        std::vector<std::string> names;
        for (const auto& row : rows->rows)
            if (row[0]->starts_with(connection.database + "_rehearsal_")) names.push_back(*row[0]);
        return names;
    }
    std::vector<std::string> marks() const {
        std::vector<std::string> names;
        std::error_code none;
        for (const auto& entry :
             fs::directory_iterator(tree.path(".home/.local/state/migrate/rehearsals"), none))
            names.push_back(entry.path().filename());
        return names;
    }
    /// One at work, its database filled.
    Child at_work() const {
        std::ofstream(tree.path("wait")).put(10);
        Child child(*this, {"backup", "--rehearse"});
        for (int i = 0; i < 600 && !tree.exists("waits"); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        REQUIRE_MESSAGE(tree.exists("waits"), child.output());
        fs::remove(tree.path("waits"));
        fs::remove(tree.path("wait"));
        return child;
    }
    std::string kill_one() {
        Child child = at_work();
        child.kill();
        (void)child.wait();
        wait_for_silence(*this);
        const auto left = rehearsals();
        REQUIRE(left.size() == 1);
        return left.front();
    }
    void drop(const std::string& database) const {
        auto session = connect(connection);
        REQUIRE(session->execute("DROP DATABASE " + session->quoted(database)));
    }
    /// The mark that a rehearsal of this database wrote, or would have written, elsewhere.
    void set_mark(const std::string& database, const std::string& text) const {
        Connection there = connection;
        there.database = database;
        if (postgresql)
            execute(there, {"COMMENT ON DATABASE \"" + database + "\" IS '" + text + "'"});
        else
            execute(there, {"DROP TABLE IF EXISTS _migrate_rehearsal",
                            "CREATE TABLE _migrate_rehearsal (id INT) COMMENT = '" + text + "'"});
    }
};

Json finding_about(const Rehearsed& repo, const std::string& database) {
    const Json document = json_of(repo.migrate({"doctor", "--json", "-q"}));
    for (const auto& error : document["errors"])
        if (says(error["message"].get<std::string>(), database)) return error;
    return {};
}

void the_next_one_drops_it(Rehearsed&& repo) {
    const std::string left = repo.kill_one();
    CHECK(repo.migrate({"backup", "list"}).out == "there are no backups\n");
    const Ran doctor = repo.migrate({"doctor"});
    CHECK_RAN(doctor, doctor.status == 3);
    CHECK_RAN(doctor, says(doctor, "the database " + left + " is left of a rehearsal that was killed"));
    CHECK_RAN(doctor, says(doctor, "DROP DATABASE"));
    CHECK_RAN(doctor, says(doctor, "migrate backup --rehearse -u "));

    const Ran next = repo.migrate({"backup", "--rehearse"});
    CHECK_RAN(next, next.status == 0);
    CHECK_RAN(next, says(next, left + ", which a rehearsal that was killed had left"));
    CHECK(says(repo.migrate({"log"}), "dropped " + left));
    CHECK(repo.rehearsals().empty());
    CHECK(repo.marks().empty());
    const Ran clean = repo.migrate({"doctor"});
    CHECK_RAN(clean, clean.status == 0);
}

void nothing_else_is_dropped(Rehearsed&& repo) {
    const std::string base = repo.connection.database + "_rehearsal_";
    const std::string stranger = base + "by_hand", elsewhere = base + "elsewhere", old = base + "old";
    for (const auto& name : {stranger, elsewhere, old})
        execute(repo.connection, {std::string("CREATE DATABASE ") + name});
    repo.set_mark(elsewhere, "migrate rehearsal 00112233445566aa of " + repo.connection.database);
    repo.set_mark(old, "migrate rehearsal 00112233445566bb of another");
    // One at work, and beside it another one.
    Child child = repo.at_work();
    CHECK(repo.migrate({"backup", "--rehearse"}).status == 0);
    CHECK(repo.rehearsals().size() == 4);
    CHECK(finding_about(repo, repo.connection.database + "_rehearsal_2").is_null());
    child.kill();
    (void)child.wait();
    wait_for_silence(repo);
    CHECK(repo.rehearsals().size() == 4);
    {
        // What was left, and somebody looks into.
        Connection there = repo.connection;
        for (const auto& name : repo.rehearsals())
            if (name != stranger && name != elsewhere && name != old) there.database = name;
        auto somebody = connect(there);
        REQUIRE(somebody->query("SELECT 1"));
        CHECK(repo.migrate({"backup", "--rehearse"}).status == 0);
        CHECK(repo.rehearsals().size() == 4);
        // A mark that is gone leaves the name alone, which proves nothing: named, and not dropped.
        repo.set_mark(there.database, "");
        somebody.reset();
        wait_for_silence(there);
        CHECK(repo.migrate({"backup", "--rehearse"}).status == 0);
        CHECK(repo.rehearsals().size() == 4);
        CHECK(finding_about(repo, there.database)["code"] == "doctor.rehearsal");
        repo.drop(there.database);
    }
    const Json named = finding_about(repo, elsewhere);
    CHECK(says(named["message"].get<std::string>(), "or is at work on another machine"));
    CHECK(named["next"][0]["by"] == "person");
    CHECK(finding_about(repo, stranger).is_null());
    CHECK(finding_about(repo, old).is_null());
    for (const auto& name : {stranger, elsewhere, old}) repo.drop(name);
}

}  // namespace

TEST_CASE("a rehearsal that was killed is named by doctor, and its database dropped by the next one") {
    SUBCASE("PostgreSQL") {
        the_next_one_drops_it(Rehearsed(PostgresServer::shared()));
    }
    SUBCASE("MariaDB") {
        the_next_one_drops_it(Rehearsed(MariaDbServer::shared()));
    }
}

TEST_CASE("what is not provably left of a rehearsal of this machine, or is in use, is never dropped") {
    SUBCASE("PostgreSQL") {
        nothing_else_is_dropped(Rehearsed(PostgresServer::shared()));
    }
    SUBCASE("MariaDB") {
        nothing_else_is_dropped(Rehearsed(MariaDbServer::shared()));
    }
}
