#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/tool.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

/// A project with a drizzle.config.ts, a schema of one table and the real drizzle-kit of one version in its
/// node_modules. SQLite lives in shop.db of the tree; PostgreSQL and MariaDB are databases of the test
/// servers.
class DrizzleShop {
  public:
    /// `version` is the tail of a folder of tests/tools/node: "0.20", "0.31", "1.0".
    DrizzleShop(const std::string& version, Engine engine);

    /// The program in the project, with DATABASE_URL set.
    Ran operator()(std::vector<std::string> arguments) const;
    /// The document of the same with --json; its exit status must be `status`.
    nlohmann::json document(std::vector<std::string> arguments, int status = 0) const;
    /// drizzle-kit itself, as a user would start it.
    Ran kit(std::vector<std::string> arguments) const;
    /// A script of the project, run by node.
    Ran node(const std::string& script) const;

    /// Writes the schema: table users with id, email and these columns more ("age: integer('age')").
    void schema(const std::string& more = "") const;
    /// Names of the columns of users; empty where there is no such table.
    std::vector<std::string> columns() const;
    /// How many rows the history holds.
    std::string rows_of_history() const;

    mutable Tree tree;
    std::map<std::string, std::string> environment;
    Connection database;

  private:
    Ran start(std::vector<std::string> command) const;
};

}  // namespace migrate::test
