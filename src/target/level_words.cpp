#include "target/level_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace migrate {

namespace {

constexpr std::array<std::string_view, 4> kProduction{"prod", "production", "live", "primary"};
constexpr std::array<std::string_view, 16> kNoProduction{
    "dev",   "devel",   "development", "local", "localhost", "test",    "tests", "testing",
    "stage", "staging", "qa",          "ci",    "preview",   "sandbox", "uat",   "scratch"};

enum class Kind { other, lower, upper, digit };

Kind kind_of(char c) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isdigit(byte)) return Kind::digit;
    if (std::isupper(byte)) return Kind::upper;
    if (std::islower(byte) || byte >= 0x80) return Kind::lower;
    return Kind::other;
}

template <std::size_t N>
bool any_word(std::string_view text, const std::array<std::string_view, N>& wanted) {
    for (const auto& word : words_of(text))
        if (std::find(wanted.begin(), wanted.end(), word) != wanted.end()) return true;
    return false;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    auto flush = [&] {
        if (!word.empty()) words.push_back(std::move(word));
        word.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        Kind kind = kind_of(text[i]);
        Kind before = i == 0 ? Kind::other : kind_of(text[i - 1]);
        if (kind == Kind::other) {
            flush();
            continue;
        }
        // "prodDb", "db1": a border; "PRODUCTIONDb": the last capital begins the next word.
        const bool camel = before == Kind::lower && kind == Kind::upper;
        const bool digits = (before == Kind::digit) != (kind == Kind::digit) && before != Kind::other;
        const bool acronym = before == Kind::upper && kind == Kind::upper && i + 1 < text.size() &&
                             kind_of(text[i + 1]) == Kind::lower;
        if (camel || digits || acronym) flush();
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    }
    flush();
    return words;
}

bool says_production(std::string_view text) {
    return any_word(text, kProduction);
}

bool says_no_production(std::string_view text) {
    return !says_production(text) && any_word(text, kNoProduction);
}

}  // namespace migrate
