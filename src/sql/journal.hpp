#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/history.hpp"
#include "sql/history_table.hpp"
#include "sql/ledger.hpp"

namespace migrate::sql {

/// The history that one run writes: the convention's table and, beside a neighbour's, our ledger. Opened
/// once a run on the session that holds the lock; makes what is missing.
class Journal {
  public:
    /// Creates the table where it is missing, adds our columns to our own, creates the ledger. What the role
    /// must not do is left out and said in notes(). Errors: the database's, where not even the table can be
    /// made.
    static Result<Journal> open(db::Database& database, HistoryTable table);

    const std::vector<std::string>& notes() const { return notes_; }

    using State = std::optional<AppliedRow::State>;
    /// What is recorded about a migration; nullopt where nothing is.
    Result<State> state_of(const std::string& id);
    /// The question that state_of() asks, where it is a single one: to be sent with other statements. It is
    /// about a migration and, unless that is "", the one that follows. What came back is told to heard(), and
    /// is the next answer of state_of() for each.
    std::optional<Change> question_of(const std::string& id, const std::string& next = "") const;
    void heard(const std::string& id, const std::string& next, const db::Rows& rows);
    /// Is told that state_of() would find a migration as a plan takes it that applies or (`down`) reverts it.
    void expect_state(const std::string& id, bool down);
    /// Whether the tool's table had no row of a migration when it was asked last, and the script that has run
    /// meanwhile does not name the table.
    bool is_unheard_of(const std::string& id, std::string_view script) const;
    /// The row of an applied migration, as read_history() has it; nullopt where there is none, or where
    /// the history may have changed otherwise, too: the script of that migration names the table, or a
    /// trigger of the database does (SQLite), or the rows are not the one and those that were there
    /// (PostgreSQL). `version`: the database's version() before the transaction of that script, the only one
    /// since; `rows`: of the history then.
    std::optional<AppliedRow> only_row_of(const std::string& id, std::string_view script,
                                          std::int64_t version, std::size_t rows);
    /// How far a migration came that was begun and is not through; nullopt where nothing says so.
    std::optional<HowFar> far_of(const std::string& id);

    /// A migration outside a transaction begins, `done` of its statements being through already; goes on;
    /// is through. Each is a transaction of its own.
    Result<void> start(Direction direction, const Entry& entry, int done);
    Result<void> progress(const Entry& entry, int done, int started);
    Result<void> finish(Direction direction, const Entry& entry);
    /// As if it had not begun: its first statement failed and did nothing.
    Result<void> cancel(Direction direction, const Entry& entry);

    /// The statements of the same end, for the transaction that is open.
    Changes done_changes(Direction direction, const Entry& entry) const;

    /// Whether a row says how long its migration took.
    bool keeps_duration() const { return facts_of(table_.convention).own_table; }
    /// Whether a crash half way would be known afterwards.
    bool keeps_progress() const;

  private:
    Journal(db::Database& database, HistoryTable table);
    bool is_named_by_trigger();
    bool has_one_row_more(std::int64_t version, std::size_t rows);
    Result<void> make_table();
    Result<void> extend_table();
    State state_in(const std::vector<db::Value>& row, std::size_t from) const;
    Result<State> ask_state_of(const std::string& id);
    void prepare_ledger();
    Result<void> write(const Changes& changes);
    Result<void> in_transaction(const Changes& changes);
    LedgerRow note_of(Direction direction, const Entry& entry, bool running, int done);

    db::Database* database_;
    Dialect dialect_;
    HistoryTable table_;
    std::string key_;  ///< of the ledger's rows, as ledger_key() says
    Change key() const { return {"?", {key_}}; }
    std::vector<std::string> columns_;  ///< of our own table
    bool ledger_ = false;
    std::string without_row_;  ///< the migration of which the tool's table had no row
    std::map<std::string, State> heard_;
    std::vector<std::string> notes_;
};

}  // namespace migrate::sql
