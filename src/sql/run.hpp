#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "sql/failure.hpp"
#include "sql/journal.hpp"
#include "sql/runner.hpp"
#include "sql/script.hpp"
#include "sql/session.hpp"
#include "sql/way.hpp"

// How one script is sent. Internal to src/sql: runner.hpp is what others call.
namespace migrate::sql {

using Clock = std::chrono::steady_clock;

inline long since(Clock::time_point start) {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

/// Sends one script over one session, with its history.
class Run {
  public:
    Run(db::Database& database, const Script& script, const RunSettings& settings, SessionGuard& guard,
        const std::vector<std::string>& restore)
        : database_(database), script_(script), settings_(settings), guard_(guard), restore_(restore) {}

    /// One transaction; `journal` may be null for a script without history.
    Result<void> in_transaction(const Way& way, Journal* journal, Entry& entry);
    Result<void> one_by_one(const Way& way, Journal* journal, Entry& entry, int from);
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    /// What goes behind a script's statements: its history row, the end of the transaction, what puts the
    /// session back, and the question what the history says now.
    struct Ending {
        Changes changes;  ///< `sent` points into them
        std::vector<db::Sent> sent;
        std::size_t commit = 0;  ///< place of the COMMIT in `sent`
        bool restores = false;
        bool asks = false;
    };

    Result<void> send(const Statement& statement);
    Result<db::Rows> send_group(std::span<const Statement> group, const Ending* ending, std::size_t& done);
    bool ends_with(std::span<const Statement> group, const Way& way, const Journal* journal) const;
    Ending ending_of(const Way& way, const Journal* journal, const Entry& entry) const;
    Result<void> ended(Result<db::Rows> sent, std::size_t done, const Ending& ending, Journal* journal,
                       const Entry& entry, int of);
    Result<void> announce(const Statement& statement, int n, int of) const;
    Result<void> check_state(const std::string& id, Journal* journal);
    Error failed(const Error& cause, const Statement& statement, Kept kept, int done, int of) const {
        return failure_of(database_, cause, script_.name, *script_.parsed->text, statement, kept, done, of);
    }
    Error undone(Error error);
    bool goes_with_mark(const Statement& statement);
    Result<void> send_with_mark(const Statement& statement, Journal& journal, const Entry& entry, int n);
    void note_locks(const Statement& statement);
    Result<int> settled(const Way& way, Journal* journal, const Entry& entry, int from);

    db::Database& database_;
    const Script& script_;
    const RunSettings& settings_;
    SessionGuard& guard_;
    const std::vector<std::string>& restore_;
    bool tables_locked_ = false;         ///< MySQL: LOCK TABLES of the file is in force
    std::optional<bool> transactional_;  ///< MySQL: all tables are InnoDB's
    std::vector<std::string> notes_;
};

}  // namespace migrate::sql
