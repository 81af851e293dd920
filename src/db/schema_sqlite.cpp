#include "db/schema_parts.hpp"

namespace migrate::db {

namespace {

/// SQLite keeps the statements themselves. The tables that a virtual table makes for itself, and those of
/// SQLite's own, come back by themselves.
constexpr std::string_view kStatements =
    "SELECT s.type, s.name, s.tbl_name, s.sql, "
    "EXISTS (SELECT 1 FROM main.sqlite_schema v WHERE v.type = 'view' AND v.name = s.tbl_name COLLATE "
    "NOCASE) "
    "FROM main.sqlite_schema s WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "AND s.tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')";

}  // namespace

Result<std::string> schema_of_sqlite(Database& database, const SchemaOptions& options) {
    auto rows = database.query(kStatements);
    if (!rows) return tl::unexpected(rows.error());
    std::vector<SchemaPart> parts;
    for (const auto& row : rows->rows) {
        SchemaPart part;
        const std::string type = row[0].value_or("");
        part.name = row[1].value_or("");
        part.table = row[2].value_or("");
        part.group = type == "view" || row[4] == "1" ? 2 : 1;
        part.place = type == "table" || type == "view" ? 0 : type == "index" ? 1 : 2;
        part.sql = trimmed_statement(row[3].value_or(""));
        part.id = part.name;
        if (!is_left_out(part.table, options)) parts.push_back(std::move(part));
    }
    std::string text;
    for (const auto& part : in_order(std::move(parts), {})) {
        if (part.place == 0 && !text.empty()) text += '\n';
        text += terminated(part.sql);
    }
    return text;
}

}  // namespace migrate::db
