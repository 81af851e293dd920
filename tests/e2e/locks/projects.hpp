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
struct Project {
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

Project knex(Server& server);
Project sequelize(Server& server);
Project typeorm(Server& server);
Project alembic(Server& server);
Project django(Server& server);
Project drizzle(Engine engine);
/// On PostgreSQL; its engine is a stand-in.
Project prisma();

}  // namespace migrate::test
