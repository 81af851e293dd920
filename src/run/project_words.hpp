#pragma once
#include <filesystem>

#include "model/caller.hpp"
#include "model/result.hpp"

namespace migrate {

/// Whether the project sets a limit for waiting on locks itself, in the migrations of the plan, in its
/// configuration or its URL, or the user does in PGOPTIONS: then that one counts and ours does not.
bool sets_lock_limit(const UnitResult& result, const Target& target, const Environment& env,
                     const std::filesystem::path& root);

/// Whether one of the plan's migrations builds an index while others write.
bool builds_concurrently(const UnitResult& result, const std::filesystem::path& root);

/// Whether a native step that failed, and whose history is as it was, has left nothing behind, so that it may
/// be started again: the tool wraps what it does in transactions, the database undoes definitions, too
/// (PostgreSQL), and neither migrations, configuration nor command line speak of anything else.
bool fails_as_a_whole(const UnitResult& result, const Step& step, const Target& target,
                      const std::filesystem::path& root);

}  // namespace migrate
