#pragma once
#include <string>
#include <vector>

#include "db/database.hpp"
#include "sql/way.hpp"

namespace migrate::sql {

/// What a script may change about the session that runs it, noted and put back: PostgreSQL's search path and
/// role, MySQL's current database and checks, SQLite's foreign_keys. The statements that put it back.
std::vector<std::string> restore_statements(db::Database& database);

/// Runs such statements at its end, unless dismissed. Failing to put something back is left to the next
/// statement to find out.
class SessionGuard {
  public:
    SessionGuard(db::Database& database, const std::vector<std::string>& restore)
        : database_(database), restore_(restore) {}
    ~SessionGuard();
    SessionGuard(const SessionGuard&) = delete;
    SessionGuard& operator=(const SessionGuard&) = delete;
    void dismiss() { dismissed_ = true; }

  private:
    db::Database& database_;
    const std::vector<std::string>& restore_;
    bool dismissed_ = false;
};

/// Before the history is written: the role that the script may have taken on must not decide whether that
/// is allowed. PostgreSQL only.
Result<void> restore_session(db::Database& database);

/// SQLite, for a file that switches foreign keys off: how many rows refer to nothing. 0 elsewhere.
int broken_references(db::Database& database, const Way& way);

/// PostgreSQL: what is done CONCURRENTLY waits for the transactions that are older than it, and nobody waits
/// behind it: while the object lives, our limit for waiting on locks (OpenOptions) does not end it half way.
/// One that the project has set stays.
class PatientSession {
  public:
    PatientSession(db::Database& database, const Statement& statement);
    ~PatientSession();
    PatientSession(const PatientSession&) = delete;
    PatientSession& operator=(const PatientSession&) = delete;

  private:
    db::Database& database_;
    bool patient_ = false;
};

/// The invalid indexes of a database, as SQL writes their names; "" where there is none, and elsewhere than
/// on PostgreSQL.
std::string invalid_indexes(db::Database& database);

/// PostgreSQL: CREATE INDEX CONCURRENTLY leaves an invalid index behind when it fails. A sentence that names
/// those that are there, beginning with a line end, or "".
std::string invalid_index_hint(db::Database& database, const Statement& statement);

}  // namespace migrate::sql
