#include "db/schema.hpp"

#include "db/schema_parts.hpp"
#include "db/user_tables.hpp"

namespace migrate::db {

namespace {

std::string trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ';'; };
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    return std::string(text);
}

}  // namespace

bool SchemaParts::leaves_out(std::string_view table) const {
    return !is_user_table(table) || table == history_table_;
}

Result<void> SchemaParts::add(std::string_view query) {
    auto rows = database_.query(query);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : rows->rows)
        if (!leaves_out(row[0].value_or(""))) add_text(row[1].value_or(""));
    return {};
}

void SchemaParts::add_text(std::string_view text) {
    const std::string statement = trimmed(text);
    if (!statement.empty()) text_ += statement + ";\n\n";
}

std::string SchemaParts::take() {
    while (text_.ends_with("\n\n")) text_.pop_back();
    return std::move(text_);
}

/// What SQLite keeps is the text of the statements themselves.
Result<void> schema_of_sqlite(SchemaParts& parts) {
    return parts.add(
        "SELECT tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, "
        "name");
}

Result<std::string> schema_text(Database& database, std::string_view history_table) {
    SchemaParts parts(database, history_table);
    Result<void> done;
    switch (database.engine()) {
        case Engine::sqlite:
        case Engine::libsql:
            done = schema_of_sqlite(parts);
            break;
        case Engine::postgresql:
        case Engine::cockroachdb:
            done = schema_of_postgresql(parts);
            break;
        case Engine::mysql:
        case Engine::mariadb:
            done = schema_of_mysql(parts);
            break;
        default:
            return fail("verb.unsupported", "the schema of this engine cannot be read here");
    }
    if (!done) return tl::unexpected(done.error());
    return parts.take();
}

}  // namespace migrate::db
