// A disk that is full, a server that goes away, rights that are missing: one clear error, nothing half done
// without a word.
#include <sys/resource.h>

#include <signal.h>
#include <thread>

#include "tests/e2e/sqlcore/child.hpp"

using namespace migrate;
using test::Child;
using test::Ran;
using test::Repo;
using test::says;

namespace {

const char* kFirst = "-- UP\nCREATE TABLE t (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE t;\n";

/// While it lives, files of this process and its children cannot grow beyond so many bytes, and trying is
/// an error instead of a signal.
class SmallFiles {
  public:
    explicit SmallFiles(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SmallFiles() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int);
};

/// While it lives, the sessions that PostgreSQL starts can write no file beyond so many bytes, which to them
/// is a disk that is full. More than the 16 MiB of a piece of the write-ahead log, without which it would
/// stop.
class SmallServerFiles {
  public:
    SmallServerFiles(const Repo& repo, long bytes) : admin_(test::connect(repo.connection)) {
        auto file = admin_->query("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        REQUIRE(file);
        server_ = file->rows[0][0].value_or("");
        auto set = limit(std::to_string(bytes));
        REQUIRE_MESSAGE(set, set.error().message);
    }
    ~SmallServerFiles() { (void)limit("unlimited"); }

  private:
    /// Only the server's own user may set its limits, so the server does.
    Result<void> limit(const std::string& bytes) {
        return admin_->execute("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; prlimit --pid " + server_ +
                               " --fsize=" + bytes + ":'");
    }
    std::unique_ptr<db::Database> admin_;
    std::string server_;
};

}  // namespace

TEST_CASE("SQLite: a disk that is full takes the file back as a whole") {
    Repo repo(test::Tree::Files{
        {"migrations/20240101000000_first.sql", kFirst},
        {"migrations/20240102000000_big.sql",
         "-- UP\nCREATE TABLE big (b BLOB);\nINSERT INTO big VALUES (zeroblob(4000000));\n-- "
         "DOWN\nDROP TABLE "
         "big;\n"}});
    Ran run;
    {
        SmallFiles limit(1'000'000);
        run = repo.migrate({"run"});
    }
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "20240102000000_big.sql"));
    CHECK(says(run, "Nothing of this file was kept"));
    CHECK(repo.has_table("t"));
    CHECK_FALSE(repo.has_table("big"));
    CHECK(repo.value("PRAGMA integrity_check") == "ok");
    CHECK(says(repo.migrate({"status"}), "pending"));
    Ran again = repo.migrate({"run"});
    CHECK_RAN(again, again.status == 0);
}

TEST_CASE("PostgreSQL: a disk that is full takes the file back as a whole") {
    Repo repo(
        test::PostgresServer::shared(),
        {{"migrations/20240101000000_first.sql", kFirst},
         {"migrations/20240102000000_big.sql",
          "-- UP\nCREATE TABLE small (id INT);\nCREATE TABLE big AS SELECT i, repeat('x', 1000) AS x FROM "
          "generate_series(1, 50000) i;\n-- DOWN\nDROP TABLE big;\nDROP TABLE small;\n"}});
    Ran run;
    {
        SmallServerFiles limit(repo, 32L << 20);
        run = repo.migrate({"run"});
    }
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "20240102000000_big.sql:3:1"));
    CHECK(says(run, "could not extend file"));
    CHECK(says(run, "Check free disk space"));
    CHECK(says(run, "Nothing of this file was kept"));
    CHECK(repo.has_table("t"));
    CHECK_FALSE(repo.has_table("small"));
    CHECK_FALSE(repo.has_table("big"));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "1");
    CHECK(says(repo.migrate({"status"}), "pending"));
    Ran again = repo.migrate({"run"});
    CHECK_RAN(again, again.status == 0);
}

TEST_CASE("SQLite: a database at its largest size says so") {
    Repo repo(test::Tree::Files{
        {"migrations/20240101000000_big.sql",
         "-- UP\nPRAGMA max_page_count = 16;\nCREATE TABLE big (b BLOB);\nINSERT INTO big VALUES "
         "(zeroblob(400000));\n-- DOWN\nDROP TABLE big;\n"}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "database or disk is full"));
    CHECK_FALSE(repo.has_table("big"));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "0");
}

TEST_CASE(
    "PostgreSQL: the session is lost in the middle of COMMIT; the error says it, and status what is there") {
    Repo repo(
        test::PostgresServer::shared(),
        {{"migrations/20240101000000_first.sql", kFirst},
         {"migrations/20240102000000_lost.sql",
          "-- UP\nCREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
          "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;\nCREATE CONSTRAINT TRIGGER at_commit "
          "AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave();\nINSERT "
          "INTO t VALUES (1);\n"}});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "the session was lost while the transaction was being committed"));
    CHECK(says(run, "target.unreachable"));
    CHECK(repo.value("SELECT count(*) FROM t") == "0");
    CHECK(repo.value("SELECT count(*) FROM pg_trigger WHERE tgname = 'at_commit'") == "0");
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, says(status, "20240102000000_lost.sql"));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "1");
}

TEST_CASE("PostgreSQL: a session that is ended in the middle of a statement leaves nothing behind") {
    Repo repo(test::PostgresServer::shared(),
              {{"migrations/20240101000000_slow.sql",
                "-- UP\nCREATE TABLE t (id INT);\nSELECT pg_sleep(30);\n-- DOWN\nDROP TABLE t;\n"}});
    Child child(repo, {"run"});
    auto admin = test::connect(repo.connection);
    for (int i = 0; i < 1000; ++i) {
        auto ended = admin->query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
            "state "
            "= 'active' AND query LIKE 'SELECT pg_sleep%'");
        REQUIRE(ended);
        if (!ended->rows.empty()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(child.wait() == 1);
    CHECK_MESSAGE(child.output().find("target.unreachable") != std::string::npos, child.output());
    CHECK_FALSE(repo.has_table("t"));
    CHECK(repo.value("SELECT count(*) FROM _migrations") == "0");
}

TEST_CASE("MariaDB: a session that is ended in the middle of a statement is marked so, and resolved") {
    Repo repo(
        test::MariaDbServer::shared(),
        {{"migrations/20240101000000_slow.sql",
          "-- UP\nCREATE TABLE t (id INT);\nCREATE TABLE u AS SELECT sleep(30) AS s;\n-- DOWN\nDROP TABLE "
          "t;\nDROP TABLE u;\n"}});
    Child child(repo, {"run"});
    auto admin = test::connect(repo.connection);
    for (int i = 0; i < 1000; ++i) {
        auto found = admin->query(
            "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'CREATE TABLE "
            "u%'");
        REQUIRE(found);
        if (!found->rows.empty()) {
            REQUIRE(admin->execute("KILL " + *found->rows[0][0]));
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(child.wait() == 1);
    CHECK_MESSAGE(child.output().find("The session was lost") != std::string::npos, child.output());
    Ran look = repo.migrate({"resolve"});
    CHECK_RAN(look, says(look, "1 statement done, the 2nd was started"));
    CHECK(says(look, "2  absent   CREATE TABLE u"));
}

TEST_CASE("a role that may not create tables is told so once, and nothing is done") {
    auto& server = test::PostgresServer::shared();
    Repo repo(server, {{"migrations/20240101000000_first.sql", kFirst}});
    test::execute(repo.connection, {"CREATE ROLE reader LOGIN PASSWORD 'reader-secret-1'"});
    Connection reader = repo.connection;
    reader.user = "reader";
    reader.password = "reader-secret-1";
    repo.env["DATABASE_URL"] = server.url(reader);
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "permission denied"));
    CHECK_FALSE(says(run, "reader-secret-1"));
    CHECK_FALSE(repo.has_table("t"));
    CHECK_FALSE(repo.has_table("_migrations"));
}

TEST_CASE("MariaDB: a role without the right to create is told so, and nothing is marked") {
    auto& server = test::MariaDbServer::shared();
    Repo repo(server, {{"migrations/20240101000000_first.sql", kFirst}});
    test::execute(repo.connection, {"CREATE USER reader IDENTIFIED BY 'reader-secret-1'",
                                    "GRANT SELECT ON `" + repo.connection.database + "`.* TO reader"});
    Connection reader = repo.connection;
    reader.user = "reader";
    reader.password = "reader-secret-1";
    repo.env["DATABASE_URL"] = server.url(reader);
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "denied"));
    CHECK_FALSE(repo.has_table("_migrations"));
}

TEST_CASE("PostgreSQL: a database that is read-only is named as such") {
    Repo repo(test::PostgresServer::shared(), {{"migrations/20240101000000_first.sql", kFirst}});
    test::execute(repo.connection, {"ALTER DATABASE \"" + repo.connection.database +
                                    "\" SET default_transaction_read_only = on"});
    Ran run = repo.migrate({"run"});
    CHECK_RAN(run, run.status == 1);
    CHECK(says(run, "read-only transaction"));
    CHECK_FALSE(repo.has_table("t"));
    Ran status = repo.migrate({"status"});
    CHECK_RAN(status, status.status == 0);
}
