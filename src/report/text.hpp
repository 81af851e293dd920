#pragma once
#include <string>
#include <vector>

#include "model/result.hpp"
#include "report/paint.hpp"

namespace migrate {

// Results as people read them on stdout. Each function returns whole lines.

/// One block a unit: where it points, what is applied, pending, failed, edited ...; `full` lists all applied.
std::string status_text(const CommandResult& result, bool full, const Paint& paint);

/// Applied migrations with times, newest first.
std::string history_text(const CommandResult& result, const Paint& paint);

/// The steps alone.
std::string steps_text(const UnitPlan& plan, const Paint& paint);

/// The steps, the verdict and what to type next.
std::string plan_text(const CommandResult& result, const Paint& paint);

/// What a changing verb did, unit by unit, and how things stand.
std::string outcome_text(const CommandResult& result, const Paint& paint);

/// One line a unit: id, target, level, state. Printed last where there is more than one unit.
std::string summary_table(const CommandResult& result, const Paint& paint);

/// An error with its hint and what to type next, for stderr.
std::string error_text(const Error& error, const Paint& paint);

/// "Next:" lines; "" for none.
std::string next_text(const std::vector<Next>& next, const Paint& paint);

/// Columns padded to the widest cell (bytes of UTF-8 sequences counted once), two spaces apart.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// "postgresql localhost:5432/shop" or "sqlite apps/api/dev.db" (below the root): never credentials.
std::string target_text(const Target& target);

/// One line that says what a state means: "2 pending", "current", "1 failed".
std::string state_text(const TargetStatus& status);

}  // namespace migrate
