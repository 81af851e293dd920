#include "sql/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace migrate::sql {

namespace {

std::string table_name(Dialect dialect) {
    switch (dialect) {
        case Dialect::postgresql:
            return "\"_migrate\".\"ledger\"";
        case Dialect::mysql:
            return "`_migrate_ledger`";
        case Dialect::sqlite:
            return "\"_migrate_ledger\"";
    }
    return "";
}

int number(std::string_view digits) {
    int result = 0;
    for (const char c : digits)
        if (c >= '0' && c <= '9' && result < 100'000'000) result = result * 10 + (c - '0');
    return result;
}

db::Value text(const std::string& value) {
    return value.empty() ? db::Value{} : db::Value{value};
}

std::string ordinal(int n) {
    const bool teen = n % 100 >= 11 && n % 100 <= 13;
    const std::string_view ending = teen          ? "th"
                                    : n % 10 == 1 ? "st"
                                    : n % 10 == 2 ? "nd"
                                    : n % 10 == 3 ? "rd"
                                                  : "th";
    return fmt::format("{}{}", n, ending);
}

}  // namespace

std::pair<std::string, std::string> ledger_name(Dialect dialect) {
    if (dialect == Dialect::postgresql) return {"_migrate", "ledger"};
    return {"", "_migrate_ledger"};
}

std::string ledger_key(const HistoryTable& table, Dialect dialect) {
    return dialect == Dialect::mysql ? table.name : table.label();
}

Change ledger_key_of(const HistoryTable& table, Dialect dialect) {
    if (dialect == Dialect::postgresql && table.schema.empty())
        return {"(current_schema() || ?)", {"." + table.name}};
    return {"?", {ledger_key(table, dialect)}};
}

bool has_ledger(db::Database& database) {
    const auto [schema, name] = ledger_name(dialect_of(database.engine()));
    return database.table_exists(schema, name).value_or(false);
}

Change select_ledger(Dialect dialect, const std::string& history) {
    return {fmt::format("SELECT migration, checksum, down_sql, direction, state, statements_done, "
                        "statement_started, row_mark FROM {} WHERE history = ?",
                        table_name(dialect)),
            {history}};
}

Change select_ledger_of(Dialect dialect, const std::string& history, const std::string& id, bool running) {
    Change select = select_ledger(dialect, history);
    select.sql += running ? " AND (migration = ? OR state = 'running')" : " AND migration = ?";
    select.values.emplace_back(id);
    return select;
}

Ledger read_ledger(db::Database& database, const Change& select) {
    Ledger ledger;
    auto read = database.each(select.sql, select.values, [&](const db::RowView& row) {
        auto text = [&](std::size_t column) { return row.values[column].value_or(""); };
        if (ledger.empty()) ledger.reserve(row.of);
        ledger[std::string(text(0))] = {std::string(text(1)), std::string(text(2)), text(3) == "down",
                                        text(4) == "running", number(text(5)),      number(text(6)),
                                        std::string(text(7))};
    });
    return read ? std::move(ledger) : Ledger{};
}

Change select_under_way(Dialect dialect, const std::string& history, const std::string& id) {
    return {
        fmt::format("(SELECT direction FROM {} WHERE history = ? AND migration = ? AND state = 'running')",
                    table_name(dialect)),
        {history, id}};
}

Result<void> create_ledger(db::Database& database) {
    const Dialect dialect = dialect_of(database.engine());
    const auto [schema, name] = ledger_name(dialect);
    auto there = database.table_exists(schema, name);
    if (!there) return tl::unexpected(there.error());
    if (*there) return {};
    if (!schema.empty())
        if (auto made = database.execute(fmt::format("CREATE SCHEMA IF NOT EXISTS \"{}\"", schema)); !made)
            return made;
    // Keys in MySQL have a length, and its index one of 3072 bytes.
    const bool mysql = dialect == Dialect::mysql;
    return database.execute(fmt::format(
        "CREATE TABLE {0} (history {1} NOT NULL, migration {1} NOT NULL, direction {2} NOT NULL, state {2} "
        "NOT NULL, "
        "checksum {2} NULL, down_sql {3} NULL, statements_done {4} NULL, statement_started {4} NULL, "
        "noted_at {5} NOT NULL DEFAULT CURRENT_TIMESTAMP, row_mark {2} NULL, PRIMARY KEY (history, "
        "migration)){6}",
        table_name(dialect), mysql ? "VARCHAR(255)" : "TEXT", mysql ? "VARCHAR(64)" : "TEXT",
        mysql ? "LONGTEXT" : "TEXT", "INTEGER",
        mysql                            ? "TIMESTAMP"
        : dialect == Dialect::postgresql ? "TIMESTAMPTZ"
                                         : "TEXT",
        // One tree instead of two: every migration writes it.
        dialect == Dialect::sqlite ? " WITHOUT ROWID" : ""));
}

Changes write_ledger(Dialect dialect, const Change& history, const std::string& id, const LedgerRow& row,
                     const std::optional<Change>& mark) {
    // One statement for a row that is new or there already, in each database's own words.
    const std::string_view verb = dialect == Dialect::postgresql ? "INSERT"
                                  : dialect == Dialect::sqlite   ? "INSERT OR REPLACE"
                                                                 : "REPLACE";
    std::string_view replaces;
    if (dialect == Dialect::postgresql)
        replaces =
            " ON CONFLICT (history, migration) DO UPDATE SET direction = excluded.direction, "
            "state = excluded.state, checksum = excluded.checksum, down_sql = excluded.down_sql, "
            "statements_done = excluded.statements_done, statement_started = excluded.statement_started, "
            "noted_at = excluded.noted_at, row_mark = excluded.row_mark";
    Change insert{
        fmt::format("{} INTO {} (history, migration, direction, state, checksum, down_sql, "
                    "statements_done, statement_started, row_mark) VALUES ({}, ?, ?, ?, ?, ?, ?, ?, {}){}",
                    verb, table_name(dialect), history.sql, mark ? mark->sql : "?", replaces),
        history.values};
    for (db::Value value :
         {db::Value{id}, db::Value{row.down ? "down" : "up"}, db::Value{row.running ? "running" : "done"},
          text(row.checksum), text(row.down_sql), db::Value{std::to_string(row.statements_done)},
          row.statement_started > 0 ? db::Value{std::to_string(row.statement_started)} : db::Value{}})
        insert.values.push_back(std::move(value));
    if (mark)
        insert.values.insert(insert.values.end(), mark->values.begin(), mark->values.end());
    else
        insert.values.push_back(text(row.mark));
    return {std::move(insert)};
}

namespace {

/// `UPDATE ... SET` or `DELETE FROM ...` of one migration's row.
Changes on_row(std::string statement, std::vector<db::Value> values, const Change& history,
               const std::string& id) {
    statement += fmt::format(" WHERE history = {} AND migration = ?", history.sql);
    values.insert(values.end(), history.values.begin(), history.values.end());
    values.push_back(id);
    return {{std::move(statement), std::move(values)}};
}

}  // namespace

Changes write_ledger_progress(Dialect dialect, const Change& history, const std::string& id, int done,
                              int started) {
    return on_row(
        fmt::format("UPDATE {} SET statements_done = ?, statement_started = ?", table_name(dialect)),
        {std::to_string(done), started > 0 ? db::Value{std::to_string(started)} : db::Value{}}, history, id);
}

Changes rename_in_ledger(Dialect dialect, const Change& history, const std::string& from,
                         const std::string& to, const std::string& checksum) {
    return on_row(fmt::format("UPDATE {} SET migration = ?, checksum = ?", table_name(dialect)),
                  {to, text(checksum)}, history, from);
}

Changes remove_from_ledger(Dialect dialect, const Change& history, const std::string& id) {
    return on_row(fmt::format("DELETE FROM {}", table_name(dialect)), {}, history, id);
}

void merge_ledger(HistoryRows& rows, Ledger& ledger) {
    for (AppliedRow& row : rows.rows) {
        const auto found = ledger.find(row.id);
        if (found == ledger.end()) continue;
        LedgerRow& note = found->second;
        if (row.checksum.empty()) row.checksum = std::move(note.checksum);
        if (row.down_sql.empty()) row.down_sql = std::move(note.down_sql);
        if (!note.running) continue;
        row.state = AppliedRow::State::running;
        row.detail = (note.down ? "reverting: " : "") + how_far(note.statements_done, note.statement_started);
    }
    std::map<std::string_view, const LedgerRow*> under_way;
    for (const auto& [id, note] : ledger)
        if (note.running) under_way.emplace(id, &note);
    for (const auto& [id, note] : under_way) {
        if (std::any_of(rows.rows.begin(), rows.rows.end(),
                        [&known = id](const AppliedRow& row) { return row.id == known; }))
            continue;
        AppliedRow row;
        row.id = id;
        row.state = AppliedRow::State::running;
        row.checksum = note->checksum;
        row.down_sql = note->down_sql;
        row.detail =
            (note->down ? "reverting: " : "") + how_far(note->statements_done, note->statement_started);
        rows.rows.push_back(std::move(row));
    }
}

std::string how_far(int done, int started) {
    std::string text = done == 0   ? "no statement done"
                       : done == 1 ? "1 statement done"
                                   : fmt::format("{} statements done", done);
    if (started > done) text += fmt::format(", the {} was started", ordinal(started));
    return text;
}

std::optional<HowFar> read_how_far(std::string_view detail) {
    HowFar far;
    constexpr std::string_view kReverting = "reverting: ";
    far.down = detail.starts_with(kReverting);
    if (far.down) detail.remove_prefix(kReverting.size());
    constexpr std::string_view kStarted = " was started";
    if (detail.ends_with(kStarted)) {
        const std::size_t the = detail.rfind(", the ");
        if (the != std::string_view::npos) far.started = number(detail.substr(the));
    }
    if (detail.starts_with("no statement done")) return far;
    const std::size_t digits = std::min(detail.find_first_not_of("0123456789"), detail.size());
    if (digits == 0 || !detail.substr(digits).starts_with(" statement")) return std::nullopt;
    far.done = number(detail.substr(0, digits));
    return far;
}

}  // namespace migrate::sql
