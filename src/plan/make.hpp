#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "adapters/adapter.hpp"
#include "model/plan.hpp"
#include "model/request.hpp"
#include "model/unit.hpp"

namespace migrate {

/// The plan of one verb on one unit: the adapter's steps (or the project's own command from migrate.toml),
/// numbered, with native arguments appended and classified, the child's environment, and what proves success.
/// Pure but for reading the files concerned (their sha256 is part of the plan). Verdict and id are not in it
/// yet. Errors: `verb.unsupported`, `tool.version`, `tool.layout`, `usage` (native arguments without exactly
/// one native step), `config.invalid` (a `commands.*` line that names no script).
Result<UnitPlan> make_plan(const Unit& unit, const Request& request, const Facts& facts);

/// Whether a unit's own plan needs its history or target, before anything is gathered.
Needs needs_of(const Unit& unit, const Request& request);

}  // namespace migrate
