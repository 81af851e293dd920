// Expressions of Python, as far as literals, names and calls go.
#include "adapters/support/py_parser.hpp"

#include <algorithm>

namespace migrate::py {

namespace {

using Kind = Value::Kind;

constexpr int kDeepest = 60;  ///< what is nested deeper than any configuration is not read

bool any_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), text) != names.end();
}

bool looks_like_variable(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void add_variables(Value& to, const Value& from) {
    for (const auto& name : from.variables)
        if (std::find(to.variables.begin(), to.variables.end(), name) == to.variables.end())
            to.variables.push_back(name);
    for (const auto& item : from.items) add_variables(to, item);
    for (const auto& member : from.members) add_variables(to, member.value);
}

Value environment(std::string name, const Value* fallback, int line) {
    Value value;
    value.kind = Kind::environment;
    value.variables = {std::move(name)};
    if (fallback && !fallback->none()) value.items = {*fallback};
    value.line = line;
    return value;
}

/// A call that reads a variable of the environment: of `os`, python-decouple, django-environ and
/// dj-database-url.
std::optional<Value> environment_read(const Value& call) {
    const std::string& callee = call.text;
    const Value* first = call.argument(0, "key");
    bool named = first && first->is(Kind::string) && looks_like_variable(first->text);
    if (any_of(callee, {"os.environ.get", "environ.get", "os.getenv", "getenv", "config", "decouple.config",
                        "env", "env.str", "env.url", "env.int", "env.get_value", "env.db", "env.db_url",
                        "environ.Env.db", "env.dj_db_url"})) {
        if (named) return environment(first->text, call.argument(1, "default"), call.line);
        if (callee.ends_with(".db") || callee.ends_with("db_url")) {
            const Value* variable = call.argument(0, "var");
            if (variable && variable->is(Kind::string))
                return environment(variable->text, call.argument(1, "default"), call.line);
            return environment("DATABASE_URL", call.argument(1, "default"), call.line);
        }
    }
    if (callee.ends_with("dj_database_url.config")) {
        const Value* name = call.argument(0, "env");
        const Value* fallback = call.argument(1, "default");
        return environment(name && name->is(Kind::string) ? name->text : "DATABASE_URL", fallback, call.line);
    }
    return std::nullopt;
}

}  // namespace

std::size_t Parser::balanced(std::size_t at) const {
    int depth = 0;
    for (; at < tokens_.size(); ++at) {
        const Token& here = tokens_[at];
        if (here.is("(") || here.is("[") || here.is("{")) ++depth;
        if ((here.is(")") || here.is("]") || here.is("}")) && --depth == 0) return at + 1;
    }
    return tokens_.size();
}

Value Parser::expression(std::size_t& at) {
    std::size_t from = at;
    if (depth_ >= kDeepest) return rest(from, at);
    ++depth_;
    Value left = operand(at);
    while (true) {
        const Token& here = token(at);
        if (here.word("or") || here.is("/") || here.is("+")) {
            std::string op = here.text;
            ++at;
            left = joined(op, std::move(left), operand(at));
        } else if (ends_expression(at)) {
            break;
        } else {
            at = from;
            left = rest(from, at);
            break;
        }
    }
    --depth_;
    return left;
}

void Parser::chain_calls(std::size_t at, std::vector<Value>& calls) {
    Value value = operand(at);
    collect(value, calls);
}

void Parser::collect(const Value& value, std::vector<Value>& calls) {
    if (const Value* self = value.member("self")) collect(*self, calls);
    if (value.is(Kind::call)) calls.push_back(value);
}

bool Parser::ends_expression(std::size_t at) const {
    const Token& here = token(at);
    return at_end(at) || here.is(",") || here.is(")") || here.is("]") || here.is("}") || here.is(":") ||
           here.is("=") || here.is(";");
}

Value Parser::rest(std::size_t from, std::size_t& at) {
    Value value;
    value.line = token(from).line;
    at = from;
    while (!at_end(at)) {
        const Token& here = token(at);
        if (here.is(",") || here.is(")") || here.is("]") || here.is("}") || here.is(";")) break;
        if (depth_ < kDeepest && here.kind == Token::Kind::name && (at == 0 || !token(at - 1).is("."))) {
            std::size_t inner = at;
            add_variables(value, operand(inner));
        }
        value.text += (value.text.empty() ? "" : " ") + here.text;
        at = here.is("(") || here.is("[") || here.is("{") ? balanced(at) : at + 1;
    }
    return value;
}

Value Parser::joined(std::string_view op, Value left, Value right) {
    if (op == "or" && left.is(Kind::environment)) {
        if (right.is(Kind::environment) && left.items.empty()) {
            left.variables.insert(left.variables.end(), right.variables.begin(), right.variables.end());
            left.items = std::move(right.items);
            return left;
        }
        // An empty default is what `or` is there to replace.
        left.items = {std::move(right)};
        return left;
    }
    Value value;
    value.line = left.line;
    if (op == "/") {
        value.kind = Kind::path;
    } else if (op == "+" && left.is(Kind::string) && right.is(Kind::string)) {
        left.text += right.text;
        return left;
    } else {
        value.text = left.text + " " + std::string(op) + " " + right.text;
    }
    add_variables(value, left);
    add_variables(value, right);
    value.items = {std::move(left), std::move(right)};
    return value;
}

Value Parser::operand(std::size_t& at) {
    const Token& here = token(at);
    Value value;
    value.line = here.line;
    if (here.kind == Token::Kind::string) {
        value.kind = Kind::string;
        for (; token(at).kind == Token::Kind::string; ++at) {
            if (token(at).format) value.kind = Kind::computed;
            value.text += token(at).text;
        }
        return postfix(std::move(value), at);
    }
    if (here.kind == Token::Kind::number) {
        value.kind = Kind::number;
        value.text = here.text;
        ++at;
        return value;
    }
    if (here.is("(") || here.is("[") || here.is("{")) {
        if (depth_ >= kDeepest) {
            at = balanced(at);
            return value;
        }
        return postfix(here.is("{") ? braces(at) : sequence(at), at);
    }
    if (here.kind == Token::Kind::name && !any_of(here.text, {"not", "lambda", "await", "if", "else", "for",
                                                              "in", "and", "or", "is", "yield"})) {
        value.text = here.text;
        value.kind = any_of(here.text, {"None", "True", "False"}) ? Kind::word : Kind::reference;
        ++at;
        return postfix(std::move(value), at);
    }
    std::size_t from = at;
    if (!ends_expression(at)) ++at;
    return rest(from, at);
}

Value Parser::postfix(Value value, std::size_t& at) {
    while (true) {
        if (token(at).is(".") && token(at + 1).kind == Token::Kind::name) {
            std::string name = token(at + 1).text;
            at += 2;
            if (value.is(Kind::reference)) {
                value.text += "." + name;
            } else {
                Value outer;
                outer.kind = Kind::call;
                outer.line = value.line;
                outer.text = "." + name;
                outer.members.push_back({"self", std::move(value)});
                value = std::move(outer);
            }
        } else if (token(at).is("(") && depth_ < kDeepest) {
            value = call(std::move(value), at);
        } else if (token(at).is("[") && depth_ < kDeepest) {
            value = subscript(std::move(value), at);
        } else {
            return value;
        }
    }
}

Value Parser::call(Value callee, std::size_t& at) {
    Value value;
    value.kind = Kind::call;
    value.line = callee.line;
    if (callee.is(Kind::reference)) {
        value.text = callee.text;
    } else if (callee.is(Kind::call) && callee.text.starts_with('.') && callee.members.size() == 1) {
        value.text = callee.text;
        value.members = std::move(callee.members);
    } else {
        value.members.push_back({"self", std::move(callee)});
    }
    std::size_t end = balanced(at);
    ++at;
    ++depth_;
    while (at + 1 < end) {
        if (token(at).kind == Token::Kind::name && token(at + 1).is("=")) {
            std::string key = token(at).text;
            at += 2;
            value.members.push_back({std::move(key), expression(at)});
        } else if (token(at).is("**") || token(at).is("*")) {
            std::string key = token(at).text;
            ++at;
            value.members.push_back({std::move(key), expression(at)});
        } else {
            value.items.push_back(expression(at));
        }
        skip_to_comma(at, end);
    }
    --depth_;
    at = end;
    if (auto read = environment_read(value)) return *read;
    return value;
}

Value Parser::subscript(Value base, std::size_t& at) {
    std::size_t end = balanced(at);
    ++at;
    ++depth_;
    Value key = expression(at);
    --depth_;
    at = end;
    if (base.is(Kind::reference) && any_of(base.text, {"os.environ", "environ"}) && key.is(Kind::string))
        return environment(key.text, nullptr, base.line);
    Value value;
    value.line = base.line;
    add_variables(value, base);
    if (base.is(Kind::reference) && key.is(Kind::string)) {
        value.kind = Kind::reference;
        value.text = base.text + "[\"" + key.text + "\"]";
    } else {
        value.text = base.text + "[...]";
    }
    return value;
}

bool Parser::skip_to_comma(std::size_t& at, std::size_t end) {
    bool clean = token(at).is(",") || at + 1 >= end;
    while (at + 1 < end && !token(at).is(","))
        at = token(at).is("(") || token(at).is("[") || token(at).is("{") ? balanced(at) : at + 1;
    if (at + 1 < end) ++at;
    return clean;
}

Value Parser::sequence(std::size_t& at) {
    bool parenthesis = token(at).is("(");
    Value value;
    value.kind = Kind::list;
    value.line = token(at).line;
    std::size_t end = balanced(at);
    ++at;
    ++depth_;
    bool comma = false;
    while (at + 1 < end) {
        value.items.push_back(expression(at));
        comma |= token(at).is(",");
        if (!skip_to_comma(at, end)) value.kind = Kind::computed;
    }
    --depth_;
    at = end;
    if (parenthesis && value.items.size() == 1 && !comma) return value.items.front();
    return value;
}

Value Parser::braces(std::size_t& at) {
    Value value;
    value.kind = Kind::dict;
    value.line = token(at).line;
    std::size_t end = balanced(at);
    ++at;
    ++depth_;
    while (at + 1 < end) {
        if (token(at).is("**")) {
            ++at;
            value.members.push_back({"**", expression(at)});
        } else {
            Value key = expression(at);
            if (token(at).is(":")) {
                ++at;
                value.members.push_back({key.is(Kind::string) ? key.text : "[]", expression(at)});
            } else {
                value.kind = Kind::list;
                value.items.push_back(std::move(key));
            }
        }
        if (!skip_to_comma(at, end)) value.kind = Kind::computed;
    }
    --depth_;
    at = end;
    return value;
}

}  // namespace migrate::py
