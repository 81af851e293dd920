// Raw SQL on PostgreSQL of each major that is still in use, from 12 on: real servers beside each other.
#include <nlohmann/json.hpp>
#include <thread>

#include "base/files.hpp"
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using test::PostgresServer;
using test::Ran;
using test::Repo;
using test::says;

namespace {

/// The major that the system itself has is tested everywhere else.
constexpr std::array kMajors{12, 13, 14, 16, 17, 18};

/// One of everything whose catalog changed between the majors, or that a schema is made of.
const test::Tree::Files kShop{
    {"migrations/20240101000000_types.sql",
     "-- UP\nCREATE TYPE mood AS ENUM ('sad', 'glad');\nCREATE DOMAIN positive AS int CHECK (VALUE > 0);\n"
     "CREATE SEQUENCE numbers START 5 INCREMENT 2;\nCREATE SCHEMA other;\n"
     "-- DOWN\nDROP SCHEMA other; DROP SEQUENCE numbers; DROP DOMAIN positive; DROP TYPE mood;\n"},
    {"migrations/20240102000000_users.sql",
     "-- UP\nCREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL "
     "UNIQUE, mood mood DEFAULT 'sad', age positive, twice int GENERATED ALWAYS AS (age * 2) STORED, tags "
     "text[] NOT NULL DEFAULT '{}', at timestamptz NOT NULL DEFAULT now());\n"
     "COMMENT ON TABLE users IS 'People; others too';\n"
     "CREATE INDEX users_low ON users (lower(name)) INCLUDE (age) WHERE age > 3;\n"
     "CREATE TABLE other.orders (id serial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE "
     "CASCADE, EXCLUDE USING gist (int8range(user_id, user_id, '[]') WITH &&));\n"
     "CREATE TABLE parts (id int, day date NOT NULL) PARTITION BY RANGE (day);\n"
     "CREATE TABLE parts_2024 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\n"
     "-- DOWN\nDROP TABLE parts; DROP TABLE other.orders; DROP TABLE users;\n"},
    {"migrations/20240103000000_code.sql",
     "-- UP\nCREATE FUNCTION grow() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.age := NEW.age + 1; "
     "-- DOWN\n  RETURN NEW;\nEND;\n$$;\nCREATE TRIGGER grows BEFORE UPDATE ON users FOR EACH ROW EXECUTE "
     "FUNCTION grow();\nCREATE PROCEDURE clear() LANGUAGE sql AS 'DELETE FROM users';\n"
     "CREATE VIEW names AS SELECT u.name FROM users u JOIN other.orders o ON o.user_id = u.id;\n"
     "CREATE MATERIALIZED VIEW many AS SELECT count(*) AS users FROM users;\n"
     "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCREATE POLICY mine ON users USING (name = "
     "CURRENT_USER);\n"
     "-- DOWN\nDROP POLICY mine ON users; DROP MATERIALIZED VIEW many; DROP VIEW names; DROP PROCEDURE "
     "clear; DROP TRIGGER grows ON users; DROP FUNCTION grow;\n"},
};

Repo shop(PostgresServer& server) {
    return Repo(server, kShop);
}

/// A check of each major, said by name.
template <class Check>
void on_each(const Check& check) {
    for (const int major : kMajors) {
        INFO("PostgreSQL " << major);
        check(PostgresServer::of_major(major));
    }
}

}  // namespace

TEST_CASE("PostgreSQL 12 to 18: what is run is recorded, shown and rolled back") {
    for (const int major : kMajors) {
        INFO("PostgreSQL " << major);
        auto& server = PostgresServer::of_major(major);
        const Repo repo = shop(server);
        CHECK(repo.value("SHOW server_version").starts_with(std::to_string(major) + "."));
        const Ran before = repo.migrate({"status"});
        CHECK_RAN(before, says(before, "20240103000000_code.sql"));
        const Ran run = repo.migrate({"run"});
        CHECK_RAN(run, run.status == 0);
        const Ran status = repo.migrate({"status", "--json"});
        CHECK_RAN(status, status.status == 0);
        CHECK_RAN(status, says(status, "\"current\""));
        test::execute(repo.connection, {"INSERT INTO users (name, age) VALUES ('a', 4)"});
        CHECK(repo.value("SELECT twice FROM users") == "8");
        const Ran back = repo.migrate({"rollback", "--steps", "3", "--yes"});
        CHECK_RAN(back, back.status == 0);
        CHECK_FALSE(repo.has_table("users"));
        CHECK(repo.value("SELECT count(*) FROM _migrations") == "0");
    }
}

// But for views of one table alone: from 16 on the server's own words leave the table's name out before
// columns.
TEST_CASE("PostgreSQL 12 to 18: the schema is the text that the system's own server gives") {
    const Repo own = shop(PostgresServer::shared());
    REQUIRE(own.migrate({"run"}).status == 0);
    const std::string expected = own.migrate({"schema"}).out;
    REQUIRE(expected.find("CREATE TABLE") != std::string::npos);
    on_each([&](PostgresServer& server) {
        const Repo repo = shop(server);
        REQUIRE(repo.migrate({"run"}).status == 0);
        const Ran schema = repo.migrate({"schema"});
        CHECK_RAN(schema, schema.status == 0);
        CHECK(schema.out == expected);
    });
}

TEST_CASE("PostgreSQL 12 to 18: a file that fails leaves nothing, and its place is named") {
    on_each([](PostgresServer& server) {
        Repo repo = shop(server);
        repo.tree.write("migrations/20240104000000_broken.sql",
                        "-- UP\nCREATE TABLE left_over (id int);\nINSERT INTO nowhere VALUES (1);\n-- DOWN\n"
                        "DROP TABLE left_over;\n");
        const Ran run = repo.migrate({"run"});
        CHECK_RAN(run, run.status != 0);
        CHECK_RAN(run, says(run, "20240104000000_broken.sql:3:13: relation \"nowhere\" does not exist"));
        CHECK_FALSE(repo.has_table("left_over"));
        CHECK(repo.value("SELECT count(*) FROM _migrations") == "3");
    });
}

TEST_CASE("PostgreSQL 12 to 18: an index that fails concurrently is left invalid, named and resolved") {
    on_each([](PostgresServer& server) {
        Repo repo(server,
                  {{"migrations/1_t.sql",
                    "-- UP\nCREATE TABLE t (id INT);\nINSERT INTO t VALUES (1), (1);\n-- DOWN\nDROP TABLE "
                    "t;\n"},
                   {"migrations/2_index.sql",
                    "-- UP\nCREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\n-- DOWN\nDROP INDEX t_id;\n"}});
        const Ran run = repo.migrate({"run"});
        CHECK_RAN(run, run.status != 0);
        CHECK_RAN(run, says(run, "An invalid index is left: t_id"));
        const Ran look = repo.migrate({"resolve"});
        CHECK_RAN(look, says(look, "the index is there, but invalid"));
        test::execute(repo.connection, {"DROP INDEX CONCURRENTLY t_id", "DELETE FROM t"});
        const Ran resumed = repo.migrate({"resolve", "--resume", "--yes"});
        CHECK_RAN(resumed, resumed.status == 0);
        CHECK(repo.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id'::regclass") == "t");
    });
}

TEST_CASE("PostgreSQL 12 to 18: four runs at once apply each file once") {
    on_each([](PostgresServer& server) {
        const Repo repo = shop(server);
        std::array<Ran, 4> ran;
        std::vector<std::thread> threads;
        for (Ran& one : ran) threads.emplace_back([&] { one = repo.migrate({"run"}); });
        for (std::thread& thread : threads) thread.join();
        for (const Ran& one : ran) CHECK_RAN(one, one.status == 0);
        CHECK(repo.value("SELECT count(*) FROM _migrations") == "3");
    });
}

TEST_CASE("PostgreSQL 12 to 18: a backup is taken, or refused before it begins where pg_dump is older") {
    // The only client programs here are those of the system's server.
    const int clients = std::stoi(Repo(PostgresServer::shared(), {}).value("SHOW server_version"));
    for (const int major : kMajors) {
        INFO("PostgreSQL " << major);
        const Repo repo = shop(PostgresServer::of_major(major));
        REQUIRE(repo.migrate({"run"}).status == 0);
        const Ran backup = repo.migrate({"backup"});
        if (major <= clients) {
            CHECK_RAN(backup, backup.status == 0);
        } else {
            CHECK_RAN(backup, backup.status != 0);
            CHECK_RAN(backup, says(backup, "is older than the server"));
        }
    }
}
