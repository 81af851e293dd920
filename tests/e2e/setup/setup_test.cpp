// `setup` with real databases. Docker is a program in PATH that records how it was called and starts no
// container; where a server has to come up, it opens a way to one that is running already.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;

namespace {

Tree::Files ledger(const std::string& at = "ledger") {
    return {{at + "/migrations/20240101000000_accounts.sql",
             "-- UP\nCREATE TABLE accounts (id INT PRIMARY KEY, owner VARCHAR(40));\n-- DOWN\nDROP TABLE "
             "accounts;\n"},
            {at + "/seeds/accounts.sql", "INSERT INTO accounts VALUES (1, 'ada');\n"}};
}

Tree::Files with(Tree::Files files, const std::string& path, const std::string& content) {
    files[path] = content;
    return files;
}

/// A database that does not exist on the server.
Connection missing_on(const test::Server& server) {
    static int number = 0;
    Connection connection = server.admin();
    connection.database = "fresh_" + std::to_string(++number);
    return connection;
}

std::string count(const Connection& connection, const std::string& what = "count(*)") {
    auto rows = test::connect(connection)->query("SELECT " + what + " FROM accounts");
    REQUIRE(rows);
    return rows->rows.at(0).at(0).value_or("NULL");
}

bool exists(const Connection& connection) {
    return db::open(connection, {}).has_value();
}

/// A `docker` that writes its arguments into docker.calls, and then does what `then` says.
class Docker {
  public:
    Docker(Tree& tree, const std::string& then) : tree_(tree) {
        tree.write("bin/docker", "#!/bin/sh\necho \"$PWD: $*\" >> '" + tree.path("docker.calls").string() +
                                     "'\n" + then + "\n");
        tree.executable("bin/docker");
    }
    ~Docker() {
        if (const int pid = std::atoi(tree_.read("forward.pid").c_str()); pid > 1) ::kill(pid, SIGTERM);
    }
    std::map<std::string, std::string> path() const {
        return {{"PATH", tree_.path("bin").string() + ":/usr/bin:/bin"}};
    }
    std::string calls() const { return tree_.read("docker.calls"); }

    /// Opens `port` after a second, as a server that takes its time, and leads it to `to`.
    static std::string forwarding(Tree& tree, int port, int to) {
        tree.write("forward.py",
                   "import os, socket, sys, threading, time\n"
                   "open(sys.argv[3], 'w').write(str(os.getpid()))\n"
                   "time.sleep(1)\n"
                   "def pump(a, b):\n"
                   "    while data := a.recv(65536): b.sendall(data)\n"
                   "    b.shutdown(socket.SHUT_WR)\n"
                   "server = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
                   "while True:\n"
                   "    a, _ = server.accept()\n"
                   "    b = socket.create_connection(('127.0.0.1', int(sys.argv[2])))\n"
                   "    for pair in ((a, b), (b, a)): threading.Thread(target=pump, args=pair, "
                   "daemon=True).start()\n");
        return "setsid timeout 100 /usr/bin/python3 '" + tree.path("forward.py").string() + "' " +
               std::to_string(port) + " " + std::to_string(to) + " '" + tree.path("forward.pid").string() +
               "' </dev/null >/dev/null 2>&1 &\necho Container db-1 Started";
    }

  private:
    Tree& tree_;
};

}  // namespace

TEST_CASE("setup makes a SQLite database, applies and seeds; called again it finds nothing to do") {
    Tree repo(with(ledger(), "ledger/.env", "DATABASE_URL=sqlite:ledger.db\n"));
    const Ran first = migrate_in(repo, {"setup"});
    CHECK_MESSAGE(first.status == 0, all_of(first));
    CHECK(says(first, "applied  20240101000000_accounts.sql"));
    CHECK(says(first, "seeded"));
    const Ran again = migrate_in(repo, {"setup"});
    CHECK_MESSAGE(again.status == 0, all_of(again));
    CHECK(says(again, "nothing to do"));
    CHECK_FALSE(says(again, "seeded"));
}

TEST_CASE(
    "setup creates the database that is missing on PostgreSQL and on MariaDB, and what it found empty is "
    "seeded too") {
    for (test::Server* server : {static_cast<test::Server*>(&test::PostgresServer::shared()),
                                 static_cast<test::Server*>(&test::MariaDbServer::shared())}) {
        const Connection missing = missing_on(*server);
        Tree repo(with(ledger(), "ledger/.env", "DATABASE_URL=" + server->url(missing) + "\n"));
        CAPTURE(server->url(missing).substr(0, 8));

        const Ran would = migrate_in(repo, {"setup", "--dry-run"});
        CHECK_MESSAGE(would.status == 0, all_of(would));
        CHECK(says(would, "would make"));
        CHECK(says(would, "would apply  1 migration"));
        CHECK_FALSE(exists(missing));

        const Ran first = migrate_in(repo, {"setup", "--json", "-q"});
        CHECK_MESSAGE(first.status == 0, all_of(first));
        const Json json = Json::parse(first.out);
        CHECK(json["command"] == "setup");
        CHECK(json["changed"] == "database");
        CHECK(json["units"][0]["setup"] ==
              Json({{"services", Json::array()}, {"created", {"default"}}, {"seeded", true}}));
        CHECK(json["units"][0]["done"].size() == 1);
        CHECK(count(missing) == "1");
        if (missing.engine != Engine::postgresql)
            CHECK(count(missing, "(SELECT @@character_set_database)") == "utf8mb4");
        CHECK(says(migrate_in(repo, {"log"}), "created the database"));

        test::execute(missing, {"INSERT INTO accounts VALUES (2, 'grace')"});
        const Ran again = migrate_in(repo, {"setup"});
        CHECK_MESSAGE(again.status == 0, all_of(again));
        CHECK(count(missing) == "2");  // what is there is left as it is

        test::execute(missing, {"DELETE FROM accounts"});
        CHECK(says(migrate_in(repo, {"setup"}), "seeded"));
        CHECK(count(missing) == "1");
    }
}

TEST_CASE("setup starts the compose service of a database that does not answer, and waits for it") {
    auto& server = test::PostgresServer::shared();
    Connection missing = missing_on(server);
    const Connection direct = missing;
    missing.port = test::free_port();
    Tree repo(with(ledger(), "ledger/.env", "DATABASE_URL=" + server.url(missing) + "\n"));
    repo.write("compose.yaml", "services:\n  db:\n    image: postgres:15\n    ports: ['" +
                                   std::to_string(missing.port) + ":5432']\n");
    const Docker docker(repo, Docker::forwarding(repo, missing.port, server.port()));

    const Ran would = migrate_in(repo, {"setup", "--dry-run"}, docker.path());
    CHECK_MESSAGE(would.status == 0, all_of(would));
    CHECK(says(would, "would start  db of compose.yaml: docker compose up -d --wait db"));
    CHECK(docker.calls().empty());

    const Ran ran = migrate_in(repo, {"setup", "--json"}, docker.path());
    CHECK_MESSAGE(ran.status == 0, all_of(ran));
    CHECK(docker.calls() == repo.path().string() + ": compose up -d --wait db\n");
    CHECK(says(ran, "Container db-1 Started"));
    CHECK(Json::parse(ran.out)["units"][0]["setup"] ==
          Json({{"services", {"db"}}, {"created", {"default"}}, {"seeded", true}}));
    CHECK(count(direct) == "1");
    // It answers now: nothing is started a second time.
    CHECK(migrate_in(repo, {"setup"}, docker.path()).status == 0);
    CHECK(docker.calls() == repo.path().string() + ": compose up -d --wait db\n");
}

TEST_CASE("setup touches nothing where one database is not local") {
    auto& server = test::PostgresServer::shared();
    const Connection missing = missing_on(server);
    Tree::Files files = ledger();
    files.merge(ledger("remote"));
    files["ledger/.env"] = "DATABASE_URL=" + server.url(missing) + "\n";
    files["remote/.env"] = "DATABASE_URL=postgresql://app@db.example.com/shop\n";
    files["compose.yaml"] = "services: {db: {ports: ['5432:5432']}}\n";
    Tree repo(files);
    const Docker docker(repo, "exit 0");
    const Ran ran = migrate_in(repo, {"setup", "--all"}, docker.path());
    CHECK(ran.status == 4);
    CHECK(says(ran,
               "remote:sql: setup would make and fill postgresql://db.example.com:5432/shop, which is "
               "shared"));
    CHECK(says(ran, "not started: nothing runs anywhere before every unit can"));
    CHECK(docker.calls().empty());
    CHECK_FALSE(exists(missing));
    CHECK(says(migrate_in(repo, {"log"}), "refused"));

    // The same database under a name that says production.
    repo.remove("remote");
    CHECK(migrate_in(repo, {"setup"}, docker.path()).status == 0);
    Connection production = missing;
    production.database = "shop_production";
    repo.write("ledger/.env", "DATABASE_URL=" + server.url(production) + "\n");
    CHECK(migrate_in(repo, {"setup"}, docker.path()).status == 4);
    CHECK_FALSE(exists(production));
}

TEST_CASE("setup says what is missing where it cannot start the database") {
    const int port = test::free_port();
    const std::string service = std::to_string(port) + ":5432']}}\n";
    Tree repo(with(ledger(), "ledger/.env",
                   "DATABASE_URL=postgresql://app:hush-hush@localhost:" + std::to_string(port) + "/shop\n"));
    const Ran alone = migrate_in(repo, {"setup"});
    CHECK(alone.status == 1);
    CHECK(says(alone, "No compose file beside the unit or above it"));

    repo.write("ledger/compose.dev.yaml", "services: {db: {ports: ['" + service);
    const Ran no_docker = migrate_in(repo, {"setup"}, {{"PATH", repo.path("nothing").string()}});
    CHECK(no_docker.status == 5);
    CHECK(says(no_docker, "its database is the service db of ledger/compose.dev.yaml"));

    const Docker docker(repo, "echo 'port is already allocated' >&2; exit 1");
    const Ran failed = migrate_in(repo, {"setup"}, docker.path());
    CHECK(failed.status == 1);
    CHECK(says(failed, "port is already allocated"));
    CHECK(docker.calls() == repo.path("ledger").string() + ": compose -f compose.dev.yaml up -d --wait db\n");

    const Docker silent(repo, "exit 0");
    const Ran waited = migrate_in(repo, {"setup", "--wait", "1s"}, silent.path());
    CHECK(waited.status == 1);
    CHECK(says(waited, "db was started, and no database answered within 1 s"));
    CHECK_FALSE(says(waited, "hush-hush"));
}

TEST_CASE("a login that is refused is said at once, not waited for") {
    auto& server = test::PostgresServer::shared();
    Connection wrong = missing_on(server);
    wrong.password = "not-the-password";
    Tree repo(with(ledger(), "ledger/.env", "DATABASE_URL=" + server.url(wrong) + "\n"));
    repo.write("compose.yaml", "services: {db: {ports: ['" + std::to_string(server.port()) + ":5432']}}\n");
    const Docker docker(repo, "exit 0");
    const Ran ran = migrate_in(repo, {"setup"}, docker.path());
    CHECK(ran.status == 1);
    CHECK(says(ran, "the login as"));
    CHECK(docker.calls().empty());
}

TEST_CASE(
    "setup wants to be told that all units are meant, knows first that a tool is missing, and makes the "
    "database of a unit that only its application migrates") {
    auto& server = test::PostgresServer::shared();
    const Connection missing = missing_on(server), other = missing_on(server);
    Tree::Files files = ledger();
    files["ledger/.env"] = "DATABASE_URL=" + server.url(missing) + "\n";
    files["jobs/package.json"] = "{\"dependencies\": {\"knex\": \"3.1.0\"}}\n";
    files["jobs/knexfile.js"] = "module.exports = {client: 'pg', connection: '" + server.url(other) + "'};\n";
    files["jobs/migrations/20240101000000_jobs.js"] =
        "exports.up = (knex) => knex.schema.createTable('jobs', (t) => t.increments());\n"
        "exports.down = (knex) => knex.schema.dropTable('jobs');\n";
    Tree repo(files);
    CHECK(migrate_in(repo, {"setup"}).status == 4);  // which of the two?
    const Ran ran = migrate_in(repo, {"setup", "--all"});
    CHECK(ran.status == 5);
    CHECK(says(ran, "jobs:knex"));
    CHECK_FALSE(exists(missing));

    repo.remove("jobs");
    repo.write("search/pom.xml",
               "<project><dependencies><dependency><groupId>org.springframework.boot</groupId>"
               "<artifactId>spring-boot-starter-web</artifactId></dependency><dependency>"
               "<groupId>org.flywaydb</groupId><artifactId>flyway-core</artifactId></dependency>"
               "</dependencies></project>\n");
    repo.write("search/src/main/resources/application.properties",
               "spring.datasource.url=jdbc:postgresql://localhost:" + std::to_string(server.port()) + "/" +
                   other.database + "\nspring.datasource.username=" + other.user +
                   "\nspring.datasource.password=" + other.password + "\n");
    repo.write("search/src/main/resources/db/migration/V1__documents.sql",
               "CREATE TABLE documents (id INT);\n");
    const Ran both = migrate_in(repo, {"setup", "--all"});
    CHECK_MESSAGE(both.status == 0, all_of(both));
    CHECK(says(both, "only by the application itself"));
    CHECK(exists(missing));
    CHECK(exists(other));
}
