#pragma once
#include <optional>

#include "live/ask.hpp"
#include "plan/gather.hpp"
#include "run/execute.hpp"

namespace migrate {

/// What a target's database is asked, with the table of the unit's own history, which is none of the users'.
LiveQuestion question_of(const Unit& unit, const std::filesystem::path& root, const Target& target);

/// Asks the database of each target what it is and decides its level anew with the answer, in the unit's
/// facts and in its result. A target that cannot be reached, has no client here or does not exist yet keeps
/// its level; its evidence says that nobody answered. What ends the unit stands in its result:
/// `policy.refused` where the answer contradicts a name that the caller gave.
void ask_targets(GatheredUnit& one, const GatherSettings& settings, ReadSessions& sessions);

/// The same again over the sessions that hold the lock. True where a verdict that was given before may not
/// stand: a mark, a freeze, a sign or a table came or went meanwhile. `filled_by_us`: tables that came are
/// those of a unit that ran before in the same run.
Result<bool> ask_again(GatheredUnit& one, UnitResult& result, const TargetLocks& locks, std::int64_t now,
                       bool filled_by_us);

/// What the answers mean for judging a plan.
void add_live(UnitPlan& plan, const GatheredUnit& one);

/// `target.foreign` (contract, section 5.4): the plan would apply or revert on a target that is not local,
/// the unit has no history there, and users' tables are, that no other unit's history explains.
std::optional<Error> must_be_own(const GatheredUnit& one, const UnitPlan& plan);

}  // namespace migrate
