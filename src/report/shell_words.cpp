#include "report/shell_words.hpp"

namespace migrate {

namespace {

constexpr std::string_view kHarmless =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^";

}  // namespace

std::string shell_word(std::string_view word) {
    if (!word.empty() && word.find_first_not_of(kHarmless) == std::string_view::npos)
        return std::string(word);
    std::string quoted = "'";
    for (char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string shell_words(std::span<const std::string> argv) {
    std::string line;
    for (const std::string& word : argv) line += (line.empty() ? "" : " ") + shell_word(word);
    return line;
}

}  // namespace migrate
