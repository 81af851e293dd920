#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "live/ask.hpp"
#include "plan/gather.hpp"
#include "run/execute.hpp"

namespace migrate {

/// Where the other units keep their histories, for what a database is asked.
std::vector<HistoryQuery> histories_of_others(const GatheredUnit& one, const GatherSettings& settings);

/// What a target's database is asked, with the table of the unit's own history, which is none of the users'.
LiveQuestion question_of(const Unit& unit, const std::filesystem::path& root, const Target& target);

/// By target: what its database says of itself.
using LiveAnswers = std::map<std::string, LiveFacts>;

/// By target: who owns the port.
using MachineAnswers = std::map<std::string, MachineAnswer>;
/// Begins to ask this machine about each target, beside what the caller does next. `one` must stay.
MachineAnswers begin_to_ask_machine(const GatheredUnit& one);

/// Asks the database of each target what it is. One that cannot be reached or has no client here answers
/// with a remark that says so. `begun`: those whose history has a migration applied.
LiveAnswers ask_targets(const GatheredUnit& one, std::int64_t now, const std::set<std::string>& begun,
                        const MachineAnswers& machine, ReadSessions& sessions);

/// Decides the level of each target anew with the answers, in the unit's facts and in its result. What ends
/// the unit stands in its result: `policy.refused` where an answer contradicts a name that the caller gave.
void decide_levels(GatheredUnit& one, LiveAnswers answers);

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
