#include "detect/text.hpp"

#include <algorithm>
#include <cstring>

namespace migrate::detection {

std::size_t find_part(std::string_view text, std::string_view part, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (text.empty() || part.empty()) return part.empty() ? from : std::string_view::npos;
    const void* found = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
    if (!found) return std::string_view::npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    while (true) {
        std::size_t at = find_part(text, word, from);
        if (at == std::string_view::npos) return at;
        bool before = at > 0 && is_word_char(text[at - 1]) && is_word_char(word.front());
        std::size_t end = at + word.size();
        bool after = end < text.size() && is_word_char(text[end]) && is_word_char(word.back());
        if (!before && !after) return at;
        from = at + 1;
    }
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return contains(text, part); });
}

int line_of(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    return 1 + static_cast<int>(
                   std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

int line_with(std::string_view text, std::string_view part) {
    std::size_t at = find_part(text, part);
    return at == std::string_view::npos ? 0 : line_of(text, at);
}

std::string_view trim(std::string_view text) {
    std::size_t first = text.find_first_not_of(" \t\r\n\f");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n\f") - first + 1);
}

std::string lowercase(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string_view unquote(std::string_view text) {
    if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\''))
        return text.substr(1, text.size() - 2);
    return text;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        std::size_t end = std::min(text.find_first_of(separators), text.size());
        std::string_view part = trim(text.substr(0, end));
        if (!part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool is_all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> shell_words(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool open = false;
    char quote = 0;
    auto close = [&] {
        if (open) words.push_back(std::move(word));
        word.clear();
        open = false;
    };
    for (std::size_t at = 0; at < line.size(); ++at) {
        char c = line[at];
        if (quote) {
            if (c == quote)
                quote = 0;
            else if (c == '\\' && quote == '"' && at + 1 < line.size())
                word += line[++at];
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            open = true;
        } else if (c == '\\' && at + 1 < line.size()) {
            word += line[++at];
            open = true;
        } else if (c == ' ' || c == '\t') {
            close();
        } else if (c == ';' || c == '&' || c == '|') {
            close();
            std::size_t length = at + 1 < line.size() && line[at + 1] == c ? 2 : 1;
            words.emplace_back(line.substr(at, length));
            at += length - 1;
        } else {
            word += c;
            open = true;
        }
    }
    close();
    return words;
}

}  // namespace migrate::detection
