#include "adapters/support/js_parser.hpp"

#include <algorithm>
#include <array>

namespace migrate::js {

namespace {

constexpr std::array<std::string_view, 13> kStatements{"const",  "let",     "var",      "export", "import",
                                                       "module", "exports", "function", "if",     "class",
                                                       "type",   "throw",   "return"};

bool starts_statement(const Token& token) {
    return token.kind == Token::Kind::identifier &&
           std::find(kStatements.begin(), kStatements.end(), token.text) != kStatements.end();
}

constexpr std::array<std::string_view, 23> kBinary{
    "+",  "-",  "*",  "/", "%", "**", "==", "===", "!=", "!==", "<",   ">",
    "<=", ">=", "&&", "&", "|", "^",  "<<", "?",   "::", "@@",  ">>>="};

bool binary(const Token& token) {
    if (token.word("instanceof") || token.word("in")) return true;
    return token.kind == Token::Kind::punctuation &&
           std::find(kBinary.begin(), kBinary.end(), token.text) != kBinary.end();
}

}  // namespace

bool Parser::is_any(std::size_t at, std::initializer_list<std::string_view> texts) const {
    const Token& there = token(at);
    return there.kind == Token::Kind::punctuation &&
           std::find(texts.begin(), texts.end(), there.text) != texts.end();
}

Parser::Parser(std::string_view source, const std::vector<Token>& tokens, Module& module, int depth)
    : source_(source),
      tokens_(tokens),
      module_(module),
      behind_(tokens.size(), tokens.size() - 1),
      depth_(depth) {
    std::vector<std::size_t> open;
    for (std::size_t at = 0; at + 1 < tokens_.size(); ++at) {
        if (opens(tokens_[at])) {
            open.push_back(at);
        } else if (closes(tokens_[at]) && !open.empty()) {
            behind_[open.back()] = at + 1;
            open.pop_back();
        }
    }
}

std::size_t Parser::balanced(std::size_t at) const {
    if (at + 1 >= tokens_.size()) return tokens_.size() - 1;
    return opens(tokens_[at]) ? behind_[at] : at + 1;
}

std::size_t Parser::type_end(std::size_t at, bool return_type) const {
    bool wants_operand = true;
    while (at < tokens_.size() - 1) {
        const Token& there = tokens_[at];
        if (there.is("<")) {
            int depth = 0;
            for (; at < tokens_.size() - 1; ++at) {
                if (opens(tokens_[at])) {
                    at = balanced(at) - 1;
                    continue;
                }
                if (closes(tokens_[at]) || tokens_[at].is(";")) return at;
                depth += tokens_[at].is("<");
                if (tokens_[at].is(">") && --depth == 0) break;
            }
            ++at;
            wants_operand = false;
        } else if (there.is(".") || there.is("|") || there.is("&") || (there.is("=>") && !return_type)) {
            wants_operand = true;
            ++at;
        } else if (there.is("[") || (wants_operand && opens(there))) {
            at = balanced(at);
            wants_operand = false;
        } else if (wants_operand &&
                   (there.kind == Token::Kind::identifier || there.kind == Token::Kind::string ||
                    there.kind == Token::Kind::number)) {
            wants_operand = there.word("typeof") || there.word("keyof") || there.word("readonly");
            ++at;
        } else {
            break;
        }
    }
    return at;
}

std::size_t Parser::expression_end(std::size_t at) const {
    for (std::size_t first = at; at < tokens_.size() - 1;) {
        const Token& there = tokens_[at];
        if (there.is(",") || there.is(";") || closes(there)) break;
        if (at > first && there.line > tokens_[at - 1].line && starts_statement(there)) break;
        at = opens(there) ? balanced(at) : at + 1;
    }
    return at;
}

Value Parser::expression(std::size_t& at) {
    const std::size_t from = at;
    if (too_deep()) {
        at = expression_end(at);
        return {};
    }
    ++depth_;
    Value left = unary(at);
    for (;;) {
        if (is_any(at, {"??", "||"})) {
            ++at;
            Value right = unary(at);
            left = either(std::move(left), std::move(right), from, at);
        } else if (token(at).word("as") || token(at).word("satisfies")) {
            at = type_end(at + 1);
        } else if (token(at).is("=")) {
            ++at;
            left = expression(at);
        } else if (binary(token(at))) {
            at = expression_end(at);
            left = computed(from, at);
        } else {
            break;
        }
    }
    --depth_;
    return left;
}

Value Parser::unary(std::size_t& at) {
    const std::size_t from = at;
    const Token& first = token(at);
    while (token(at).is("+") || token(at).word("await") || token(at).word("yield")) ++at;
    if (at != from) return primary(at);
    if (first.is("-") && token(at + 1).kind == Token::Kind::number) {
        Value value;
        value.kind = Value::Kind::number;
        value.text = "-" + token(at + 1).text;
        value.line = first.line;
        at += 2;
        return value;
    }
    if (first.is("<")) {  // an old TypeScript cast
        at = std::max(type_end(at), at + 1);
        return primary(at);
    }
    while (is_any(at, {"!", "~", "-", "--", "++"}) || token(at).word("typeof") || token(at).word("void"))
        ++at;
    if (at != from) {
        primary(at);
        return computed(from, at);
    }
    return primary(at);
}

Value Parser::primary(std::size_t& at) {
    const std::size_t from = at;
    const Token& first = token(at);
    Value value;
    value.line = first.line;
    switch (first.kind) {
        case Token::Kind::string:
            value.kind = Value::Kind::string;
            value.text = first.text;
            ++at;
            return postfix(std::move(value), from, at);
        case Token::Kind::number:
            value.kind = Value::Kind::number;
            value.text = first.text;
            ++at;
            return value;
        case Token::Kind::templated:
            return postfix(templated(at), from, at);
        case Token::Kind::regex:
            ++at;
            return computed(at - 1, at);
        case Token::Kind::end:
            return value;
        case Token::Kind::identifier:
            break;
        case Token::Kind::punctuation:
            if (first.is("{")) return object(at);
            if (first.is("[")) return postfix(array(at), from, at);
            if (first.is("(")) {
                if (arrow_follows(at)) return function(at);
                std::size_t end = balanced(at);
                ++at;
                Value inner = expression(at);
                if (at + 1 < end) inner = computed(at, end - 1);  // a comma expression
                at = end;
                return postfix(std::move(inner), from, at);
            }
            if (!closes(first) && !first.is(",") && !first.is(";")) ++at;
            return computed(at, at);
    }
    bool arrow = token(at + 1).is("=>");
    bool async = first.word("async") && token(at + 1).line == first.line &&
                 (token(at + 1).is("(") || token(at + 1).kind == Token::Kind::identifier);
    if (arrow || async || first.word("function") || first.word("class")) return function(at);
    return chain(at);
}

bool Parser::arrow_follows(std::size_t at) const {
    std::size_t after = balanced(at);
    if (token(after).is(":")) after = type_end(after + 1, true);
    return token(after).is("=>");
}

Value Parser::function(std::size_t& at) {
    Value value;
    value.line = token(at).line;
    value.text = "function";
    std::size_t body = at;
    bool declared = token(at).word("function") || token(at).word("class") ||
                    (token(at).word("async") && token(at + 1).word("function"));
    if (declared) {
        while (body < tokens_.size() - 1 && !token(body).is("{"))
            body = token(body).is("(") ? balanced(body) : body + 1;
        at = balanced(body);
    } else {
        while (body < tokens_.size() - 1 && !token(body).is("=>"))
            body = opens(token(body)) ? balanced(body) : body + 1;
        ++body;
        at = token(body).is("{") ? balanced(body) : expression_end(body);
    }
    return value;
}

Value Parser::templated(std::size_t& at) {
    const Token& whole = token(at);
    ++at;
    auto parts = template_parts(whole.text);
    Value value;
    value.line = whole.line;
    if (parts.size() == 1) {
        value.kind = Value::Kind::string;
        value.text = parts[0];
        return value;
    }
    if (parts.size() == 3 && parts[0].empty() && parts[2].empty()) {
        Value hole = inside(parts[1]);
        hole.line = whole.line;
        return hole;
    }
    if (auto made = pattern(parts)) {
        made->line = whole.line;
        return *made;
    }
    return computed(at - 1, at);
}

std::optional<Value> Parser::pattern(const std::vector<std::string>& parts) const {
    Value value;
    value.kind = Value::Kind::pattern;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i % 2 == 0) {
            value.text += parts[i];
            continue;
        }
        Value hole = inside(parts[i]);
        if (hole.kind == Value::Kind::reference) hole = Value(resolve(module_, hole));
        if (hole.string() || hole.kind == Value::Kind::number) {
            value.text += hole.text;
        } else if (hole.kind == Value::Kind::environment && hole.variables.size() == 1) {
            value.text += "${" + hole.variables[0] + (hole.has_fallback ? ":" + hole.text : "") + "}";
            value.variables.push_back(hole.variables[0]);
        } else {
            return std::nullopt;
        }
    }
    if (value.variables.empty()) value.kind = Value::Kind::string;
    return value;
}

Value Parser::array(std::size_t& at) {
    Value value;
    value.kind = Value::Kind::array;
    value.line = token(at).line;
    std::size_t end = balanced(at);
    for (++at; at + 1 < end;) {
        std::size_t before = at;
        if (token(at).is(",")) {
            ++at;
            continue;
        }
        if (token(at).is("...")) {
            ++at;
            Value spread = expression(at);
            Value item;
            item.text = "..." + spread.text;
            item.line = spread.line;
            value.items.push_back(std::move(item));
        } else {
            value.items.push_back(expression(at));
        }
        if (at == before) ++at;
    }
    at = end;
    return value;
}

std::size_t Parser::function_end(std::size_t at) const {
    if (token(at).is("<")) at = type_end(at);
    if (token(at).is("(")) at = balanced(at);
    if (token(at).is(":")) at = type_end(at + 1);
    return token(at).is("{") ? balanced(at) : at;
}

void Parser::member_of(Value& object, std::size_t& at) {
    Member made;
    if (token(at).is("...")) {
        ++at;
        made = {"...", expression(at)};
        object.members.push_back(std::move(made));
        return;
    }
    auto is_key = [&](std::size_t i) {
        return token(i).kind == Token::Kind::identifier || token(i).kind == Token::Kind::string ||
               token(i).kind == Token::Kind::number || token(i).is("[");
    };
    while ((token(at).word("async") || token(at).word("get") || token(at).word("set") || token(at).is("*")) &&
           (is_key(at + 1) || token(at + 1).is("*")))
        ++at;
    if (!is_key(at)) {
        ++at;
        return;
    }
    const Token& key = token(at);
    made.key = key.is("[") ? "[]" : key.text;
    at = key.is("[") ? balanced(at) : at + 1;
    if (token(at).is(":")) {
        ++at;
        made.value = expression(at);
    } else if (token(at).is("(") || token(at).is("<")) {
        made.value.text = "function";
        made.value.line = key.line;
        at = function_end(at);
    } else {
        made.value.kind = Value::Kind::reference;
        made.value.text = key.text;
        made.value.line = key.line;
        if (token(at).is("=")) at = expression_end(at);
    }
    object.members.push_back(std::move(made));
}

Value Parser::object(std::size_t& at) {
    Value value;
    value.kind = Value::Kind::object;
    value.line = token(at).line;
    std::size_t end = balanced(at);
    ++at;
    while (at + 1 < end) {
        std::size_t before = at;
        if (is_any(at, {",", ";"}))
            ++at;
        else
            member_of(value, at);
        if (at == before) ++at;
    }
    at = end;
    return value;
}

}  // namespace migrate::js
