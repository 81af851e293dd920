#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

// Projects of the real tools, each with a migration that meets a lock.
namespace migrate::test {

/// A project whose first migration makes a table.
struct LockedProject {
    std::string name;
    std::function<Ran(std::vector<std::string>)> migrate;
    Connection database;
    std::string table = "users";
    /// Writes one more, which adds a column `name` to it.
    std::function<void()> more;
    std::shared_ptr<void> kept;  // what lives as long as the project
    /// Of those that read DATABASE_URL and nothing else.
    std::shared_ptr<std::map<std::string, std::string>> environment = {};
};

LockedProject knex(Server& server);
LockedProject sequelize(Server& server);
LockedProject typeorm(Server& server);
LockedProject alembic(Server& server);
LockedProject django(Server& server);
LockedProject drizzle(Engine engine);
/// On PostgreSQL; its engine is a stand-in.
LockedProject prisma();

}  // namespace migrate::test
