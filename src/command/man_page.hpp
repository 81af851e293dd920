#pragma once
#include <span>
#include <string>

#include "command/command.hpp"

namespace migrate {

/// The manual page migrate(1) in roff (man macros), made from the table.
std::string man_page(std::span<const Command* const> commands);

}  // namespace migrate
