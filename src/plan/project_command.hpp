#pragma once
#include <filesystem>
#include <optional>

#include "model/plan.hpp"
#include "model/request.hpp"
#include "model/unit.hpp"

namespace migrate {

/// Where migrate.toml replaces the stock command line of a verb (`commands.run = [...]`), the plan's native
/// steps become that command: resolved through package scripts, classified like any native command line and
/// judged at the higher of verb and content. Never used for verbs that only read. Leaves plans of units
/// without such an entry alone. Errors: `config.invalid` (a script that package.json does not have).
std::optional<Error> use_project_command(const Unit& unit, const Request& request,
                                         const std::filesystem::path& root, UnitPlan& plan);

/// What a project's own command line really starts: package scripts (`pnpm run x`, `npm run x -- args`,
/// `yarn x`) are replaced by their text from the nearest package.json, up to `depth` levels.
/// Errors: `config.invalid`.
Result<std::vector<std::string>> resolve_scripts(std::vector<std::string> argv,
                                                 const std::filesystem::path& directory, int depth = 4);

}  // namespace migrate
