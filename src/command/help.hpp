#pragma once
#include <string>
#include <string_view>

#include "command/command.hpp"

namespace migrate {

/// `migrate --help`: all commands in their groups. At most 80 columns wide; `bold` sets the headings off with
/// terminal colours.
std::string program_help(bool bold);

/// `migrate VERB --help`: usage, description, options, examples.
std::string command_help(const Command& command, bool bold);

/// "migrate rollback [OPTIONS] [-- ARGS]".
std::string usage_line(const Command& command);

/// "--affected[=REF]", "-u, --unit UNIT".
std::string spelling(const Option& option);

/// Breaks text at spaces so that no line is wider than `width`; every line begins with `indent` spaces.
/// Paragraphs (separated by an empty line) stay apart. Ends with a line end unless empty.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace migrate
