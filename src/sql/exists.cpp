// Where each database's catalog keeps what a statement brings about.
#include <fmt/format.h>

#include <array>

#include "sql/look.hpp"

namespace migrate::sql {

namespace {

using Kind = Effect::Kind;
using Values = std::vector<db::Value>;

std::optional<bool> any(db::Database& database, std::string_view query, const Values& values) {
    auto rows = database.query(query, values);
    if (!rows) return std::nullopt;
    return !rows->rows.empty();
}

std::string path(const db::Database& database, const std::string& schema, const std::string& name) {
    return schema.empty() ? database.quoted(name) : database.quoted(schema) + "." + database.quoted(name);
}

std::optional<bool> in_postgresql(db::Database& database, const Effect& effect, std::string& why) {
    const Values own{path(database, effect.schema, effect.name)};
    const Values part{path(database, effect.schema, effect.table), effect.name};
    switch (effect.kind) {
        case Kind::relation:
            return any(database, "SELECT 1 WHERE to_regclass(?) IS NOT NULL", own);
        case Kind::index: {
            auto rows = database.query(
                "SELECT coalesce((SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = c.oid), "
                "true) FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(?)",
                own);
            if (!rows) return std::nullopt;
            if (rows->rows.empty()) return false;
            if (rows->rows[0][0] == "t") return true;
            why = fmt::format(
                "the index is there, but invalid: DROP INDEX CONCURRENTLY {}; makes room for it", *own[0]);
            return std::nullopt;
        }
        case Kind::column:
            return any(
                database,
                "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(?) AND attname = ? "
                "AND attnum > 0 AND NOT attisdropped",
                part);
        case Kind::constraint:
            return any(
                database,
                "SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass(?) AND conname = ?",
                part);
        case Kind::trigger:
            return any(database,
                       "SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ?",
                       part);
        case Kind::routine:
            return any(database,
                       "SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = "
                       "p.pronamespace WHERE p.proname = ? AND n.nspname = coalesce(nullif(?, ''), "
                       "current_schema())",
                       {effect.name, effect.schema});
        case Kind::type:
            return any(database, "SELECT 1 WHERE to_regtype(?) IS NOT NULL", own);
        case Kind::enum_value:
            return any(database,
                       "SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype(?)::oid AND enumlabel "
                       "= ?",
                       part);
        case Kind::schema:
            return any(database, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", {effect.name});
        case Kind::extension:
            return any(database, "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = ?", {effect.name});
        case Kind::event:
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<bool> in_mysql(db::Database& database, const Effect& effect) {
    auto look = [&](std::string_view table, std::string_view schema, std::string_view rest, Values values) {
        values.insert(values.begin(), effect.schema);
        return any(database,
                   fmt::format("SELECT 1 FROM information_schema.{} WHERE {} = COALESCE(NULLIF(?, ''), "
                               "DATABASE()) AND {} LIMIT 1",
                               table, schema, rest),
                   values);
    };
    switch (effect.kind) {
        case Kind::relation:
            return look("tables", "table_schema", "table_name = ?", {effect.name});
        case Kind::index:
            return look("statistics", "table_schema", "table_name = ? AND index_name = ?",
                        {effect.table, effect.name});
        case Kind::column:
            return look("columns", "table_schema", "table_name = ? AND column_name = ?",
                        {effect.table, effect.name});
        case Kind::constraint:
            return look("table_constraints", "table_schema", "table_name = ? AND constraint_name = ?",
                        {effect.table, effect.name});
        case Kind::trigger:
            return look("triggers", "trigger_schema", "trigger_name = ?", {effect.name});
        case Kind::routine:
            return look("routines", "routine_schema", "routine_name = ?", {effect.name});
        case Kind::event:
            return look("events", "event_schema", "event_name = ?", {effect.name});
        case Kind::schema:
            return any(database, "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?",
                       {effect.name});
        default:
            return std::nullopt;
    }
}

std::optional<bool> in_sqlite(db::Database& database, const Effect& effect) {
    const std::string schema = effect.schema.empty() ? "main" : effect.schema;
    switch (effect.kind) {
        case Kind::relation:
        case Kind::index:
        case Kind::trigger:
            return any(database,
                       fmt::format("SELECT 1 FROM {}.sqlite_schema WHERE name = ? COLLATE NOCASE AND type {}",
                                   database.quoted(schema),
                                   effect.kind == Kind::relation ? "IN ('table', 'view')"
                                   : effect.kind == Kind::index  ? "= 'index'"
                                                                 : "= 'trigger'"),
                       {effect.name});
        case Kind::column:
            return any(database, "SELECT 1 FROM pragma_table_xinfo(?, ?) WHERE name = ? COLLATE NOCASE",
                       {effect.table, schema, effect.name});
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<bool> exists(db::Database& database, const Effect& effect, std::string& why) {
    switch (dialect_of(database.engine())) {
        case Dialect::postgresql:
            return in_postgresql(database, effect, why);
        case Dialect::mysql:
            return in_mysql(database, effect);
        case Dialect::sqlite:
            return in_sqlite(database, effect);
    }
    return std::nullopt;
}

}  // namespace migrate::sql
