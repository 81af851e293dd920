// How rows of history tables come, change and go.
#include <fmt/format.h>

#include <algorithm>

#include "sql/history_table.hpp"

namespace migrate::sql {

namespace {

bool has(const std::vector<std::string>& columns, std::string_view name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
}

Change remove_row(const HistoryTable& table, Dialect dialect, const std::string& id) {
    return {
        fmt::format("DELETE FROM {} WHERE {} = ?", table.qualified(dialect), key_column(table.convention)),
        {id}};
}

/// golang-migrate's one row.
Changes set_version(const HistoryTable& table, Dialect dialect, const std::string& version, bool dirty) {
    const std::string name = table.qualified(dialect);
    Changes changes{{fmt::format("DELETE FROM {}", name), {}}};
    // A version of -1 stands for "none", and is only written where it is dirty.
    if (!version.empty() || dirty)
        changes.push_back(
            {fmt::format("INSERT INTO {} (version, dirty) VALUES (?, {})", name, dirty ? "TRUE" : "FALSE"),
             {version.empty() ? "-1" : version}});
    return changes;
}

/// PostgreSQL's text form of an array of texts.
std::string array_of(const std::vector<std::string>& texts) {
    std::string result = "{";
    for (const std::string& text : texts) {
        if (result.size() > 1) result += ',';
        result += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') result += '\\';
            result += c;
        }
        result += '"';
    }
    return result + "}";
}

/// A row of our own table, with the columns that it has.
Change insert_own(const HistoryTable& table, Dialect dialect, const Entry& entry, std::string_view state,
                  int done, const std::vector<std::string>& columns) {
    std::string names = "filename, applied_at", values = "?, CURRENT_TIMESTAMP";
    std::vector<db::Value> given{entry.id};
    auto add = [&](std::string_view column, db::Value value) {
        if (!has(columns, column)) return;
        names += fmt::format(", {}", column);
        values += ", ?";
        given.push_back(std::move(value));
    };
    auto text = [](const std::string& value) { return value.empty() ? db::Value{} : db::Value{value}; };
    add("checksum", text(entry.checksum));
    add("state", std::string(state));
    add("statements_done", std::to_string(done));
    add("down_sql", text(entry.down_text));
    if (entry.duration_ms > 0) add("duration_ms", std::to_string(entry.duration_ms));
    return {fmt::format("INSERT INTO {} ({}) VALUES ({})", table.qualified(dialect), names, values),
            std::move(given)};
}

bool keeps_state(const std::vector<std::string>& columns) {
    return has(columns, "state") && has(columns, "statements_done") && has(columns, "statement_started");
}

}  // namespace

Changes record_done(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                    const std::vector<std::string>& columns) {
    const std::string name = table.qualified(dialect);
    if (table.convention == Convention::golang_migrate)
        return set_version(table, dialect, direction == Direction::up ? entry.id : entry.before, false);
    Changes changes;
    // Going up, a row may be there already: of a start, or of goose's older way back.
    if (direction == Direction::down || !entry.unheard_of)
        changes.push_back(remove_row(table, dialect, entry.id));
    if (direction == Direction::down) return changes;
    switch (table.convention) {
        case Convention::up_down:
        case Convention::plain:
            changes.push_back(insert_own(table, dialect, entry, entry.state, entry.count, columns));
            break;
        case Convention::goose:
            changes.push_back(
                {fmt::format("INSERT INTO {} (version_id, is_applied) VALUES (?, TRUE)", name), {entry.id}});
            break;
        case Convention::sql_migrate:
            changes.push_back(
                {fmt::format("INSERT INTO {} (id, applied_at) VALUES (?, {})", name,
                             dialect == Dialect::mysql ? "UTC_TIMESTAMP()" : "CURRENT_TIMESTAMP"),
                 {entry.id}});
            break;
        case Convention::supabase:
            changes.push_back(
                {fmt::format("INSERT INTO {} (version, statements, name) VALUES (?, ?, ?)", name),
                 {entry.id, array_of(entry.statements), entry.title}});
            break;
        default:
            changes.push_back({fmt::format("INSERT INTO {} (version) VALUES (?)", name), {entry.id}});
            break;
    }
    return changes;
}

Changes record_start(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                     int done, const std::vector<std::string>& columns) {
    if (table.convention == Convention::golang_migrate)
        return set_version(table, dialect, direction == Direction::up ? entry.id : entry.before, true);
    if (!facts_of(table.convention).own_table || !keeps_state(columns)) return {};
    if (direction == Direction::down)
        return {{fmt::format(
                     "UPDATE {} SET state = 'reverting', statements_done = ?, statement_started = NULL WHERE "
                     "filename = ?",
                     table.qualified(dialect)),
                 {std::to_string(done), entry.id}}};
    return {remove_row(table, dialect, entry.id),
            insert_own(table, dialect, entry, "running", done, columns)};
}

Changes record_progress(const HistoryTable& table, Dialect dialect, const std::string& id, int done,
                        int started, const std::vector<std::string>& columns) {
    if (!facts_of(table.convention).own_table || !keeps_state(columns)) return {};
    return {{fmt::format("UPDATE {} SET statements_done = ?, statement_started = ? WHERE filename = ?",
                         table.qualified(dialect)),
             {std::to_string(done), std::to_string(started), id}}};
}

Changes record_cancel(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                      const std::vector<std::string>& columns) {
    if (table.convention == Convention::golang_migrate)
        return set_version(table, dialect, direction == Direction::up ? entry.before : entry.id, false);
    if (!facts_of(table.convention).own_table || !keeps_state(columns)) return {};
    if (direction == Direction::up) return {remove_row(table, dialect, entry.id)};
    return {{fmt::format("UPDATE {} SET state = 'applied', statement_started = NULL WHERE filename = ?",
                         table.qualified(dialect)),
             {entry.id}}};
}

Changes rename_row(const HistoryTable& table, Dialect dialect, const std::string& from, const Entry& to) {
    const std::string name = table.qualified(dialect);
    const std::string_view key = key_column(table.convention);
    if (facts_of(table.convention).own_table && !to.checksum.empty())
        return {{fmt::format("UPDATE {} SET {} = ?, checksum = ? WHERE {} = ?", name, key, key),
                 {to.id, to.checksum, from}}};
    return {{fmt::format("UPDATE {} SET {} = ? WHERE {} = ?", name, key, key), {to.id, from}}};
}

Changes accept_checksum(const HistoryTable& table, Dialect dialect, const Entry& entry) {
    if (!facts_of(table.convention).own_table) return {};
    return {
        {fmt::format("UPDATE {} SET checksum = ?, down_sql = ? WHERE filename = ?", table.qualified(dialect)),
         {entry.checksum, entry.down_text, entry.id}}};
}

}  // namespace migrate::sql
