#include "sql/undo.hpp"

#include <fmt/format.h>

namespace migrate::sql {

namespace {

using Kind = Effect::Kind;

std::string path(const db::Database& database, const std::string& schema, const std::string& name) {
    return schema.empty() ? database.quoted(name) : database.quoted(schema) + "." + database.quoted(name);
}

/// "TABLE", "VIEW" ...; "" where the catalog does not say.
std::string relation_word(db::Database& database, const Effect& made) {
    Result<db::Rows> rows = db::Rows{};
    switch (dialect_of(database.engine())) {
        case Dialect::postgresql:
            rows = database.query(
                "SELECT CASE relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'v' THEN 'VIEW' WHEN "
                "'m' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' END FROM pg_catalog.pg_class WHERE "
                "oid = to_regclass(?)",
                std::vector<db::Value>{path(database, made.schema, made.name)});
            break;
        case Dialect::mysql:
            rows = database.query(
                "SELECT CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' WHEN 'VIEW' THEN 'VIEW' WHEN "
                "'SEQUENCE' THEN 'SEQUENCE' END FROM information_schema.tables WHERE table_schema = "
                "COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ?",
                std::vector<db::Value>{made.schema, made.name});
            break;
        case Dialect::sqlite:
            rows = database.query(
                "SELECT upper(type) FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', "
                "'view')",
                std::vector<db::Value>{made.name});
            break;
    }
    if (!rows || rows->rows.empty()) return "";
    return rows->rows[0][0].value_or("");
}

/// Whether the query answers with a row; true where it cannot be asked.
bool any(db::Database& database, const std::string& query) {
    auto rows = database.query(query);
    return !rows || !rows->rows.empty();
}

/// The condition of rows in which a column holds something else than its default.
std::string is_not_default(db::Database& database, const Effect& column) {
    const std::string name = database.quoted(column.name);
    auto expression = [&](std::string_view query, const std::string& table) {
        auto rows = database.query(query, std::vector<db::Value>{table, column.name});
        return rows && !rows->rows.empty() ? rows->rows[0][0].value_or("NULL") : std::string("NULL");
    };
    switch (dialect_of(database.engine())) {
        case Dialect::postgresql:
            return fmt::format(
                "{} IS DISTINCT FROM ({})", name,
                expression("SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d JOIN "
                           "pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE "
                           "d.adrelid = to_regclass(?) AND a.attname = ?",
                           path(database, column.schema, column.table)));
        case Dialect::mysql:
            // An error where there is none: what cannot be read counts as lost.
            return fmt::format("NOT ({0} <=> DEFAULT({0}))", name);
        case Dialect::sqlite:
            return fmt::format("{} IS NOT ({})", name,
                               expression("SELECT dflt_value FROM pragma_table_info(?) WHERE name = ? "
                                          "COLLATE NOCASE",
                                          column.table));
    }
    return "";
}

}  // namespace

std::optional<Undo> undo_of(db::Database& database, const Effect& made) {
    if (!made.there_after || made.replaces) return std::nullopt;
    const std::string own = path(database, made.schema, made.name);
    const std::string table = path(database, made.schema, made.table);
    const std::string name = database.quoted(made.name);
    const bool mysql = dialect_of(database.engine()) == Dialect::mysql;
    switch (made.kind) {
        case Kind::relation: {
            const std::string word = relation_word(database, made);
            if (word.empty()) return std::nullopt;
            const bool holds_rows =
                word == "TABLE" && any(database, fmt::format("SELECT 1 FROM {} LIMIT 1", own));
            return Undo{fmt::format("DROP {} {}", word, own), holds_rows};
        }
        case Kind::index:
            return Undo{mysql ? fmt::format("DROP INDEX {} ON {}", name, table) : "DROP INDEX " + own};
        case Kind::column:
            return Undo{fmt::format("ALTER TABLE {} DROP COLUMN {}", table, name),
                        any(database, fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", table,
                                                  is_not_default(database, made)))};
        case Kind::constraint:
            return Undo{fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", table, name)};
        case Kind::trigger:
            if (dialect_of(database.engine()) == Dialect::postgresql)
                return Undo{fmt::format("DROP TRIGGER {} ON {}", name, table)};
            return Undo{"DROP TRIGGER " + own};
        case Kind::type:
            return Undo{"DROP TYPE " + own};
        default:
            return std::nullopt;
    }
}

}  // namespace migrate::sql
