#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::py {

/// A token of Python. Comments are gone; a logical line (brackets and backslashes joined) ends with a
/// `newline` token. `column` is where it stands in its physical line, from 0: the indentation for the first
/// token of a line.
struct Token {
    enum class Kind { name, string, number, op, newline, end };
    Kind kind = Kind::end;
    std::string text;     ///< string: the value, escapes resolved; else as written
    bool format = false;  ///< an f-string with holes: `text` is then the inside as written
    int line = 0;         ///< from 1
    int column = 0;

    bool is(std::string_view op) const { return kind == Kind::op && text == op; }
    bool word(std::string_view name) const { return kind == Kind::name && text == name; }
};

/// All tokens, with an `end` token last. Never fails: what is broken becomes tokens that mean nothing.
std::vector<Token> tokens_of(std::string_view source);

}  // namespace migrate::py
