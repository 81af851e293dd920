#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::launchers {

/// A word of a shell script. `strange` where its text is only known when the shell runs: a variable, a
/// command substitution, a pattern.
struct ShellWord {
    std::string text;
    bool strange = false;
};

using ShellCommand = std::vector<ShellWord>;

/// A script taken apart as far as simple commands go: `a && b; c | d`, with quotes, comments, subshells and
/// redirections. What stands in $(...) and backticks is listed as commands of its own.
struct ShellScript {
    std::vector<ShellCommand> commands;
    std::vector<std::string> strange;  ///< what was met and not understood: "<<", "unclosed quote"
};

ShellScript parse_shell(std::string_view script);

}  // namespace migrate::launchers
