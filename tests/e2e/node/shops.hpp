#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/e2e/node/project.hpp"

namespace migrate::test {

/// One installed version of Knex, TypeORM or sequelize-cli ("knex-3") on one kind of database.
struct Kind {
    std::string tool;
    Engine engine = Engine::postgresql;

    bool is(std::string_view name) const { return tool.starts_with(name); }
};

/// What doctest shows of it: "knex-3 on mariadb".
std::ostream& operator<<(std::ostream& out, const Kind& kind);

/// Every version on every database that the adapters' pages say it was seen on.
std::vector<Kind> every_kind();
/// Those of one tool.
std::vector<Kind> every_kind_of(std::string_view tool);

/// Where a tool keeps its history.
enum class HistoryTable {
    usual,
    named,  ///< "changes", on PostgreSQL in the schema "app"
};

/// A project whose two migrations make `users` and `posts`, on a database of its own; SQLite is dev.sqlite3
/// in the project. With Knex and sequelize-cli its seed inserts two users.
class Shop : public NodeProject {
  public:
    explicit Shop(const Kind& kind, HistoryTable table = HistoryTable::usual);
    Shop(const Kind& kind, const Place& place, HistoryTable table = HistoryTable::usual);

    /// The file, and the id in the history, of a migration of 1 January (users), 3 January (posts), or
    /// another day on which there is none yet.
    std::string file(int day, const std::string& name) const;
    std::string id(int day, const std::string& name) const;
    /// A migration that makes a table of its name.
    void makes(int day, const std::string& name);
    /// A migration with this JavaScript in `up` and `down`, where `sql` is a function that executes a
    /// statement.
    void does(int day, const std::string& name, const std::string& up, const std::string& down = "");

    /// The file that says where the database is.
    std::string config() const;

    Kind kind;
    Connection database;
};

}  // namespace migrate::test
