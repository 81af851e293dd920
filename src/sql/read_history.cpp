#include "sql/read_history.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_set>

#include "db/user_tables.hpp"
#include "sql/ledger.hpp"

namespace migrate::sql {

namespace {

int number(std::string_view digits) {
    int result = 0;
    for (const char c : digits)
        if (c >= '0' && c <= '9' && result < 100'000'000) result = result * 10 + (c - '0');
    return result;
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

/// The rows of a convention's table, and of each what is no part of it as others see it.
struct TableRows {
    std::vector<AppliedRow> rows;
    std::vector<std::string> marks;  ///< as mark_of_row() has them; as many as rows, or none
    std::vector<bool> reverted;

    void take(const db::RowView& view);
    void keep_newest();

  private:
    /// Where a convention's SELECT has its columns; behind the last where it lacks one.
    struct Places {
        std::size_t id, at, checksum, down_sql, state, statements_done, statement_started, mark;
    };
    std::optional<Places> places_;
};

void TableRows::take(const db::RowView& view) {
    if (!places_) {
        rows.reserve(view.of);
        const auto place = [&](std::string_view column) {
            const auto at = std::find(view.columns.begin(), view.columns.end(), column);
            return static_cast<std::size_t>(at - view.columns.begin());
        };
        places_ = {place("id"),
                   place("at"),
                   place("checksum"),
                   place("down_sql"),
                   place("state"),
                   place("statements_done"),
                   place("statement_started"),
                   place("mark")};
    }
    const auto text = [&](std::size_t column) {
        return column < view.values.size() ? view.values[column].value_or("") : std::string_view();
    };
    AppliedRow& row = rows.emplace_back();
    row.id = text(places_->id);
    row.at = rfc3339_of(std::string(text(places_->at)));
    row.checksum = text(places_->checksum);
    row.down_sql = text(places_->down_sql);
    const std::string_view state = text(places_->state);
    if (state == "failed") {
        row.state = AppliedRow::State::failed;
    } else if (state == "running" || state == "reverting") {
        row.state = AppliedRow::State::running;
        row.detail =
            (state == "reverting" ? "reverting: " : "") +
            how_far(number(text(places_->statements_done)), number(text(places_->statement_started)));
    }
    reverted.push_back(state == "reverted");
    if (places_->mark >= view.values.size()) return;
    if (marks.empty()) marks.reserve(view.of);
    marks.emplace_back(text(places_->mark));
}

/// Older versions of goose add a row for each way: the newest row of a version counts.
void TableRows::keep_newest() {
    std::unordered_set<std::string_view> seen;
    std::vector<bool> gone(rows.size());
    bool any = false;
    for (std::size_t at = rows.size(); at-- > 0;) {
        const bool older = !seen.insert(rows[at].id).second;
        gone[at] = older || reverted[at];
        any = any || gone[at];
    }
    if (!any) return;
    std::size_t row = 0, mark = 0;
    std::erase_if(rows, [&](const auto&) { return gone[row++]; });
    std::erase_if(marks, [&](const auto&) { return gone[mark++]; });
}

Result<TableRows> read_table(db::Database& database, const Change& select) {
    TableRows table;
    auto read = database.each(select.sql, select.values, [&](const db::RowView& row) { table.take(row); });
    if (!read) return tl::unexpected(read.error());
    return table;
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
void forget_replaced(Ledger& ledger, const HistoryRows& rows, const std::vector<std::string>& marks) {
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const auto note = ledger.find(rows.rows[i].id);
        if (note == ledger.end() || note->second.mark.empty() || note->second.running) continue;
        if (note->second.mark != marks[i]) ledger.erase(note);
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
    std::set<std::string_view> there;
    for (const AppliedRow& row : rows.rows) there.insert(row.id);
    std::vector<AppliedRow> known;
    for (const auto& [id, note] : ledger) {
        if (note.running || note.down || there.contains(id)) continue;
        AppliedRow& row = known.emplace_back();
        row.id = id;
        row.checksum = note.checksum;
        row.down_sql = note.down_sql;
    }
    std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    std::move(known.begin(), known.end(), std::back_inserter(rows.rows));
}

/// What our ledger adds to a neighbour's rows.
void add_ledger(HistoryRows& rows, TableRows read, Ledger ledger, Convention convention) {
    rows.rows = std::move(read.rows);
    forget_settled(ledger, rows, convention);
    forget_replaced(ledger, rows, read.marks);
    // Without its one row golang-migrate has applied nothing, whatever we once knew.
    const bool one_row = convention == Convention::golang_migrate && !rows.rows.empty();
    if (one_row) settle_dirty(rows, ledger);
    merge_ledger(rows, ledger);
    if (one_row) add_known(rows, ledger);
}

}  // namespace

Result<HistoryRows> read_history(db::Database& database, const HistoryTable& named) {
    const Dialect dialect = dialect_of(database.engine());
    auto found = find_table(database, named);
    if (!found) return tl::unexpected(found.error());
    const HistoryTable& table = found->table;
    HistoryRows result;
    result.source = HistorySource::direct;
    result.database_exists = true;
    result.table = table.label();
    result.table_exists = found->exists;
    result.columns = std::move(found->columns);
    if (!result.table_exists) {
        auto tables = database.tables();
        if (!tables) return tl::unexpected(tables.error());
        result.foreign_tables = !db::user_tables(*tables, table.name).empty();
        return result;
    }
    const Change select{select_statement(table, dialect, result.columns), {}};
    const Change notes = select_ledger(dialect, ledger_key(table, dialect));
    const bool noted = !facts_of(table.convention).own_table && has_ledger(database);
    if (noted) database.expect(std::array<db::Sent, 2>{{{select.sql}, {notes.sql, notes.values}}});
    auto read = read_table(database, select);
    if (!read) return tl::unexpected(read.error());
    if (table.convention == Convention::goose) read->keep_newest();
    if (noted)
        add_ledger(result, std::move(*read), read_ledger(database, notes), table.convention);
    else
        result.rows = std::move(read->rows);
    return result;
}

Result<HistoryRows> read_history_of(db::Database& database, const HistoryTable& table,
                                    const std::vector<std::string>& columns, bool ledger,
                                    const std::string& id) {
    const Dialect dialect = dialect_of(database.engine());
    const bool one_row = table.convention == Convention::golang_migrate;
    HistoryRows result;
    result.source = HistorySource::direct;
    const bool noted = ledger && !facts_of(table.convention).own_table;
    const Change select = one_row ? Change{select_statement(table, dialect, columns), {}}
                                  : Change{select_one(table, dialect, columns), {id}};
    const Change notes = select_ledger_of(dialect, ledger_key(table, dialect), id, one_row);
    if (noted)
        database.expect(std::array<db::Sent, 2>{{{select.sql, select.values}, {notes.sql, notes.values}}});
    auto read = read_table(database, select);
    if (!read) return tl::unexpected(read.error());
    if (noted)
        add_ledger(result, std::move(*read), read_ledger(database, notes), table.convention);
    else
        result.rows = std::move(read->rows);
    return result;
}

}  // namespace migrate::sql
