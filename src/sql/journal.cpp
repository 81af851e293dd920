#include "sql/journal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sql/directory.hpp"
#include "sql/read_history.hpp"
#include "sql/session.hpp"

namespace migrate::sql {

namespace {

bool same_letter(char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
}

/// Whether a text holds a word, in capitals or not. One that is too long to be looked through may.
bool may_hold(std::string_view text, std::string_view word) {
    constexpr std::size_t kLong = 1u << 20;
    return text.size() > kLong ||
           std::search(text.begin(), text.end(), word.begin(), word.end(), same_letter) != text.end();
}

}  // namespace

Journal::Journal(db::Database& database, HistoryTable table)
    : database_(&database), dialect_(dialect_of(database.engine())), table_(std::move(table)) {
    key_ = ledger_key(table_, dialect_);
}

Result<Journal> Journal::open(db::Database& database, HistoryTable table) {
    auto found = find_table(database, std::move(table));
    if (!found) return tl::unexpected(found.error());
    Journal journal(database, std::move(found->table));
    journal.columns_ = std::move(found->columns);
    auto prepared = found->exists ? journal.extend_table() : journal.make_table();
    if (!prepared) return tl::unexpected(prepared.error());
    if (!facts_of(journal.table_.convention).own_table) journal.prepare_ledger();
    return journal;
}

Result<void> Journal::make_table() {
    Changes changes;
    for (std::string& sql : create_statements(table_, dialect_)) changes.push_back({std::move(sql), {}});
    if (auto made = in_transaction(changes); !made) return made;
    auto found = find_table(*database_, table_);
    if (!found) return tl::unexpected(found.error());
    columns_ = std::move(found->columns);
    return {};
}

Result<void> Journal::extend_table() {
    const auto statements = extend_statements(table_, dialect_, columns_);
    if (statements.empty()) return {};
    const auto added = missing_columns(table_, columns_);
    Changes changes;
    for (const std::string& sql : statements) changes.push_back({sql, {}});
    if (auto extended = in_transaction(changes); !extended) {
        notes_.push_back(
            fmt::format("{} could not be given the columns {} ({}): edited files and a half-done "
                        "migration will not be noticed",
                        table_.label(), fmt::join(added, ", "), extended.error().message));
        return {};
    }
    notes_.push_back(fmt::format("{} was given the columns {}", table_.label(), fmt::join(added, ", ")));
    columns_.insert(columns_.end(), added.begin(), added.end());
    return {};
}

void Journal::prepare_ledger() {
    auto made = create_ledger(*database_);
    ledger_ = made.has_value();
    if (ledger_) return;
    notes_.push_back(
        fmt::format("there is no ledger beside {} ({}): edited files are not noticed, and a way back "
                    "needs its file",
                    table_.label(), made.error().message));
}

bool Journal::keeps_progress() const {
    if (ledger_ || table_.convention == Convention::golang_migrate) return true;
    return facts_of(table_.convention).own_table &&
           !record_progress(table_, dialect_, "", 0, 0, columns_).empty();
}

/// Asked twice a migration: of a neighbour's table with one short query.
std::optional<Change> Journal::question_of(const std::string& id, const std::string& next) const {
    if (facts_of(table_.convention).own_table || table_.convention == Convention::golang_migrate)
        return std::nullopt;
    Change select{"SELECT ", {}};
    for (const std::string* one : {&id, &next}) {
        if (one->empty()) continue;
        if (!select.values.empty()) select.sql += ", ";
        select.sql += select_presence(table_, dialect_);
        select.values.emplace_back(*one);
        if (!ledger_) continue;
        Change under_way = select_under_way(dialect_, key_, *one);
        select.sql += ", " + under_way.sql;
        select.values.insert(select.values.end(), under_way.values.begin(), under_way.values.end());
    }
    return select;
}

/// As read_history_of() has it, what we left half done counts as settled once the tool's own table says so.
Journal::State Journal::state_in(const std::vector<db::Value>& row, std::size_t from) const {
    const bool there = row.at(from) == "1";
    if (ledger_ && row.at(from + 1) && (*row[from + 1] == "down") == there) return AppliedRow::State::running;
    if (there) return AppliedRow::State::applied;
    return std::nullopt;
}

void Journal::heard(const std::string& id, const std::string& next, const db::Rows& rows) {
    heard_.clear();
    if (rows.rows.empty()) return;
    const auto& row = rows.rows.front();
    const std::size_t width = ledger_ ? 2 : 1;
    heard_[id] = state_in(row, 0);
    if (next.empty()) return;
    heard_[next] = state_in(row, width);
    without_row_ = row.at(width) ? "" : next;
}

void Journal::expect_state(const std::string& id, bool down) {
    heard_[id] = down ? State(AppliedRow::State::applied) : std::nullopt;
}

bool Journal::is_unheard_of(const std::string& id, std::string_view script) const {
    return without_row_ == id && !may_hold(script, table_.name);
}

Result<Journal::State> Journal::state_of(const std::string& id) {
    const auto heard = heard_.find(id);
    if (heard == heard_.end()) {
        heard_.clear();
        return ask_state_of(id);
    }
    const State state = heard->second;
    heard_.erase(heard);
    return state;
}

Result<Journal::State> Journal::ask_state_of(const std::string& id) {
    if (const auto question = question_of(id)) {
        auto rows = database_->query(question->sql, question->values);
        if (!rows) return tl::unexpected(rows.error());
        without_row_ = rows->rows.at(0)[0] ? "" : id;
        return state_in(rows->rows.front(), 0);
    }
    auto rows = read_history_of(*database_, table_, columns_, ledger_, id);
    if (!rows) return tl::unexpected(rows.error());
    const bool one_row = table_.convention == Convention::golang_migrate;
    for (const AppliedRow& row : rows->rows)
        if (row.id == id &&
            (!one_row || &row == &rows->rows.front() || row.state == AppliedRow::State::running))
            return row.state;
    // The one version that golang-migrate keeps stands for all before it, too.
    if (one_row && !rows->rows.empty() && compare_versions(id, rows->rows.front().id) < 0)
        return AppliedRow::State::applied;
    return std::nullopt;
}

bool Journal::is_named_by_trigger() {
    auto trigger = database_->query(
        "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND instr(lower(sql), lower(?)) > 0 LIMIT 1",
        std::array<db::Value, 1>{table_.name});
    return !trigger || !trigger->rows.empty();
}

/// PostgreSQL's rows say which transaction wrote them, by the lower half of its number. golang-migrate's one
/// row is written anew each time.
bool Journal::has_one_row_more(std::int64_t version, std::size_t rows) {
    const std::size_t expected = table_.convention == Convention::golang_migrate ? 1 : rows + 1;
    auto counts = database_->query(fmt::format(
        "SELECT count(*), count(*) FILTER (WHERE xmin = '{}'::xid) FROM {}{}", version & 0xffffffff,
        table_.qualified(dialect_), table_.convention == Convention::goose ? " WHERE version_id > 0" : ""));
    return counts && !counts->rows.empty() && counts->rows[0][0] == std::to_string(expected) &&
           counts->rows[0][1] == "1";
}

std::optional<AppliedRow> Journal::only_row_of(const std::string& id, std::string_view script,
                                               std::int64_t version, std::size_t rows) {
    if (may_hold(script, table_.name) || may_hold(script, ledger_name(dialect_).second)) return std::nullopt;
    const bool only = dialect_ == Dialect::sqlite       ? !is_named_by_trigger()
                      : dialect_ == Dialect::postgresql ? has_one_row_more(version, rows)
                                                        : false;
    if (!only) return std::nullopt;
    auto read = read_history_of(*database_, table_, columns_, ledger_, id);
    if (!read || read->rows.size() != 1 || read->rows.front().id != id ||
        read->rows.front().state != AppliedRow::State::applied)
        return std::nullopt;
    return std::move(read->rows.front());
}

std::optional<HowFar> Journal::far_of(const std::string& id) {
    auto rows = read_history_of(*database_, table_, columns_, ledger_, id);
    if (!rows) return std::nullopt;
    for (const AppliedRow& row : rows->rows)
        if (row.id == id && row.state == AppliedRow::State::running) return read_how_far(row.detail);
    return std::nullopt;
}

Result<void> Journal::write(const Changes& changes) {
    for (const Change& change : changes)
        if (auto done = database_->query(change.sql, change.values); !done)
            return tl::unexpected(done.error());
    return {};
}

Result<void> Journal::in_transaction(const Changes& changes) {
    if (changes.empty()) return {};
    if (auto begun = database_->begin(); !begun) return begun;
    auto written = write(changes);
    if (written) written = database_->execute("COMMIT");
    if (!written && database_->in_transaction()) (void)database_->execute("ROLLBACK");
    return written;
}

LedgerRow Journal::note_of(Direction direction, const Entry& entry, bool running, int done) {
    LedgerRow row;
    row.checksum = entry.checksum;
    row.down_sql = entry.down_text;
    if (direction == Direction::down) {
        // The way back must not change what is known about the way forward.
        const Ledger ledger = read_ledger(*database_, select_ledger_of(dialect_, key_, entry.id, false));
        if (auto known = ledger.find(entry.id); known != ledger.end()) row = known->second;
    }
    row.down = running && direction == Direction::down;
    row.running = running;
    row.statements_done = done;
    row.statement_started = 0;
    return row;
}

Result<void> Journal::start(Direction direction, const Entry& entry, int done) {
    Changes changes = record_start(table_, dialect_, direction, entry, done, columns_);
    if (ledger_)
        for (Change& change : write_ledger(dialect_, key(), entry.id, note_of(direction, entry, true, done)))
            changes.push_back(std::move(change));
    return in_transaction(changes);
}

Result<void> Journal::progress(const Entry& entry, int done, int started) {
    if (ledger_) return write(write_ledger_progress(dialect_, key(), entry.id, done, started));
    return write(record_progress(table_, dialect_, entry.id, done, started, columns_));
}

Changes Journal::done_changes(Direction direction, const Entry& entry) const {
    Changes changes = record_done(table_, dialect_, direction, entry, columns_);
    if (!ledger_) return changes;
    Changes notes = direction == Direction::up
                        ? write_ledger(dialect_, key(), entry.id,
                                       {entry.checksum, entry.down_text, false, false, entry.count, 0, ""},
                                       mark_of_row(table_, dialect_, entry.id))
                        : remove_from_ledger(dialect_, key(), entry.id);
    for (Change& change : notes) changes.push_back(std::move(change));
    return changes;
}

Result<void> Journal::finish(Direction direction, const Entry& entry) {
    return in_transaction(done_changes(direction, entry));
}

Result<void> Journal::cancel(Direction direction, const Entry& entry) {
    Changes changes = record_cancel(table_, dialect_, direction, entry, columns_);
    if (ledger_) {
        Changes notes = direction == Direction::up ? remove_from_ledger(dialect_, key(), entry.id)
                                                   : write_ledger(dialect_, key(), entry.id,
                                                                  note_of(Direction::down, entry, false, 0));
        for (Change& change : notes) changes.push_back(std::move(change));
    }
    return in_transaction(changes);
}

}  // namespace migrate::sql
