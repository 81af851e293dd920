#pragma once
#include <string_view>

namespace migrate {

/// Whether a text fits a pattern in which '*' stands for any characters, also none. Case does not count, as
/// in host names.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace migrate
