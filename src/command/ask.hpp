#pragma once
#include <optional>
#include <string>

namespace migrate {

/// Puts a question to the person at the terminal (stderr) and reads one line; nullopt at the end of input.
/// Only for callers who are a person: nobody else is ever waited for.
std::optional<std::string> ask(const std::string& question);

/// "y", "Y" or "yes".
bool says_yes(const std::optional<std::string>& answer);

}  // namespace migrate
