#include "adapters/support/js_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "adapters/support/history_sql.hpp"
#include "adapters/support/js_lexer.hpp"

namespace migrate::js {

namespace {

using Tokens = std::vector<Token>;

/// Where the function called `name` is declared, or assigned; the end where it is not.
std::size_t declared(const Tokens& tokens, std::string_view name) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i].word(name)) continue;
        const bool member = i > 0 && tokens[i - 1].is(".") && (i < 2 || !tokens[i - 2].word("exports"));
        const Token& next = tokens[i + 1];
        if (!member && (next.is("(") || next.is("=") || next.is(":"))) return i;
    }
    return tokens.size() - 1;
}

bool is_text(const Token& token) {
    return token.kind == Token::Kind::string ||
           (token.kind == Token::Kind::templated && token.text.find("${") == std::string::npos);
}

/// "CREATE ..." or "create ..."; "Create ..." is a sentence.
bool begins_statement(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n("), text.size()));
    const std::string_view first = text.substr(0, text.find_first_of(" \t\r\n"));
    if (first.size() == text.size()) return false;
    for (const std::string_view word :
         {"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "RENAME", "TRUNCATE", "REPLACE"}) {
        const bool lower =
            std::equal(word.begin(), word.end(), first.begin(), first.end(),
                       [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
        if (first == word || lower) return true;
    }
    return false;
}

constexpr std::array<std::string_view, 26> kKnexTypes{
    "string",   "integer",   "text",       "boolean",      "timestamp",  "date",   "datetime",
    "dateTime", "decimal",   "float",      "double",       "bigInteger", "bigint", "json",
    "jsonb",    "uuid",      "binary",     "enum",         "enu",        "time",   "smallint",
    "tinyint",  "mediumint", "increments", "specificType", "geometry"};

/// Reads the calls of one `up`.
struct Reader {
    const Tokens& tokens;
    Engine engine;

    std::string quoted(std::string_view name) const { return quoted_name(engine, name); }
    bool calls(std::size_t i) const {
        return i > 0 && tokens[i - 1].is(".") && i + 1 < tokens.size() && tokens[i + 1].is("(");
    }
    /// The first literal of the call: `('users', ...)` or `(new Table({ name: 'users', ...`.
    std::optional<std::string> first(std::size_t open) const {
        if (is_text(tokens[open + 1])) return tokens[open + 1].text;
        return named(open, closing(tokens, open));
    }
    /// `name: 'users'`
    std::optional<std::string> named(std::size_t from, std::size_t end) const {
        for (std::size_t i = from; i + 2 < end; ++i)
            if (tokens[i].word("name") && tokens[i + 1].is(":") && is_text(tokens[i + 2]))
                return tokens[i + 2].text;
        return std::nullopt;
    }
    /// The second: `('users', 'age'` or `('users', new TableColumn({ name: 'age'`.
    std::optional<std::string> second(std::size_t open) const {
        if (!is_text(tokens[open + 1]) || open + 3 >= tokens.size() || !tokens[open + 2].is(","))
            return std::nullopt;
        if (is_text(tokens[open + 3])) return tokens[open + 3].text;
        return named(open, closing(tokens, open));
    }
    /// Knex: what `(table) => { table.string('age'); ... }` adds and drops.
    std::string altered(const std::string& table, std::size_t open, std::size_t end) const {
        std::string actions;
        for (std::size_t i = open; i + 2 < end; ++i) {
            if (!calls(i) || !is_text(tokens[i + 2])) continue;
            const std::string& method = tokens[i].text;
            const bool adds = std::find(kKnexTypes.begin(), kKnexTypes.end(), method) != kKnexTypes.end();
            if (!adds && method != "dropColumn") continue;
            if (!actions.empty()) actions += ", ";
            actions +=
                (adds ? "ADD COLUMN " : "DROP COLUMN ") + quoted(tokens[i + 2].text) + (adds ? " int" : "");
        }
        return actions.empty() ? "" : "ALTER TABLE " + quoted(table) + " " + actions;
    }

    /// What the call at `i` does; "" where nobody can say.
    std::string statement(std::size_t i) const {
        const std::string& method = tokens[i].text;
        const std::size_t open = i + 1;
        if (method == "createTable" || method == "dropTable" || method == "dropTableIfExists") {
            auto table = first(open);
            if (!table) return "";
            return method == "createTable" ? "CREATE TABLE " + quoted(*table) + " (id int)"
                                           : "DROP TABLE " + quoted(*table);
        }
        if (method == "addColumn" || method == "removeColumn" || method == "dropColumn") {
            auto column = second(open);
            if (!column) return "";
            const std::string on = "ALTER TABLE " + quoted(tokens[open + 1].text);
            return method == "addColumn" ? on + " ADD COLUMN " + quoted(*column) + " int"
                                         : on + " DROP COLUMN " + quoted(*column);
        }
        if ((method == "alterTable" || method == "table") && is_text(tokens[open + 1]))
            return altered(tokens[open + 1].text, open, closing(tokens, open));
        return "";
    }
};

}  // namespace

std::vector<SaidStatement> statements_said(std::string_view source, Engine engine) {
    const Tokens tokens = tokens_of(source);
    const Reader reader{tokens, engine};
    const std::size_t up = declared(tokens, "up"), down = declared(tokens, "down");
    const std::size_t end = down > up ? down : tokens.size() - 1;
    std::vector<SaidStatement> said;
    for (std::size_t i = up; i < end; ++i) {
        std::string sql;
        if (is_text(tokens[i]) && begins_statement(tokens[i].text))
            sql = tokens[i].text;
        else if (tokens[i].kind == Token::Kind::identifier && reader.calls(i))
            sql = reader.statement(i);
        if (!sql.empty()) said.push_back({std::move(sql), tokens[i].line});
    }
    return said;
}

}  // namespace migrate::js
