#include "sql/read_history.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "db/user_tables.hpp"
#include "sql/ledger.hpp"

namespace migrate::sql {

namespace {

int number(const std::string& digits) {
    int result = 0;
    for (const char c : digits)
        if (c >= '0' && c <= '9' && result < 100'000'000) result = result * 10 + (c - '0');
    return result;
}

std::size_t place_of(const db::Rows& rows, std::string_view column) {
    return static_cast<std::size_t>(std::find(rows.columns.begin(), rows.columns.end(), column) -
                                    rows.columns.begin());
}

/// Older versions of goose add a row for each way: the newest row of a version counts.
void keep_newest(db::Rows& rows) {
    const std::size_t id = place_of(rows, "id"), state = place_of(rows, "state");
    std::unordered_set<std::string_view> seen;
    std::vector<bool> gone(rows.rows.size());
    bool any = false;
    for (std::size_t at = rows.rows.size(); at-- > 0;) {
        const auto& row = rows.rows[at];
        const bool older = row[id] && !seen.insert(*row[id]).second;
        gone[at] = older || row[state] == "reverted";
        any = any || gone[at];
    }
    if (!any) return;
    std::size_t at = 0;
    std::erase_if(rows.rows, [&](const auto&) { return gone[at++]; });
}

/// SQLite's "YYYY-MM-DD HH:MM:SS", which is in UTC, as RFC 3339; other texts as they are.
std::string rfc3339_of(std::string text) {
    constexpr std::string_view kForm = "0000-00-00 00:00:00";
    if (text.size() != kForm.size()) return text;
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kForm[i] == '0' ? !digit : text[i] != kForm[i] && !(i == 10 && text[i] == 'T')) return text;
    }
    text[10] = 'T';
    return text + 'Z';
}

/// The rows as a convention's SELECT names their columns; the texts are taken out of `rows`, but for its
/// columns "id" and "mark".
std::vector<AppliedRow> applied_rows(db::Rows& rows) {
    auto place = [&](std::string_view column) { return place_of(rows, column); };
    const std::size_t id = place("id"), at = place("at"), checksum = place("checksum"),
                      down_sql = place("down_sql"), state = place("state"),
                      statements_done = place("statements_done"),
                      statement_started = place("statement_started");
    std::vector<AppliedRow> result;
    result.reserve(rows.rows.size());
    for (auto& values : rows.rows) {
        auto take = [&](std::size_t column) {
            return column < values.size() && values[column] ? std::move(*values[column]) : std::string();
        };
        AppliedRow& row = result.emplace_back();
        row.id = values[id].value_or("");
        row.at = rfc3339_of(take(at));
        row.checksum = take(checksum);
        row.down_sql = take(down_sql);
        const std::string said = take(state);
        if (said == "failed") {
            row.state = AppliedRow::State::failed;
        } else if (said == "running" || said == "reverting") {
            row.state = AppliedRow::State::running;
            row.detail = (said == "reverting" ? "reverting: " : "") +
                         how_far(number(take(statements_done)), number(take(statement_started)));
        }
    }
    return result;
}

/// What we left half done may have been settled by the tool itself since: a row is there that we write last,
/// or gone that we remove last, or golang-migrate's version is no longer dirty (`force`).
void forget_settled(Ledger& ledger, const HistoryRows& rows, Convention convention) {
    auto holds = [&](const std::string& id) {
        return std::any_of(rows.rows.begin(), rows.rows.end(),
                           [&](const AppliedRow& row) { return row.id == id; });
    };
    auto is_dirty = [&](const std::string& id, bool down) {
        return !rows.rows.empty() && rows.rows.front().state == AppliedRow::State::failed &&
               (down || rows.rows.front().id == id);
    };
    for (auto& [id, note] : ledger) {
        if (!note.running) continue;
        note.running =
            convention == Convention::golang_migrate ? is_dirty(id, note.down) : holds(id) == note.down;
        if (!note.running) note.checksum.clear();  // what ran in the end was perhaps another text
    }
}

/// What we know about a row that the tool itself has since replaced by another of the same migration is about
/// an earlier text: the tool reverted the file and applied it again.
void forget_replaced(Ledger& ledger, const db::Rows& rows) {
    const std::size_t id = place_of(rows, "id"), mark = place_of(rows, "mark");
    if (mark == rows.columns.size()) return;
    for (const auto& values : rows.rows) {
        const auto note = ledger.find(values[id].value_or(""));
        if (note == ledger.end() || note->second.mark.empty() || note->second.running) continue;
        if (note->second.mark != values[mark].value_or("")) ledger.erase(note);
    }
}

/// golang-migrate marks the version that it goes back to as dirty; where our ledger says that a way back is
/// under way, that version is well and the one that is reverted is not.
void settle_dirty(HistoryRows& rows, const Ledger& ledger) {
    const bool reverting = std::any_of(ledger.begin(), ledger.end(), [](const auto& entry) {
        return entry.second.running && entry.second.down;
    });
    if (!reverting || rows.rows.empty()) return;
    rows.rows.front().state = AppliedRow::State::applied;
    if (rows.rows.front().id == "-1") rows.rows.clear();
}

/// What the ledger knows about the versions that golang-migrate's one row stands for.
void add_known(HistoryRows& rows, const Ledger& ledger) {
    std::set<std::string> there;
    for (const AppliedRow& row : rows.rows) there.insert(row.id);
    for (const auto& [id, note] : ledger) {
        if (note.running || note.down || there.contains(id)) continue;
        AppliedRow row;
        row.id = id;
        row.checksum = note.checksum;
        row.down_sql = note.down_sql;
        rows.rows.push_back(std::move(row));
    }
}

/// What our ledger adds to a neighbour's rows.
void add_ledger(HistoryRows& rows, const db::Rows& read, Ledger ledger, Convention convention) {
    forget_settled(ledger, rows, convention);
    forget_replaced(ledger, read);
    // Without its one row golang-migrate has applied nothing, whatever we once knew.
    const bool one_row = convention == Convention::golang_migrate && !rows.rows.empty();
    if (one_row) settle_dirty(rows, ledger);
    merge_ledger(rows, ledger);
    if (one_row) add_known(rows, ledger);
}

}  // namespace

Result<HistoryRows> read_history(db::Database& database, const HistoryTable& named) {
    const Dialect dialect = dialect_of(database.engine());
    auto place = located(database, named);
    if (!place) return tl::unexpected(place.error());
    const HistoryTable& table = *place;
    HistoryRows result;
    result.source = HistorySource::direct;
    result.database_exists = true;
    result.table = table.label();
    auto columns = database.columns(table.schema, table.name);
    if (!columns) return tl::unexpected(columns.error());
    result.table_exists = !columns->empty();
    if (!result.table_exists) {
        auto tables = database.tables();
        if (!tables) return tl::unexpected(tables.error());
        result.foreign_tables = !db::user_tables(*tables, table.name).empty();
        return result;
    }
    result.columns = std::move(*columns);
    auto rows = database.query(select_statement(table, dialect, result.columns));
    if (!rows) return tl::unexpected(rows.error());
    if (table.convention == Convention::goose) keep_newest(*rows);
    result.rows = applied_rows(*rows);
    if (facts_of(table.convention).own_table) return result;
    add_ledger(result, *rows, read_ledger(database, ledger_key(table, dialect)), table.convention);
    return result;
}

Result<HistoryRows> read_history_of(db::Database& database, const HistoryTable& table,
                                    const std::vector<std::string>& columns, bool ledger,
                                    const std::string& id) {
    const Dialect dialect = dialect_of(database.engine());
    const bool one_row = table.convention == Convention::golang_migrate;
    HistoryRows result;
    result.source = HistorySource::direct;
    auto rows = one_row ? database.query(select_statement(table, dialect, columns))
                        : database.query(select_one(table, dialect, columns), std::array<db::Value, 1>{id});
    if (!rows) return tl::unexpected(rows.error());
    result.rows = applied_rows(*rows);
    if (facts_of(table.convention).own_table || !ledger) return result;
    add_ledger(result, *rows, read_ledger_of(database, ledger_key(table, dialect), id, one_row),
               table.convention);
    return result;
}

}  // namespace migrate::sql
