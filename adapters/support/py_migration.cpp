#include "adapters/support/py_migration.hpp"

#include <algorithm>

#include "adapters/support/py_config.hpp"
#include "sql/split.hpp"
#include "sql/text.hpp"

namespace migrate::py {

namespace {

using Lines = std::vector<std::string>;
using Kind = Value::Kind;

constexpr std::size_t kLongestSql = 1u << 16;
constexpr std::size_t kLongestLine = 160;

void add(Lines& lines, std::string line) {
    if (lines.empty() || lines.back() != line) lines.push_back(std::move(line));
}

/// The statements of a text that lose data; none where it is no SQL.
void add_sql(Lines& lines, std::string_view text, Engine engine) {
    if (text.size() > kLongestSql) return;
    const sql::Dialect dialect = sql::dialect_of(engine);
    auto normal = sql::normalised(text);
    if (!normal) return;
    auto statements = sql::split(*normal, dialect);
    if (!statements) return;
    for (const auto& statement : *statements)
        if (statement.destructive) add(lines, sql::brief(statement.text, dialect));
}

/// A line of the source without the blanks around it, not longer than a line of output.
std::string line_of(std::string_view source, int number) {
    for (int n = 1; n < number; ++n) source.remove_prefix(std::min(source.find('\n'), source.size() - 1) + 1);
    source = source.substr(0, source.find('\n'));
    const std::size_t from = std::min(source.find_first_not_of(" \t"), source.size());
    source.remove_prefix(from);
    while (!source.empty() && (source.back() == '\r' || source.back() == ' ')) source.remove_suffix(1);
    if (source.size() <= kLongestLine) return std::string(source);
    return std::string(source.substr(0, kLongestLine - 3)) + "...";
}

/// Index behind the body of the function whose `def` stands at `at`, at the margin.
std::size_t behind_function(const std::vector<Token>& tokens, std::size_t at) {
    bool line_start = false;
    for (; at < tokens.size() && tokens[at].kind != Token::Kind::end; ++at) {
        if (line_start && tokens[at].column == 0) return at;
        line_start = tokens[at].kind == Token::Kind::newline;
    }
    return at;
}

/// Whether the call that opens its bracket at `open` has this keyword argument.
bool has_keyword(const std::vector<Token>& tokens, std::size_t open, std::string_view name) {
    int depth = 0;
    for (std::size_t i = open; i + 1 < tokens.size(); ++i) {
        if (tokens[i].is("(") || tokens[i].is("[") || tokens[i].is("{")) ++depth;
        if ((tokens[i].is(")") || tokens[i].is("]") || tokens[i].is("}")) && --depth == 0) return false;
        if (depth == 1 && tokens[i].word(name) && tokens[i + 1].is("=")) return true;
    }
    return false;
}

bool loses(const std::vector<Token>& tokens, std::size_t at) {
    if (at == 0 || at + 1 >= tokens.size() || !tokens[at - 1].is(".") || !tokens[at + 1].is("("))
        return false;
    for (std::string_view name : {"drop_table", "drop_column", "drop_all"})
        if (tokens[at].word(name)) return true;
    return tokens[at].word("alter_column") && has_keyword(tokens, at + 1, "type_");
}

void add_operation(Lines& lines, const Value& operation, std::string_view source, Engine engine) {
    if (!operation.is(Kind::call)) return;
    const std::string_view name = std::string_view(operation.text).substr(operation.text.rfind('.') + 1);
    if (name == "DeleteModel" || name == "RemoveField") {
        add(lines, line_of(source, operation.line));
    } else if (name == "RunSQL") {
        const Value* forwards = operation.argument(0, "sql");
        if (!forwards) return;
        for (const auto& text : forwards->strings()) add_sql(lines, text, engine);
        // A statement with its parameters: ("DELETE FROM x WHERE y = %s", [1]).
        for (const Value& item : forwards->items)
            if (item.is(Kind::list) && !item.items.empty() && item.items.front().is(Kind::string))
                add_sql(lines, item.items.front().text, engine);
    } else if (name == "SeparateDatabaseAndState") {
        if (const Value* inner = operation.argument(0, "database_operations"))
            for (const Value& item : inner->items) add_operation(lines, item, source, engine);
    }
}

}  // namespace

std::vector<std::string> lost_by_alembic(std::string_view source, Engine engine) {
    Lines lines;
    const std::vector<Token> tokens = tokens_of(source);
    bool line_start = true;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (line_start && token.word("def") && token.column == 0 &&
            tokens[i + 1].text.starts_with("downgrade")) {
            i = behind_function(tokens, i) - 1;
            continue;
        }
        // A string that is a line of its own is a comment.
        if (token.kind == Token::Kind::string && !line_start)
            add_sql(lines, token.text, engine);
        else if (token.kind == Token::Kind::name && loses(tokens, i))
            add(lines, line_of(source, token.line));
        line_start = token.kind == Token::Kind::newline;
    }
    return lines;
}

std::vector<std::string> lost_by_django(std::string_view source, Engine engine) {
    Lines lines;
    const Module module = parse_module(source);
    for (const auto& assignment : module.assignments)
        if (assignment.scope == "Migration" && assignment.target == "operations")
            for (const Value& operation : assignment.value.items)
                add_operation(lines, operation, source, engine);
    return lines;
}

}  // namespace migrate::py
