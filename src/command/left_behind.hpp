#pragma once
#include <vector>

#include "command/session.hpp"
#include "model/error.hpp"
#include "model/result.hpp"

namespace migrate {

/// What runs that were killed have left, for the units of the result: databases of rehearsals, restorations
/// and scratch beside theirs, and lines of the log that never ended. Each is a finding of `doctor`, with what
/// to type. Opens a read-only session for each target; one that cannot be reached is said elsewhere.
void add_left_behind(const Session& session, const CommandResult& result, std::vector<Error>& findings);

}  // namespace migrate
