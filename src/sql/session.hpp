#pragma once
#include <string>
#include <vector>

#include "db/database.hpp"
#include "sql/way.hpp"

namespace migrate::sql {

/// What a script may change about the session that runs it, noted and put back: PostgreSQL's search path and
/// role, MySQL's current database and checks, SQLite's foreign_keys. Failing to put something back is left
/// to the next statement to find out.
class SessionGuard {
  public:
    explicit SessionGuard(db::Database& database);
    ~SessionGuard();
    SessionGuard(const SessionGuard&) = delete;
    SessionGuard& operator=(const SessionGuard&) = delete;

  private:
    db::Database& database_;
    std::vector<std::string> restore_;
};

/// Before the history is written: the role that the script may have taken on must not decide whether that
/// is allowed. PostgreSQL only.
Result<void> restore_session(db::Database& database);

/// BEGIN; on SQLite the kind that takes the write lock at once instead of failing half way.
Result<void> begin_transaction(db::Database& database);

/// SQLite, for a file that switches foreign keys off: how many rows refer to nothing. 0 elsewhere.
int broken_references(db::Database& database, const Way& way);

/// PostgreSQL: CREATE INDEX CONCURRENTLY leaves an invalid index behind when it fails. A sentence that names
/// those that are there, beginning with a line end, or "".
std::string invalid_index_hint(db::Database& database, const Statement& statement);

}  // namespace migrate::sql
