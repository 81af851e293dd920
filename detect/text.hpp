#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

// Small scanners over file contents. They replace regular expressions, which are slow and whose depth grows
// with the text.

constexpr bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/// std::string_view::find for long texts: it stops at every occurrence of the first character, which in
/// indented files is every other byte; this one skips by the length of `part`.
std::size_t find_part(std::string_view text, std::string_view part, std::size_t from = 0);

/// The next place from `from` where `word` stands with no identifier character on either side (looked at only
/// where the word's own end is one); npos if none.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);
inline bool has_word(std::string_view text, std::string_view word) {
    return find_word(text, word) != std::string_view::npos;
}
inline bool contains(std::string_view text, std::string_view part) {
    return find_part(text, part) != std::string_view::npos;
}
bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts);

/// 1-based line of an offset.
int line_of(std::string_view text, std::size_t offset);
/// 1-based line on which `part` first stands; 0 where it does not.
int line_with(std::string_view text, std::string_view part);

std::string_view trim(std::string_view text);
std::string lowercase(std::string_view text);
/// `text` without a matching pair of quotes around it.
std::string_view unquote(std::string_view text);
/// Pieces between separators, trimmed, empty ones left out.
std::vector<std::string_view> split(std::string_view text, std::string_view separators);
bool is_all_digits(std::string_view text);

/// Calls `line(text, number)` for each line, without its line break, until it returns false.
template <class Line>
void each_line(std::string_view text, Line line) {
    int number = 1;
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        std::string_view one = text.substr(0, end);
        if (one.ends_with('\r')) one.remove_suffix(1);
        if (!line(one, number++) || end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

/// The words of a shell command line: quotes taken off, no expansion. Operators (`&&`, `;`, `|`) are words.
std::vector<std::string> shell_words(std::string_view line);

}  // namespace migrate::detection
