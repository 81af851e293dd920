#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "db/database.hpp"
#include "db/lock_file.hpp"
#include "model/target.hpp"

namespace migrate {

/// The lock on a unit's database, held while its steps run (contract, section 6). Engines without a client
/// here are not locked: the plan says so.
class TargetLock {
  public:
    /// What becomes of a SQLite file that is missing: an error, an empty file, or nothing: then its name is
    /// locked, and there is no session.
    enum class IfMissing { error, create, lock_name };

    /// `session`: one that was opened to read, in which the lock is taken where that still works.
    /// Errors: `target.busy` (another migrator holds it; says who), `target.missing`, `target.unreachable`.
    static Result<TargetLock> take(const Target& target, std::chrono::milliseconds wait, IfMissing missing,
                                   std::unique_ptr<db::Database> session = {});
    /// The session that holds the lock; built-in steps work in it. nullptr where there is none.
    db::Database* session() const { return session_.get(); }

  private:
    std::unique_ptr<db::Database> session_;
    std::unique_ptr<db::LockFile> name_;
};

/// By target name.
using TargetLocks = std::map<std::string, TargetLock>;

}  // namespace migrate
