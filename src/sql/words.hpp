#pragma once
#include <initializer_list>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace migrate::sql {

/// The tokens of one statement, read by number. Numbers beyond the end are no word and no symbol.
struct Words {
    std::string_view text;
    const std::vector<Token>& tokens;

    std::size_t size() const { return tokens.size(); }
    std::string_view at(std::size_t i) const {
        return i < size() ? text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin)
                          : std::string_view{};
    }
    /// Whether token `i` is this bare keyword (given in capitals).
    bool is(std::size_t i, std::string_view keyword) const {
        return i < size() && tokens[i].kind == Token::Kind::word && is_keyword(at(i), keyword);
    }
    bool any(std::size_t i, std::initializer_list<std::string_view> keywords) const {
        for (const std::string_view keyword : keywords)
            if (is(i, keyword)) return true;
        return false;
    }
    /// Whether the tokens from `i` on are these keywords.
    bool are(std::size_t i, std::initializer_list<std::string_view> keywords) const {
        for (const std::string_view keyword : keywords)
            if (!is(i++, keyword)) return false;
        return true;
    }
    bool symbol(std::size_t i, char c) const {
        return i < size() && tokens[i].kind == Token::Kind::symbol && text[tokens[i].begin] == c;
    }
    /// The first number of this keyword outside brackets, from `from` on; size() if it is not there.
    std::size_t find(std::string_view keyword, std::size_t from = 0) const {
        int depth = 0;
        for (std::size_t i = from; i < size(); ++i) {
            if (symbol(i, '(')) ++depth;
            if (symbol(i, ')')) --depth;
            if (depth == 0 && is(i, keyword)) return i;
        }
        return size();
    }
    bool has(std::string_view keyword, std::size_t from = 0) const { return find(keyword, from) < size(); }
};

/// Whether a statement loses data or rewrites it: DROP TABLE, TRUNCATE, DELETE without WHERE, a change of
/// a column's type ... Looks into DO bodies.
bool loses_data(const Words& words, Dialect dialect);

}  // namespace migrate::sql
