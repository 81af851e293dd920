#pragma once
#include "db/database.hpp"
#include "model/error.hpp"
#include "run/lock_watch.hpp"

namespace migrate {

/// The error of a native step that failed behind a lock: it also says who holds it, and what ends that.
Error behind_lock(Error error, const SeenWait& wait, Engine engine);

/// The error of a step of raw SQL whose own session ran into its limit: who may hold the lock is asked now.
Error behind_lock(Error error, db::Database& session);

/// The failure of a step that has left nothing behind: "not now", exit status 6. `says_so`: the hint tells
/// already that nothing was kept.
Error not_now(Error error, bool says_so);

}  // namespace migrate
