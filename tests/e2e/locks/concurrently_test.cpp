// Indexes that are built while others write: what waits for their transactions is not ended half way, and
// what fails leaves an invalid index that is named, with what to type.
#include <functional>
#include <thread>

#include "tests/e2e/locks/waiting.hpp"
#include "tests/e2e/python/shops.hpp"
#include "tests/e2e/sqlcore/repo.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// A project whose first migration makes `users`, and whose last makes an index on it.
struct Indexed {
    std::string name;
    Connection database;
    std::function<Ran(std::vector<std::string>)> migrate;
    std::function<void(const std::string& sql)> more;
    std::shared_ptr<void> kept;
    std::string last;  ///< its id
};

Indexed with_knex() {
    auto text = [](const std::string& sql) {
        return "exports.up = (knex) => knex.raw('" + sql +
               "');\nexports.down = () => {};\nexports.config = { transaction: false };\n";
    };
    auto repo = std::make_shared<Repo>(
        PostgresServer::shared(),
        Tree::Files{
            {"knexfile.js",
             "module.exports = { development: { client: 'pg', connection: process.env.DATABASE_URL } };\n"},
            {"migrations/20240101000000_users.js", text("CREATE TABLE users (id INT)")}});
    const std::filesystem::path tool = test_tool("node/knex-3");
    repo->tree.link((tool / "node_modules").string(), "node_modules");
    for (const char* file : {"package.json", "package-lock.json"})
        std::filesystem::copy_file(tool / file, repo->tree.path(file));
    return {"Knex",
            repo->connection,
            [repo](auto words) { return repo->migrate(words); },
            [repo, text](const std::string& sql) {
                repo->tree.write("migrations/20240109000000_late.js", text(sql));
            },
            repo,
            "20240109000000_late.js"};
}

Indexed with_alembic() {
    auto project = std::make_shared<PythonProject>("python/alembic-1.20", plain_alembic());
    const Connection connection = empty_database(Engine::postgresql, *project);
    project->environment["DATABASE_URL"] = url_of(connection, "postgresql+psycopg2", "");
    return {"Alembic",
            connection,
            [project](auto words) { return project->migrate(words); },
            [project](const std::string& sql) {
                project->tree.write(
                    "migrations/versions/hhhh9_late.py",
                    revision("hhhh9", "\"aaaa1\"",
                             "with op.get_context().autocommit_block():\n        op.execute(\"" + sql + "\")",
                             "pass"));
            },
            project,
            "hhhh9"};
}

Indexed with_sql() {
    auto repo = std::make_shared<Repo>(
        PostgresServer::shared(),
        Tree::Files{{"migrations/20240101000000_users.sql",
                     "-- UP\nCREATE TABLE users (id INT);\n-- DOWN\nDROP TABLE users;\n"}});
    return {"raw SQL",
            repo->connection,
            [repo](auto words) { return repo->migrate(words); },
            [repo](const std::string& sql) {
                repo->tree.write("migrations/20240109000000_late.sql",
                                 "-- UP\n" + sql + ";\n-- DOWN\nSELECT 1;\n");
            },
            repo,
            "20240109000000_late.sql"};
}

std::string is_valid(const Indexed& project) {
    auto rows = connect(project.database)
                    ->query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('late')");
    REQUIRE(rows);
    return rows->rows.empty() ? "" : rows->rows[0][0].value_or("");
}

}  // namespace

TEST_CASE("an index that is built concurrently waits for whoever writes, however long, and is valid then") {
    std::vector<Indexed> projects{with_knex(), with_alembic(), with_sql()};
    std::vector<std::thread> threads;
    std::vector<Ran> ran(projects.size());
    std::vector<std::unique_ptr<db::Database>> writers;
    for (std::size_t i = 0; i < projects.size(); ++i) {
        const Ran first = projects[i].migrate({"run"});
        REQUIRE_MESSAGE(first.status == 0, all_of(first));
        projects[i].more("CREATE INDEX CONCURRENTLY late ON users (id)");
        writers.push_back(connect(projects[i].database));
        REQUIRE(writers.back()->execute("BEGIN"));
        REQUIRE(writers.back()->execute("INSERT INTO users (id) VALUES (1)"));
    }
    for (std::size_t i = 0; i < projects.size(); ++i)
        threads.emplace_back([&, i] { ran[i] = projects[i].migrate({"run"}); });
    // Longer than the limit that everything else has for waiting.
    std::this_thread::sleep_for(std::chrono::seconds(9));
    for (auto& writer : writers) REQUIRE(writer->execute("COMMIT"));
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < projects.size(); ++i) {
        CAPTURE(projects[i].name);
        CHECK_MESSAGE(ran[i].status == 0, all_of(ran[i]));
        CHECK(is_valid(projects[i]) == "t");
    }
}

TEST_CASE("an index that could not be built concurrently is left invalid, and named with what to type") {
    for (Indexed& project : std::vector<Indexed>{with_knex(), with_alembic(), with_sql()}) {
        CAPTURE(project.name);
        REQUIRE(project.migrate({"run"}).status == 0);
        project.more("CREATE UNIQUE INDEX CONCURRENTLY late ON users (id)");
        if (project.name == "Alembic")
            execute(project.database, {"ALTER TABLE users DROP CONSTRAINT users_pkey"});
        execute(project.database, {"INSERT INTO users (id) VALUES (1), (1)"});
        const Ran run = project.migrate({"run"});
        CHECK_MESSAGE(run.status == 1, all_of(run));
        REQUIRE(is_valid(project) == "f");
        CHECK_MESSAGE(says(run, "An invalid index is left: late"), all_of(run));
        CHECK_FALSE(says(project.migrate({"run"}), "--applied"));
        const Ran status = project.migrate({"status"}), resolve = project.migrate({"resolve"});
        if (project.name != "raw SQL") {
            CHECK_MESSAGE(says(status, "an index of it is there, but invalid"), all_of(status));
            CHECK_MESSAGE(says(resolve, "migrate resolve --undo "), all_of(resolve));
        }
        CHECK_MESSAGE(says(status, "migrate resolve"), all_of(status));
        CHECK_MESSAGE(says(resolve, "DROP INDEX CONCURRENTLY \"late\""), all_of(resolve));
        execute(project.database, {"DELETE FROM users"});
        if (project.name == "raw SQL") {
            execute(project.database, {"DROP INDEX CONCURRENTLY late"});
            const Ran back = project.migrate({"resolve", "--rolled-back", project.last, "--yes"});
            CHECK_MESSAGE(back.status == 0, all_of(back));
        } else {
            const Ran undo = project.migrate({"resolve", "--undo", project.last, "--yes"});
            CHECK_MESSAGE(undo.status == 0, all_of(undo));
            CHECK(is_valid(project) == "");
        }
        const Ran last = project.migrate({"run"});
        CHECK_MESSAGE(last.status == 0, all_of(last));
        CHECK(is_valid(project) == "t");
        // What passes over an invalid one is not silent.
        if (project.name != "Knex") continue;
        execute(project.database,
                {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'late'::regclass",
                 "DELETE FROM knex_migrations WHERE name LIKE '%late%'"});
        project.more("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS late ON users (id)");
        const Ran passed = project.migrate({"run"});
        CHECK_MESSAGE(says(passed, "invalid  late"), all_of(passed));
    }
}
