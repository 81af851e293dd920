#include "db/history_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "db/timestamps.hpp"
#include "db/user_tables.hpp"

namespace migrate::db {

namespace {

using RowState = AppliedRow::State;

constexpr std::array<std::pair<std::string_view, RowState>, 5> kRowStates{{
    {"", RowState::applied},
    {"applied", RowState::applied},
    {"failed", RowState::failed},
    {"running", RowState::running},
    {"rolled_back", RowState::rolled_back},
}};

RowState row_state_from(std::string_view name) {
    for (const auto& [known, state] : kRowStates)
        if (known == name) return state;
    return RowState::failed;
}

std::string lower(std::string text) {
    for (char& byte : text) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    return text;
}

void set_field(AppliedRow& row, std::string_view column, const Value& value) {
    const std::string text = value.value_or("");
    if (column == "id") row.id = text;
    if (column == "at") row.at = rfc3339_utc(text);
    if (column == "checksum") row.checksum = text;
    if (column == "batch") row.batch = text;
    if (column == "key") row.key = text;
    if (column == "state") row.state = row_state_from(text);
    if (column == "detail") row.detail = text;
    if (column == "down_sql") row.down_sql = text;
}

std::vector<AppliedRow> applied_rows(const Rows& table) {
    std::vector<std::string> names;
    for (const std::string& name : table.columns) names.push_back(lower(name));
    std::vector<AppliedRow> result;
    for (const auto& line : table.rows) {
        AppliedRow& row = result.emplace_back();
        for (std::size_t column = 0; column < names.size(); ++column)
            set_field(row, names[column], line[column]);
    }
    return result;
}

std::string_view begin_read(Engine engine) {
    switch (engine) {
        case Engine::sqlite:
            return "BEGIN";
        case Engine::postgresql:
        case Engine::cockroachdb:
            return "BEGIN TRANSACTION READ ONLY";
        default:
            return "START TRANSACTION READ ONLY";
    }
}

/// The select for the layout that the table really has.
const std::string& select_for(const HistoryQuery& query, const std::vector<std::string>& columns) {
    const bool complete =
        query.column.empty() || std::find(columns.begin(), columns.end(), query.column) != columns.end();
    return complete ? query.select : query.select_without;
}

Result<HistoryRows> read_inside(Database& database, const HistoryQuery& query) {
    HistoryRows result;
    result.source = HistorySource::direct;
    result.database_exists = true;
    result.table = query.schema.empty() ? query.table : query.schema + "." + query.table;
    // A table without columns is no history.
    auto columns = database.columns(query.schema, query.table);
    if (!columns) return tl::unexpected(columns.error());
    result.columns = std::move(*columns);
    result.table_exists = !result.columns.empty();
    if (!result.table_exists) {
        auto tables = database.tables();
        if (!tables) return tl::unexpected(tables.error());
        result.foreign_tables = !user_tables(*tables, query.table).empty();
        return result;
    }
    auto rows = database.query(select_for(query, result.columns));
    if (!rows)
        return fail("sql.failed",
                    "the history in " + result.table + " cannot be read: " + rows.error().message,
                    rows.error().hint);
    result.rows = applied_rows(*rows);
    return result;
}

}  // namespace

Result<HistoryRows> read_history(Database& database, const HistoryQuery& query) {
    if (auto begun = database.execute(begin_read(database.engine())); !begun)
        return tl::unexpected(begun.error());
    auto result = read_inside(database, query);
    (void)database.execute("ROLLBACK");
    return result;
}

}  // namespace migrate::db
