#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/result.hpp"
#include "run/builtin.hpp"
#include "run/execute.hpp"

namespace migrate {

/// By target: the ids that its history holds as applied.
using AppliedIds = std::map<std::string, std::vector<std::string>>;

std::vector<std::string> applied_ids(const History& history);

bool changes_history(const Step& step);

/// Reads the history again behind a step that changes it, compares it with what the step should have done and
/// notes in `result` what it really did. Error `run.unverified` says what was expected and what is there;
/// others are the reader's.
std::optional<Error> verify(UnitResult& result, const Step& step, AppliedIds& applied, const Target& target,
                            const HistoryReader& reader, db::Database* session, BuiltinState& state, long ms);

/// Notes a step that did what it should, by its own row (is_recorded); the whole history is compared behind
/// the last of its kind.
void note_recorded(UnitResult& result, const Step& step, AppliedIds& applied, long ms);

/// After a failure: notes what the history says now, and so which migrations were done all the same.
void settle(UnitResult& result, AppliedIds& applied, const HistoryReader& reader, long ms);

}  // namespace migrate
