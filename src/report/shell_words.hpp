#pragma once
#include <span>
#include <string>
#include <string_view>

namespace migrate {

/// One word, quoted for a POSIX shell where it needs to be.
std::string shell_word(std::string_view word);

/// A command line that can be pasted into a shell and means exactly this argv.
std::string shell_words(std::span<const std::string> argv);

}  // namespace migrate
