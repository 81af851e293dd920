#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/caller.hpp"

namespace migrate {

/// Whether text on a stream gets colour. The first that says something decides: `option` (the value of
/// --color: "auto", "always", "never"; "" for a bare --color, which is always), FORCE_COLOR ("0" and "false"
/// say no), NO_COLOR (not empty), CLICOLOR_FORCE (not "0"), and at last whether the stream is a terminal that
/// can do it (TERM is neither "dumb" nor empty).
bool use_color(const std::optional<std::string>& option, const Environment& env, bool terminal);

/// Terminal styles that output is written with.
enum class Style { plain, bold, dim, red, green, yellow, blue, cyan };

/// `text` in a style; as it stands where `color` is false.
std::string styled(std::string_view text, Style style, bool color);

}  // namespace migrate
