#include "adapters/row_words.hpp"

namespace migrate {

std::vector<RowWord> words_of_row(std::string_view argv) {
    std::vector<RowWord> tokens;
    int group = 0;
    bool inside = false;
    std::size_t at = 0;
    while (at < argv.size()) {
        if (argv[at] == ' ') {
            ++at;
        } else if (argv[at] == '[') {
            ++group;
            inside = true;
            ++at;
        } else if (argv[at] == ']') {
            inside = false;
            ++at;
        } else {
            std::size_t end = argv.find_first_of(" ]", at);
            if (end == std::string_view::npos) end = argv.size();
            tokens.push_back({argv.substr(at, end - at), inside ? group : 0});
            at = end;
        }
    }
    return tokens;
}

std::optional<std::string_view> list_hole(std::string_view word) {
    if (word.size() > 5 && word.front() == '{' && word.ends_with("...}"))
        return word.substr(1, word.size() - 5);
    return std::nullopt;
}

}  // namespace migrate
