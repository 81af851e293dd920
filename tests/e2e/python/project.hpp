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

// What the tests of the Python tools share: a project on disk with one of the installed environments as its
// .venv, and the database it is pointed to.
namespace migrate::test {

/// A project that runs in the environment `tool` ("python/alembic-1.20") and reads DATABASE_URL.
class PythonProject {
  public:
    PythonProject(std::string_view tool, const Tree::Files& files,
                  std::map<std::string, std::string> environment = {})
        : tree(files), environment(std::move(environment)) {
        tree.link(test_tool(tool).string(), ".venv");
    }

    Ran migrate(std::vector<std::string> arguments) const {
        return migrate_in(tree, std::move(arguments), environment);
    }

    /// The tool itself, as its user calls it: .venv/bin/python ARGUMENTS.
    Ran python(std::vector<std::string> arguments) const {
        ProcessSpec spec;
        spec.argv = {".venv/bin/python"};
        spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
        spec.cwd = tree.path();
        spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", tree.path(".home").string()}};
        spec.env["PYTHONDONTWRITEBYTECODE"] = "1";
        for (const auto& [name, value] : environment) spec.env[name] = value;
        spec.keep = 1u << 20;
        spec.timeout = std::chrono::seconds(120);
        ProcessResult done = run_process(spec);
        return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(),
                done.err.text()};
    }

    Tree tree;
    std::map<std::string, std::string> environment;
};

/// A server and how SQLAlchemy calls it.
struct Place {
    Connection connection;
    std::string url;
};

inline Place on_postgresql(std::string_view scheme = "postgresql+psycopg2") {
    auto& server = PostgresServer::shared();
    Connection connection = server.fresh_database();
    std::string url = server.url(connection);
    return {connection, std::string(scheme) + url.substr(url.find("://"))};
}

inline Place on_mariadb(std::string_view scheme = "mysql+pymysql") {
    auto& server = MariaDbServer::shared();
    Connection connection = server.fresh_database();
    std::string url = server.url(connection);
    return {connection, std::string(scheme) + url.substr(url.find("://"))};
}

inline bool has_table(const Connection& connection, std::string_view table) {
    auto found = connect(connection)->table_exists("", std::string(table));
    REQUIRE(found);
    return *found;
}

}  // namespace migrate::test
