#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

/// A project with one model and the real Prisma CLI of one major version, on a PostgreSQL database of its
/// own. Prisma's schema engine is a download that no package registry carries; schema-engine.cjs stands in
/// for it: the same arguments and the same JSON-RPC, the engine's own logic from
/// @prisma/schema-engine-wasm 7.10, and the database through `pg`. So command lines, exit statuses, guards
/// and history rows are real, while the text of generated SQL is that of 7.10 under every version, and
/// wordings of the database's errors are the stand-in's.
class PrismaShop {
  public:
    /// `major` is 5, 6 or 7.
    explicit PrismaShop(int major);

    /// The program in the project, with DATABASE_URL set.
    Ran operator()(std::vector<std::string> arguments) const;
    /// The document of the same with --json; its exit status must be `status`.
    nlohmann::json document(std::vector<std::string> arguments, int status = 0) const;
    /// Prisma's own CLI, as a user would start it.
    Ran prisma(std::vector<std::string> arguments) const;

    /// Writes the schema: model User with id, email and these fields more ("age Int?").
    void schema(const std::string& more = "") const;
    /// Writes a migration by hand.
    void migration(const std::string& name, const std::string& sql, const std::string& down = "") const;
    /// Names of the columns of User; empty where there is no such table.
    std::vector<std::string> columns() const;
    /// The only migration whose name ends so.
    std::string named(const std::string& end) const;

    mutable Tree tree;
    std::map<std::string, std::string> environment;
    Connection database;

  private:
    int major_;
    Tree engine_;
};

}  // namespace migrate::test
