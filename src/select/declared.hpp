#pragma once
#include <filesystem>
#include <optional>

#include "config/config.hpp"
#include "detect/detect.hpp"

namespace migrate {

/// Completes what was detected with what migrate.toml declares: `ignore`d units go, [[unit]] entries give
/// their units alias, order and commands, bring back what was hidden or of low confidence, and add what
/// detection cannot see. Error: `config.invalid` with the entry's line, where an entry fits no unit and names
/// no tool.
std::optional<Error> apply_config(Scan& scan, const Config& config, const std::filesystem::path& root);

}  // namespace migrate
