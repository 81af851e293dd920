#include "adapters/support/js_migration.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "adapters/support/js_lexer.hpp"

namespace migrate::js {

namespace {

using Tokens = std::vector<Token>;

/// A function's tokens [begin, end): what stands between its braces, or the expression of an arrow function.
struct Body {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t parameters = 0;  ///< index of the parenthesis that opens them, or of the only one
};

/// From behind the parameters to the brace or arrow: over a return type such as `: Promise<void>`.
std::size_t behind_type(const Tokens& tokens, std::size_t at) {
    if (at >= tokens.size()) return tokens.size() - 1;
    if (!tokens[at].is(":")) return at;
    int angles = 0;
    for (++at; at + 1 < tokens.size(); ++at) {
        const Token& token = tokens[at];
        if (token.is("<")) ++angles;
        if (token.is(">")) --angles;
        if (token.is(">>")) angles -= 2;
        if (angles <= 0 && (token.is("{") || token.is("=>") || token.is(";") || token.is("="))) break;
    }
    return at;
}

/// Where an expression without braces ends: at a separator, or where a new line starts a new statement.
std::size_t expression_end(const Tokens& tokens, std::size_t at) {
    int depth = 0;
    for (std::size_t i = at; i + 1 < tokens.size(); ++i) {
        if (depth == 0 && i > at && (tokens[i].is(",") || tokens[i].is(";") || closes(tokens[i]))) return i;
        if (depth == 0 && i > at && tokens[i].line > tokens[i - 1].line &&
            tokens[i].kind == Token::Kind::identifier && !tokens[i - 1].is("."))
            return i;
        if (opens(tokens[i])) ++depth;
        if (closes(tokens[i])) --depth;
    }
    return tokens.size() - 1;
}

Body braced(const Tokens& tokens, std::size_t open, std::size_t parameters) {
    return {open + 1, closing(tokens, open), parameters};
}

/// A function expression that begins at `at`.
std::optional<Body> function_at(const Tokens& tokens, std::size_t at) {
    if (tokens[at].word("async")) ++at;
    bool keyword = tokens[at].word("function");
    if (keyword) {
        ++at;
        if (tokens[at].is("*")) ++at;
        if (tokens[at].kind == Token::Kind::identifier) ++at;
    }
    std::size_t parameters = at;
    if (tokens[at].is("("))
        at = behind_type(tokens, closing(tokens, at) + 1);
    else if (tokens[at].kind == Token::Kind::identifier && at + 1 < tokens.size() && tokens[at + 1].is("=>"))
        ++at;
    else
        return std::nullopt;
    if (keyword) return tokens[at].is("{") ? std::optional(braced(tokens, at, parameters)) : std::nullopt;
    if (!tokens[at].is("=>")) return std::nullopt;
    ++at;
    if (tokens[at].is("{")) return braced(tokens, at, parameters);
    return Body{at, expression_end(tokens, at), parameters};
}

/// The function called `name`, whose name stands at `at`: a method, a declaration, or what is assigned.
std::optional<Body> named_at(const Tokens& tokens, std::size_t at) {
    if (at > 0 && tokens[at - 1].is(".") && (at < 2 || !tokens[at - 2].word("exports"))) return std::nullopt;
    std::size_t next = at + 1;
    if (tokens[next].is("(")) {
        std::size_t open = behind_type(tokens, closing(tokens, next) + 1);
        if (open < tokens.size() && tokens[open].is("{")) return braced(tokens, open, next);
        return std::nullopt;
    }
    if (!tokens[next].is("=") && !tokens[next].is(":")) return std::nullopt;
    if (auto body = function_at(tokens, next + 1)) return body;
    if (tokens[next].is("=")) return std::nullopt;
    std::size_t equals = behind_type(tokens, next);  // const up: Migration = async () => ...
    return tokens[equals].is("=") ? function_at(tokens, equals + 1) : std::nullopt;
}

std::optional<Body> function_named(const Tokens& tokens, std::string_view name) {
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
        if (tokens[i].word(name))
            if (auto body = named_at(tokens, i)) return body;
    return std::nullopt;
}

bool mentions(const Tokens& tokens, std::string_view name) {
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) { return token.word(name); });
}

std::string lowered(std::string_view text) {
    std::string result;
    for (char c : text) result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

/// Without line breaks and runs of blanks, and not longer than a line of output.
std::string one_line(std::string_view text) {
    std::string result;
    for (char c : text) {
        bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (blank && (result.empty() || result.back() == ' ')) continue;
        result += blank ? ' ' : c;
    }
    while (!result.empty() && result.back() == ' ') result.pop_back();
    if (result.size() > 160) result = result.substr(0, 157) + "...";
    return result;
}

constexpr std::array<std::string_view, 34> kCalls{
    // Knex
    "dropTable", "dropTableIfExists", "dropColumn", "dropColumns", "dropSchema", "dropSchemaIfExists",
    "renameTable", "renameColumn", "alter", "truncate", "del", "dropTimestamps", "dropNullable",
    // TypeORM
    "changeColumn", "changeColumns", "clearTable", "clearDatabase", "dropDatabase", "clear",
    // Sequelize
    "removeColumn", "dropAllTables", "dropAllSchemas", "dropAllEnums", "dropEnum", "bulkDelete", "destroy",
    // MongoDB
    "drop", "dropCollection", "deleteMany", "deleteOne", "remove", "renameCollection", "rename", "delete"};

constexpr std::array<std::string_view, 8> kSql{"drop table",    "drop column", "drop schema",  "drop type",
                                               "drop database", "truncate ",   "delete from ", " rename "};

bool is_destructive_sql(std::string_view text) {
    std::string sql = lowered(text);
    for (auto needle : kSql)
        if (sql.find(needle) != std::string::npos) return true;
    std::size_t alter = sql.find("alter column");
    if (alter != std::string::npos && sql.find(" type ", alter) != std::string::npos) return true;
    return sql.starts_with("alter table") &&
           (sql.find(" modify ") != std::string::npos || sql.find(" change ") != std::string::npos);
}

std::string_view line_of(std::string_view source, std::size_t offset) {
    std::size_t begin = source.rfind('\n', offset);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    return source.substr(begin, std::min(source.find('\n', offset), source.size()) - begin);
}

bool ends_in_timestamp(std::string_view name) {
    return name.size() > 13 &&
           std::all_of(name.end() - 13, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Index of the value of a property that a class body [begin, end) declares itself, or `end`.
std::size_t property_value(const Tokens& tokens, std::size_t begin, std::size_t end, std::string_view name) {
    int depth = 0;
    for (std::size_t i = begin; i + 1 < end; ++i) {
        if (opens(tokens[i])) ++depth;
        if (closes(tokens[i])) --depth;
        if (depth != 0 || !tokens[i].word(name)) continue;
        bool marked = tokens[i + 1].is("?") || tokens[i + 1].is("!");
        std::size_t at = behind_type(tokens, i + (marked ? 2 : 1));
        if (at + 1 < end && tokens[at].is("=")) return at + 1;
    }
    return end;
}

/// The brace that opens the body of the class whose keyword stands at `at`, or the last token.
std::size_t class_body(const Tokens& tokens, std::size_t at) {
    while (at + 1 < tokens.size() && !tokens[at].is("{")) ++at;
    return at;
}

}  // namespace

std::optional<bool> has_way_back(std::string_view source) {
    Tokens tokens = tokens_of(source);
    auto down = function_named(tokens, "down");
    if (!down)
        return mentions(tokens, "up") && !mentions(tokens, "down") ? std::optional(false) : std::nullopt;
    if (down->begin < down->end && tokens[down->begin].word("throw")) return false;
    bool does_something =
        std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(down->begin),
                    tokens.begin() + static_cast<std::ptrdiff_t>(down->end), [](const Token& token) {
                        if (token.kind == Token::Kind::punctuation)
                            return !(opens(token) || closes(token) || token.is(";") || token.is("."));
                        for (auto word : {"return", "Promise", "resolve", "undefined", "null", "await"})
                            if (token.word(word)) return false;
                        return true;
                    });
    return does_something ? std::nullopt : std::optional(false);
}

std::vector<std::string> destructive_parts(std::string_view source) {
    std::vector<std::string> parts;
    Tokens tokens = tokens_of(source);
    auto up = function_named(tokens, "up");
    if (!up) return parts;
    for (std::size_t i = up->begin; i < up->end; ++i) {
        const Token& token = tokens[i];
        std::string part;
        if (token.kind == Token::Kind::string || token.kind == Token::Kind::templated) {
            if (token.text == "$unset" || is_destructive_sql(token.text)) part = one_line(token.text);
        } else if (token.kind == Token::Kind::identifier) {
            bool called = i + 1 < up->end && tokens[i + 1].is("(") && i > 0 && tokens[i - 1].is(".");
            bool known = std::find(kCalls.begin(), kCalls.end(), token.text) != kCalls.end();
            if ((called && known) || token.text == "$unset") part = one_line(line_of(source, token.offset));
        }
        if (!part.empty() && (parts.empty() || parts.back() != part)) parts.push_back(std::move(part));
    }
    return parts;
}

std::vector<std::string> migration_classes(std::string_view source) {
    std::vector<std::string> names;
    Tokens tokens = tokens_of(source);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (!tokens[i].word("class") || tokens[i + 1].kind != Token::Kind::identifier) continue;
        std::size_t open = class_body(tokens, i);
        std::size_t end = closing(tokens, open);
        std::string name = tokens[i + 1].text;
        std::size_t value = property_value(tokens, open + 1, end, "name");
        if (value < end &&
            (tokens[value].kind == Token::Kind::string || tokens[value].kind == Token::Kind::templated))
            name = tokens[value].text;
        if (ends_in_timestamp(name)) names.push_back(std::move(name));
        i = open;
    }
    return names;
}

std::string class_property(std::string_view source, std::string_view property) {
    Tokens tokens = tokens_of(source);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (!tokens[i].word("class")) continue;
        std::size_t open = class_body(tokens, i);
        std::size_t end = closing(tokens, open);
        std::size_t value = property_value(tokens, open + 1, end, property);
        if (value < end) return tokens[value].text;
        i = open;
    }
    return "";
}

std::optional<std::vector<std::string>> parameters_of(std::string_view source, std::string_view name) {
    Tokens tokens = tokens_of(source);
    auto body = function_named(tokens, name);
    if (!body) return std::nullopt;
    std::size_t open = body->parameters;
    if (!tokens[open].is("(")) return std::vector{tokens[open].text};
    std::vector<std::string> names;
    std::size_t end = closing(tokens, open);
    int depth = 0;
    for (std::size_t i = open + 1; i < end; ++i) {
        bool first = depth == 0 && (i == open + 1 || tokens[i - 1].is(","));
        if (first) names.push_back(tokens[i].text);
        if (opens(tokens[i]) || tokens[i].is("<")) ++depth;
        if (closes(tokens[i]) || tokens[i].is(">")) --depth;
    }
    return names;
}

}  // namespace migrate::js
