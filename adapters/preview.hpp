#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"

namespace migrate {

/// A command line of the tool that prints the SQL of some migrations and executes nothing.
struct Preview {
    std::vector<std::string> ids;
    Step step;  ///< its stdout is the SQL; risk `read`
};

/// How the tool itself would show what a native step of a plan executes. Errors: `sql.unknown` with the
/// reason: its migrations are code that composes SQL while it runs, or the tool has no such command for them.
Result<std::vector<Preview>> previews_of(const Unit& unit, const Request& request, const Facts& facts,
                                         const Step& step);

}  // namespace migrate
