#include "detect/find.hpp"

#include <algorithm>

#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// "MigrationsDataSource" -> migrations data source; "drizzle-dev.config" -> drizzle dev config.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    auto close = [&] {
        if (!word.empty()) words.push_back(lowercase(word));
        word.clear();
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (!is_word_char(c) || c == '_' || c == '$') {
            close();
            continue;
        }
        bool upper = c >= 'A' && c <= 'Z';
        bool after_lower = at > 0 && text[at - 1] >= 'a' && text[at - 1] <= 'z';
        if (upper && after_lower) close();
        word += c;
    }
    close();
    return words;
}

}  // namespace

std::string telling_name(std::string_view path, std::initializer_list<std::string_view> generic) {
    static constexpr std::string_view kEverywhere[] = {"src",        "db",        "database", "config",
                                                       "configs",    "schema",    "main",     "index",
                                                       "migrations", "migration", "data"};
    std::string_view stem = path;
    std::string_view last = name_of_path(path);
    if (std::size_t dot = last.rfind('.'); dot != std::string_view::npos && dot > 0)
        stem = path.substr(0, path.size() - last.size() + dot);
    std::string name;
    for (const std::string& word : words_of(stem)) {
        if (std::find(std::begin(kEverywhere), std::end(kEverywhere), word) != std::end(kEverywhere))
            continue;
        if (std::find(generic.begin(), generic.end(), word) != generic.end()) continue;
        if (!name.empty()) name += '-';
        name += word;
    }
    return name;
}

}  // namespace migrate::detection
