#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace migrate {

/// A TOML document as a plain value with line numbers, so that only one file includes the parser.
struct TomlNode {
    enum class Kind { string, integer, real, boolean, time, array, table };
    Kind kind = Kind::table;
    std::string text;  ///< string; for the other scalars their spelling
    std::int64_t number = 0;
    bool flag = false;
    std::vector<TomlNode> items;
    struct Member;
    std::vector<Member> members;  ///< in the order of the file
    int line = 0;

    /// Member of a table; nullptr where there is none.
    const TomlNode* find(std::string_view key) const;
};

struct TomlNode::Member {
    std::string name;
    TomlNode node;
};

/// Parses a document. Error `config.invalid` with "file:line".
Result<TomlNode> parse_toml(std::string_view text, const std::string& file);

}  // namespace migrate
