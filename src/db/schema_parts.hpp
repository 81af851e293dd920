#pragma once
#include <string>
#include <string_view>

#include "db/database.hpp"

// How each engine's schema is read. Internal to src/db/schema*.
namespace migrate::db {

/// Collects the statements of a schema in the order in which they are added.
class SchemaParts {
  public:
    SchemaParts(Database& database, std::string_view history_table)
        : database_(database), history_table_(history_table) {}

    /// Rows of (table that it belongs to, statement), sorted by the query.
    Result<void> add(std::string_view query);
    void add_text(std::string_view statement);
    /// Whether a table is a history, or ours.
    bool leaves_out(std::string_view table) const;
    Database& database() { return database_; }
    std::string take();

  private:
    Database& database_;
    std::string history_table_;
    std::string text_;
};

Result<void> schema_of_sqlite(SchemaParts& parts);
Result<void> schema_of_postgresql(SchemaParts& parts);
Result<void> schema_of_mysql(SchemaParts& parts);

}  // namespace migrate::db
