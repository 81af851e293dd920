#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace migrate::test {

/// Runs the real binary as a person does: on a terminal of its own, with `typed` and a line end waiting to be
/// read. stdout and stderr come together in `out`, with what was echoed. A run of more than two minutes is
/// killed (status -1).
Ran at_terminal(const Tree& tree, std::vector<std::string> arguments,
                const std::map<std::string, std::string>& environment, const std::string& typed);

/// The same for any program: `typed` is typed once `question` has been shown.
Ran program_at_terminal(const Tree& tree, std::vector<std::string> command,
                        const std::map<std::string, std::string>& environment, const std::string& question,
                        const std::string& typed);

}  // namespace migrate::test
