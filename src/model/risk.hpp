#pragma once
#include <optional>
#include <string_view>

namespace migrate {

/// What a step can do, least first: look, write files in the repo, apply, revert, destroy.
enum class Risk { read, files, apply, revert, destroy };

std::string_view to_string(Risk risk);
std::optional<Risk> risk_from(std::string_view name);

}  // namespace migrate
