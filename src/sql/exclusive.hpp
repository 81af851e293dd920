#pragma once
#include <chrono>
#include <memory>

#include "db/database.hpp"
#include "sql/way.hpp"

namespace migrate::sql {

/// Holds a SQLite file from one transaction to the next (`locking_mode = EXCLUSIVE`), so that the journal
/// need not be made, synchronised with its directory and deleted for each: journal mode, synchronous setting
/// and one transaction a migration stay as they are. Others cannot read meanwhile. Therefore only where the
/// file held nothing when the run began, and never longer than they wait: after two seconds it is let go for
/// as long as the library sleeps at most between two tries for a lock.
class Exclusive {
  public:
    /// nullptr where the database is another engine's, holds something already, or keeps another journal
    /// than one that is deleted.
    static std::unique_ptr<Exclusive> take(db::Database& database);
    /// Whether a migration only defines tables and the like and writes a few rows, in one transaction and
    /// nothing beside it. Once one does more, tables may be large and the file is not to be held any longer.
    static bool suits(const Way& way);
    /// Others can read again; their drivers wait five seconds, as a rule.
    ~Exclusive();
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;

    /// Called between two migrations.
    void let_others();

  private:
    explicit Exclusive(db::Database& database) : database_(database) {}
    void hold();
    void release();

    db::Database& database_;
    std::chrono::steady_clock::time_point since_;
};

}  // namespace migrate::sql
