#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace migrate::test {

/// The state of a repository's only unit as we read it, and as its own tool says.
struct States {
    std::string direct;   ///< "pending", or the code of the error
    std::string native;   ///< the same of `status --native`
    std::string changed;  ///< what asking the tool has changed
    bool operator==(const States&) const = default;
};

/// What doctest shows of a comparison that fails.
std::ostream& operator<<(std::ostream& out, const States& states);

/// Asks for both; `migrate` runs the program in the repository.
States states_of(const std::function<Ran(std::vector<std::string>)>& migrate);

}  // namespace migrate::test
