#include "adapters/drizzle/rows.hpp"

#include <algorithm>

#include "adapters/support/history_sql.hpp"
#include "adapters/support/sql_file.hpp"

namespace migrate::drizzle {

namespace {

bool is_mysql(Engine engine) {
    return engine == Engine::mysql || engine == Engine::mariadb;
}

std::string number_or_null(const std::string& text) {
    return text.empty() ? "NULL" : text;
}

/// The row itself, whatever its name says: 1.0 leaves names of older rows empty where it finds no folder.
std::string where(const HistoryTable& table, const AppliedRow& row) {
    return " WHERE hash = " + sql_text(table.engine, row.checksum) + " AND created_at " +
           (row.key.empty() ? "IS NULL" : "= " + row.key);
}

}  // namespace

std::vector<std::string> HistoryTable::create() const {
    std::string id = "id SERIAL PRIMARY KEY", time = "created_at bigint", more;
    if (engine == Engine::sqlite) {
        if (has_name) id = "id INTEGER PRIMARY KEY";
        time = "created_at numeric";
    }
    if (has_name) {
        more = ", name text, applied_at ";
        more += engine == Engine::sqlite ? "TEXT"
                : is_mysql(engine)       ? "timestamp DEFAULT CURRENT_TIMESTAMP"
                                         : "timestamp with time zone DEFAULT now()";
    }
    std::vector<std::string> statements;
    if (!schema.empty()) statements.push_back("CREATE SCHEMA IF NOT EXISTS " + schema);
    statements.push_back("CREATE TABLE IF NOT EXISTS " + name + " (" + id + ", hash text NOT NULL, " + time +
                         more + ")");
    return statements;
}

std::string HistoryTable::insert(const MigrationFile& file) const {
    std::string columns = "hash, created_at";
    std::string values = sql_text(engine, file.checksum) + ", " + number_or_null(file.key);
    if (has_name) {
        columns += ", name";
        values += ", " + sql_text(engine, file.id);
        if (engine == Engine::sqlite) {
            columns += ", applied_at";
            values += ", strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
        }
    }
    return "INSERT INTO " + name + " (" + columns + ") VALUES (" + values + ")";
}

std::string HistoryTable::remove(const AppliedRow& row) const {
    return "DELETE FROM " + name + where(*this, row);
}

std::string HistoryTable::update(const AppliedRow& row, const MigrationFile& file) const {
    std::string set =
        "hash = " + sql_text(engine, file.checksum) + ", created_at = " + number_or_null(file.key);
    if (has_name) set += ", name = " + sql_text(engine, file.id);
    return "UPDATE " + name + " SET " + set + where(*this, row);
}

HistoryTable history_table(const Project& project, const Version& version, const node::Known& known) {
    HistoryTable table;
    table.engine = project.engine.value_or(Engine::postgresql);
    if (known.target && known.target->connection.engine) table.engine = *known.target->connection.engine;
    const bool schemas = table.engine == Engine::postgresql || table.engine == Engine::cockroachdb;
    if (schemas) table.schema = quoted_name(table.engine, project.schema);
    table.name = qualified_name(table.engine, schemas ? project.schema : "", project.table);
    table.has_name = version >= Version{1, 0, 0};
    // An older table gets its new columns from 1.0's own first `migrate`.
    if (table.has_name && known.history && known.history->initialised) {
        const auto& columns = known.history->columns;
        table.has_name = std::find(columns.begin(), columns.end(), "name") != columns.end();
    }
    return table;
}

std::string without_breakpoints(std::string_view sql) {
    constexpr std::string_view kMark = "--> statement-breakpoint";
    std::string script;
    while (!sql.empty()) {
        std::size_t mark = std::min(sql.find(kMark), sql.size());
        std::string part(sql.substr(0, mark));
        sql.remove_prefix(std::min(mark + kMark.size(), sql.size()));
        while (!part.empty() && static_cast<unsigned char>(part.back()) <= ' ') part.pop_back();
        if (!has_statement(part)) continue;
        script += part;
        // A last line that is a comment would swallow it.
        script += part.ends_with(';') ? "\n" : "\n;\n";
    }
    return script;
}

}  // namespace migrate::drizzle
