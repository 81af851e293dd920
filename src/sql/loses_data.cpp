#include "sql/words.hpp"

namespace migrate::sql {

namespace {

/// Words after which DROP in ALTER TABLE names something else than a column.
bool drops_no_column(const Words& words, std::size_t i) {
    return words.any(i, {"CONSTRAINT", "DEFAULT", "NOT", "INDEX", "KEY", "PRIMARY", "FOREIGN", "CHECK",
                         "IDENTITY", "EXPRESSION", "SYSTEM"});
}

/// One pass over the actions of ALTER TABLE, outside brackets.
bool alter_table_loses(const Words& words, std::size_t first, Dialect dialect) {
    int depth = 0;
    for (std::size_t i = first; i < words.size(); ++i) {
        if (words.symbol(i, '(')) ++depth;
        if (words.symbol(i, ')')) --depth;
        if (depth != 0) continue;
        if (words.is(i, "DROP") && !drops_no_column(words, i + 1)) return true;
        if (words.is(i, "TRUNCATE")) return true;  // TRUNCATE PARTITION
        if (dialect == Dialect::mysql && words.any(i, {"MODIFY", "CHANGE"})) return true;
        if (dialect == Dialect::mysql && words.are(i, {"CONVERT", "TO"})) return true;
        // ALTER [COLUMN] c [SET DATA] TYPE t
        if (dialect == Dialect::postgresql && words.is(i, "ALTER") && i > first) {
            const std::size_t name = words.is(i + 1, "COLUMN") ? i + 2 : i + 1;
            if (words.is(name + 1, "TYPE") || words.are(name + 1, {"SET", "DATA", "TYPE"})) return true;
        }
    }
    return false;
}

/// WHERE that keeps nothing out: TRUE, 1, 1 = 1.
bool where_holds_always(const Words& words, std::size_t where) {
    auto ends = [&](std::size_t i) {
        return i >= words.size() || words.symbol(i, ')') || words.any(i, {"RETURNING", "LIMIT", "ORDER"}) ||
               words.tokens[i].kind == Token::Kind::terminator;
    };
    const std::size_t value = where + 1;
    if ((words.is(value, "TRUE") || words.at(value) == "1") && ends(value + 1)) return true;
    return value + 2 < words.size() && words.symbol(value + 1, '=') &&
           words.at(value) == words.at(value + 2) && words.tokens[value].kind == Token::Kind::number &&
           ends(value + 3);
}

/// Whether the DELETE or UPDATE at `i` has no WHERE of its own before its bracket closes.
bool unbounded(const Words& words, std::size_t i) {
    int depth = 0;
    for (; i < words.size(); ++i) {
        if (words.symbol(i, '(')) ++depth;
        if (words.symbol(i, ')') && --depth < 0) return true;
        if (depth == 0 && words.tokens[i].kind == Token::Kind::terminator) return true;
        if (depth == 0 && words.is(i, "WHERE")) return where_holds_always(words, i);
    }
    return true;
}

/// "DELETE FROM t", "UPDATE t SET" at the start of the statement, or of a WITH query.
bool writes_all_rows(const Words& words, std::size_t first) {
    if (words.any(first, {"DELETE", "UPDATE"})) return unbounded(words, first);
    if (!words.is(first, "WITH")) return false;
    int checked = 0;  // brackets in brackets in brackets would make this walk quadratic
    for (std::size_t i = first + 1; i < words.size(); ++i) {
        const bool starts = words.symbol(i - 1, '(') || words.symbol(i - 1, ')');
        if (starts && words.any(i, {"DELETE", "UPDATE"}) && (++checked > 64 || unbounded(words, i)))
            return true;
    }
    return false;
}

bool drop_loses(const Words& words, std::size_t first) {
    const std::size_t kind = words.is(first + 1, "FOREIGN") ? first + 2 : first + 1;
    if (words.any(kind, {"TABLE", "SCHEMA", "DATABASE", "OWNED"})) return true;
    return words.is(words.size() - 1, "CASCADE");
}

bool statement_loses(const Words& words, std::size_t first, Dialect dialect) {
    if (words.is(first, "TRUNCATE")) return true;
    if (words.is(first, "DROP")) return drop_loses(words, first);
    if (words.is(first, "ALTER")) {
        if (words.is(first + 1, "TYPE")) return words.has("DROP", first + 2);
        const std::size_t table = words.find("TABLE", first + 1);
        if (table <= first + 3) return alter_table_loses(words, first, dialect);
        return false;
    }
    return writes_all_rows(words, first);
}

/// The content of a dollar quote or of '...'.
std::string_view unquoted(std::string_view string) {
    if (string.starts_with('$')) {
        const std::size_t tag = string.find('$', 1) + 1;
        return string.substr(tag, string.size() - 2 * tag);
    }
    if (string.size() >= 2 && string.starts_with('\'')) return string.substr(1, string.size() - 2);
    return string;
}

constexpr std::size_t kLongestPart = 2000;  ///< tokens; keeps the walk below linear
constexpr int kDeepestString = 3;

/// A body of PL/pgSQL that runs at once: whatever follows a ';', BEGIN, THEN, ELSE or LOOP, and what
/// stands in a string (for EXECUTE), is read as a statement.
bool body_loses(std::string_view body, int depth) {
    std::vector<Token> tokens;
    Lexer lexer(body, Dialect::postgresql);
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next())
        if (token.kind != Token::Kind::comment) tokens.push_back(token);
    const Words words{body, tokens};
    std::vector<Token> part;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool starts = i == 0 || tokens[i - 1].kind == Token::Kind::terminator ||
                            words.any(i - 1, {"BEGIN", "THEN", "ELSE", "LOOP"});
        if (starts && words.any(i, {"DROP", "TRUNCATE", "ALTER", "DELETE", "UPDATE", "WITH"})) {
            part.clear();
            for (std::size_t k = i; k < tokens.size() && part.size() < kLongestPart; ++k) {
                if (tokens[k].kind == Token::Kind::terminator) break;
                part.push_back(tokens[k]);
            }
            if (statement_loses(Words{body, part}, 0, Dialect::postgresql)) return true;
        }
        if (tokens[i].kind == Token::Kind::string && depth < kDeepestString &&
            body_loses(unquoted(words.at(i)), depth + 1))
            return true;
    }
    return false;
}

}  // namespace

bool loses_data(const Words& words, Dialect dialect) {
    std::size_t first = 0;
    while (first < words.size() &&
           (words.tokens[first].kind == Token::Kind::hint || words.symbol(first, '(')))
        ++first;
    if (dialect == Dialect::postgresql && words.is(first, "DO")) {
        for (std::size_t i = first + 1; i < words.size(); ++i)
            if (words.tokens[i].kind == Token::Kind::string && body_loses(unquoted(words.at(i)), 0))
                return true;
        return false;
    }
    return statement_loses(words, first, dialect);
}

}  // namespace migrate::sql
