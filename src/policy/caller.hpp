#pragma once
#include "command/command.hpp"
#include "model/caller.hpp"

namespace migrate {

/// Who is calling: a person only if stdin and stderr are terminals, CI is not set, --no-input was not given
/// and nothing in the environment speaks of an agent. User and home come from passwd, never from $HOME.
Caller caller_of(const Invocation& invocation, bool no_input);

/// Names of the variables (or "/opt/.devin") that say an agent is calling; their absence proves nothing.
/// The list is that of Prisma 7.10.1's checkpoint for agents.
std::vector<std::string> agent_signs(const Environment& env);

}  // namespace migrate
