#pragma once
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"

// What the tests of the Node tools share: a project on disk whose node_modules are those of one installed
// version of the tool, and the database that it is pointed to.
namespace migrate::test {

/// A package that depends on what the installed folder `tool` ("knex-3") has, reads DATABASE_URL, and holds
/// `files`.
class NodeProject {
  public:
    NodeProject(const std::string& tool, const std::string& url, const Tree::Files& files) : tree(files) {
        std::filesystem::path installed = test_tool("node/" + tool);
        tree.link((installed / "node_modules").string(), "node_modules");
        for (auto name : {"package.json", "package-lock.json"})
            std::filesystem::copy_file(installed / name, tree.path(name));
        environment = {{"DATABASE_URL", url}};
    }

    Ran migrate(std::vector<std::string> arguments) const {
        return migrate_in(tree, std::move(arguments), environment);
    }

    /// The same, and it must succeed.
    Ran must(std::vector<std::string> arguments) const {
        Ran ran = migrate(std::move(arguments));
        CHECK_MESSAGE(ran.status == 0, all_of(ran));
        return ran;
    }

    Tree tree;
    std::map<std::string, std::string> environment;
};

/// A new database, and its URL in the form that Node's drivers take.
struct Place {
    Connection connection;
    std::string url;
};

inline Place on(Server& server) {
    Connection connection = server.fresh_database();
    return {connection, server.url(connection)};
}
inline Place on_postgresql() {
    return on(PostgresServer::shared());
}
inline Place on_mariadb() {
    return on(MariaDbServer::shared());
}
/// PostgreSQL under a name that says production.
inline Place on_production(const std::string& name) {
    auto& server = PostgresServer::shared();
    execute(server.admin(), {"CREATE DATABASE " + name});
    Connection connection = server.admin();
    connection.database = name;
    return {connection, server.url(connection)};
}

inline bool has_table(const Connection& connection, std::string_view table) {
    auto found = connect(connection)->table_exists("", std::string(table));
    REQUIRE(found);
    return *found;
}

inline std::string count(const Connection& connection, const std::string& table) {
    auto rows = connect(connection)->query("SELECT COUNT(*) FROM " + table);
    REQUIRE(rows);
    return rows->rows[0][0].value_or("");
}

/// A project with two migrations that make `users` and `posts`, and seeds that insert two users: a migration
/// is written, everything planned, applied, seeded, reverted and applied again. After each step the database
/// is looked at, and `status` must agree.
inline void goes_round(const NodeProject& project, const Connection& database, bool seeds) {
    Ran status = project.must({"status"});
    CHECK(says(status, "uninitialised"));
    Ran written = project.must({"generate", "add email"});
    CHECK_MESSAGE(says(written, "wrote    migrations/"), all_of(written));

    Ran plan = project.must({"plan", "run"});
    CHECK_MESSAGE(says(plan, "apply 3 migrations"), all_of(plan));
    if (database.engine != Engine::sqlite) CHECK_FALSE(has_table(database, "users"));

    project.must({"run"});
    CHECK(has_table(database, "users"));
    CHECK(has_table(database, "posts"));
    CHECK(says(project.must({"status"}), "current"));
    if (seeds) {
        // On empty tables a seed can only add.
        project.must({"seed"});
        CHECK(count(database, "users") == "2");
        Ran unasked = project.migrate({"seed"});
        CHECK_MESSAGE(unasked.status == 4, all_of(unasked));
        CHECK(count(database, "users") == "2");
    }

    Ran back = project.must({"rollback", "--steps", "2", "--yes"});
    CHECK_FALSE(has_table(database, "posts"));
    CHECK(has_table(database, "users"));
    Ran pending = project.must({"status"});
    CHECK_MESSAGE(says(pending, "pending        2"), all_of(pending));
    project.must({"run"});
    CHECK(has_table(database, "posts"));
    CHECK(says(project.must({"run"}), "nothing to do"));
    project.must({"redo", "--yes"});
    CHECK(says(project.must({"status"}), "current"));

    for (const Ran& ran : {status, plan, back, pending})
        if (!database.password.empty()) CHECK_FALSE(says(ran, database.password));
}

/// No verb changes a protected database, whatever is said on the command line.
inline void refuses_production(const NodeProject& project, const Connection& database, bool seeds) {
    std::vector<std::vector<std::string>> verbs{{"run", "--yes"},
                                                {"run", "--confirm=" + database.database},
                                                {"reset", "--yes", "--confirm=" + database.database}};
    if (seeds) verbs.push_back({"seed", "--yes"});
    for (auto& words : verbs) {
        Ran ran = project.migrate(words);
        CHECK_MESSAGE(ran.status == 4, words.front() << " " << all_of(ran));
        CHECK_FALSE(says(ran, "--confirm="));  // a refusal never names what would force it
        CHECK_FALSE(has_table(database, "users"));
    }
}

/// The tool keeps no checksums: that an applied file was edited is not known, and status does not pretend
/// that it is.
inline void says_edits_are_unknown(NodeProject& project, const std::string& file) {
    project.must({"run"});
    project.tree.write(file, project.tree.read(file) + "// edited\n");
    Ran status = project.must({"status", "--json"});
    CHECK_MESSAGE(says(status, "\"state\": \"current\""), all_of(status));
    CHECK(says(status, "\"edited_known\": false"));
}

/// A database that nobody answers for ends with 1 and is named without its password.
inline void says_unreachable(NodeProject& project, const std::string& url) {
    project.environment["DATABASE_URL"] = url;
    for (std::vector<std::string> words : {std::vector<std::string>{"status"}, {"run"}}) {
        Ran ran = project.migrate(words);
        CHECK_MESSAGE(ran.status == 1, all_of(ran));
        CHECK_MESSAGE(says(ran, "target.unreachable"), all_of(ran));
        CHECK(says(ran, "127.0.0.1:1 cannot be reached"));
        CHECK_FALSE(says(ran, "hidden-word"));
    }
}

}  // namespace migrate::test
