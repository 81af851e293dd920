#include "command/ask.hpp"

#include <fmt/format.h>

#include <iostream>

namespace migrate {

std::optional<std::string> ask(const std::string& question) {
    fmt::print(stderr, "{} ", question);
    std::string answer;
    if (!std::getline(std::cin, answer)) return std::nullopt;
    while (!answer.empty() && (answer.back() == '\r' || answer.back() == ' ')) answer.pop_back();
    return answer;
}

bool says_yes(const std::optional<std::string>& answer) {
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace migrate
