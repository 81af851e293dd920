#pragma once
#include <span>
#include <string>

#include "command/command.hpp"
#include "model/error.hpp"

namespace migrate {

/// Takes a whole command line apart (`argv[0]` is the program's name). Options may stand before and after the
/// command's name; what follows `--` is left alone. With `--help` nothing else is checked. The command of
/// the result is never null; its `run` is, where only `migrate` was said and nothing is there to answer it.
/// Errors: `usage`, with the nearest known name. A word that may hold a password is not repeated in them.
Result<ParsedCommand> parse_command_line(std::span<const std::string> argv);

/// The same for the words after the name of a known command.
Result<ParsedCommand> parse_arguments(const Command& command, std::span<const std::string> words);

}  // namespace migrate
