#pragma once
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace migrate {

/// The text of `migrate.toml` with `schema_file = "FILE"` in the unit's entry, which is added at the end
/// where the unit has none; all else as it was. Errors: `config.invalid` where the entry names another file
/// already, or where the line cannot be put in (a list of inline tables).
Result<std::string> with_schema_file(const std::string& text, const Config& config, const Unit& unit,
                                     std::string_view file);

}  // namespace migrate
