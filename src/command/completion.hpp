#pragma once
#include <span>
#include <string>

#include "command/command.hpp"

namespace migrate {

/// Scripts that make a shell complete `migrate`: verbs, options, their values, and unit ids, for which they
/// ask `migrate detect --names`. All of it comes from the table.
std::string bash_completion(std::span<const Command* const> commands);
std::string zsh_completion(std::span<const Command* const> commands);
std::string fish_completion(std::span<const Command* const> commands);

}  // namespace migrate
