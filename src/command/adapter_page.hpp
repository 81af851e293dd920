#pragma once
#include <string>

#include "model/tool.hpp"

namespace migrate {

/// The generated part of docs/adapters/TOOL.md: every row and flag of the adapter's table, as Markdown.
std::string adapter_page(Tool tool);

}  // namespace migrate
