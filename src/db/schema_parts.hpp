#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "db/database.hpp"
#include "db/schema.hpp"

// How each engine's schema is read and put in order. Internal to src/db/schema*.
namespace migrate::db {

/// One statement of a schema and where it stands in the order that people read.
struct SchemaPart {
    std::string id;  ///< what dependencies call it
    int group = 0;   ///< schemas before tables before views ...
    std::string schema;
    std::string table;  ///< the table that it belongs to, "" for none
    int place = 0;      ///< within the table
    std::string name;
    std::string sql;  ///< without the final semicolon

    auto key() const { return std::tie(group, schema, table, place, name, sql); }
};

/// `first` needs `second`.
using SchemaNeed = std::pair<std::string, std::string>;

/// Sorts by key, but puts no part before those that it needs. Needs of and for what is not among the parts
/// are passed over; where parts need each other in a circle, the first by key is put first.
std::vector<SchemaPart> in_order(std::vector<SchemaPart> parts, const std::vector<SchemaNeed>& needs);

/// Without white space and semicolons at both ends.
std::string_view trimmed_statement(std::string_view text);

/// The statement with its semicolon and line end; a comment in its last line does not swallow them.
std::string terminated(std::string_view statement);

/// Whether a table is a history or ours.
bool is_left_out(std::string_view table, const SchemaOptions& options);

Result<std::string> schema_of_sqlite(Database& database, const SchemaOptions& options);
Result<std::string> schema_of_postgresql(Database& database, const SchemaOptions& options);
Result<std::string> schema_of_mysql(Database& database, const SchemaOptions& options);

}  // namespace migrate::db
