#pragma once
#include <optional>
#include <string>

#include "db/database.hpp"
#include "model/result.hpp"
#include "run/builtin.hpp"
#include "run/lock_watch.hpp"

namespace migrate {

struct ExecuteSettings;

/// How one native step ended.
struct NativeEnd {
    std::optional<Error> error;
    bool nothing = false;          ///< it found nothing to do, and said so
    std::string said;              ///< stdout and stderr, redacted, without what was cut
    std::optional<SeenWait> wait;  ///< the wait for a lock that it failed behind
};

/// Runs the native command line of a step and fills `outcome`. `session` is the one that holds the target's
/// lock, to watch what locks the tool waits for; nullptr where there is none.
NativeEnd run_native(const UnitResult& result, const Step& step, const Target* target, db::Database* session,
                     StepOutcome& outcome, const BuiltinState& state, const ExecuteSettings& settings);

}  // namespace migrate
