#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace migrate {

/// "90", "90s", "5m", "2h", "1d", "500ms", "1h30m"; a bare number is seconds. nullopt for anything else, and
/// for what is longer than ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace migrate
