#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace migrate {

/// A word of a row's argv, and whether it stands in an optional group (groups are numbered from 1).
struct RowWord {
    std::string_view text;
    int group = 0;
    bool hole() const { return text.find('{') != std::string_view::npos; }
    bool flag() const { return text.size() > 1 && text[0] == '-'; }
};

/// The words of a row's argv: "migrate:up [{file}] [--env {env}]".
std::vector<RowWord> words_of_row(std::string_view argv);

/// The name in "{names...}", a hole that stands for several words: its value holds one a line.
std::optional<std::string_view> list_hole(std::string_view word);

}  // namespace migrate
