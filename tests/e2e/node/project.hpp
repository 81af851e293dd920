#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "run/process.hpp"
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

    /// A command of the project, with nothing of ours between: {"node", ...}, or the name of an installed
    /// one.
    Ran start(std::vector<std::string> command) const {
        ProcessSpec spec;
        if (command.front() != "node") command.front() = "node_modules/.bin/" + command.front();
        spec.argv = std::move(command);
        spec.cwd = tree.path();
        spec.env = {{"PATH", std::getenv("PATH")}, {"NO_COLOR", "1"}};
        spec.env.insert(environment.begin(), environment.end());
        spec.timeout = std::chrono::seconds(60);
        ProcessResult done = run_process(spec);
        const bool exited = done.end == ProcessResult::End::exited;
        return {exited ? done.exit_code : -1, done.out.text(), done.err.text()};
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
/// A new database of this name, which may say production.
inline Place on(Server& server, const std::string& name) {
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
