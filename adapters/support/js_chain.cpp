// Names, calls, and what reads the environment: process.env.X, env('X'), `a ?? b`.
#include <algorithm>
#include <array>
#include <cctype>

#include "adapters/support/js_parser.hpp"

namespace migrate::js {

namespace {

bool variable_name(std::string_view name) {
    if (name.empty() || !(std::isupper(static_cast<unsigned char>(name[0])) || name[0] == '_')) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return std::isupper(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) ||
               c == '_';
    });
}

/// "process.env.X" and its kin: the rest behind the environment object, "" where it is none.
std::string_view behind_environment(std::string_view name) {
    for (std::string_view prefix :
         {"process.env.", "Bun.env.", "import.meta.env.", "globalThis.process.env."})
        if (name.starts_with(prefix)) return name.substr(prefix.size());
    // `env.X` of a validated environment module (@t3-oss/env and hand-written ones).
    if (name.starts_with("env.") && variable_name(name.substr(4))) return name.substr(4);
    return {};
}

Value environment(std::string name, int line) {
    Value value;
    value.kind = Value::Kind::environment;
    value.variables.push_back(std::move(name));
    value.line = line;
    return value;
}

/// env('X'), Deno.env.get('X'), getEnv('X'), requireEnv('X', 'fallback'): calls whose name says "env" and
/// whose first argument is a variable's name.
bool reads_environment(const Value& call) {
    std::string name = call.text;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.find("env") == std::string::npos || call.items.empty() || call.items.size() > 2) return false;
    if (call.items.size() == 2 && !call.items[1].string()) return false;
    return call.items[0].string() && variable_name(call.items[0].text);
}

bool converts(std::string_view callee) {
    return callee == "Number" || callee == "parseInt" || callee == "Number.parseInt" || callee == "String" ||
           callee == "parseFloat";
}

void add_fallback(Value& value, const Value& fallback) {
    if (fallback.kind == Value::Kind::word && fallback.text != "true" && fallback.text != "false") return;
    if (fallback.text.empty()) return;
    value.has_fallback = true;
    value.text = fallback.text;
}

}  // namespace

Value Parser::inside(std::string_view hole) const {
    if (too_deep()) return {};
    auto tokens = tokens_of(hole);
    Module nothing;
    std::size_t at = 0;
    return Parser(hole, tokens, nothing, depth_ + 10).expression(at);
}

std::vector<std::string> Parser::variables_in(std::string_view hole) const {
    if (too_deep()) return {};
    auto tokens = tokens_of(hole);
    Module nothing;
    return Parser(hole, tokens, nothing, depth_ + 10).computed(0, tokens.size() - 1).variables;
}

Value Parser::computed(std::size_t from, std::size_t to) const {
    constexpr std::size_t kLongest = 1000;  // tokens: what is longer is a program, not a setting
    to = std::min(to, from + kLongest);
    Value value;
    value.line = token(from).line;
    std::size_t end = to > from ? token(to).offset : token(from).offset;
    value.text = source_.substr(token(from).offset, end - token(from).offset);
    while (!value.text.empty() && static_cast<unsigned char>(value.text.back()) <= ' ') value.text.pop_back();
    auto add = [&](std::string_view name) {
        if (std::find(value.variables.begin(), value.variables.end(), name) == value.variables.end())
            value.variables.emplace_back(name);
    };
    for (std::size_t i = from; i < to && i < tokens_.size(); ++i) {
        if (tokens_[i].kind == Token::Kind::templated) {
            auto parts = template_parts(tokens_[i].text);
            for (std::size_t k = 1; k < parts.size(); k += 2)
                for (const auto& name : variables_in(parts[k])) add(name);
        }
        if (tokens_[i].kind != Token::Kind::identifier || (i > 0 && tokens_[i - 1].is("."))) continue;
        std::string name = tokens_[i].text;
        for (std::size_t k = i + 1; behind_environment(name).empty() && k + 1 < tokens_.size(); k += 2) {
            if (tokens_[k].is("[") && tokens_[k + 1].kind == Token::Kind::string) {
                name += "." + tokens_[k + 1].text;
                break;
            }
            if (!(tokens_[k].is(".") || tokens_[k].is("?.")) ||
                tokens_[k + 1].kind != Token::Kind::identifier)
                break;
            name += "." + tokens_[k + 1].text;
        }
        if (auto rest = behind_environment(name); !rest.empty()) add(rest);
        if (i + 2 < tokens_.size() && tokens_[i].word("env") && tokens_[i + 1].is("(") &&
            tokens_[i + 2].kind == Token::Kind::string)
            add(tokens_[i + 2].text);
    }
    return value;
}

Value Parser::either(Value left, Value right, std::size_t from, std::size_t to) const {
    if (left.kind == Value::Kind::reference) {
        const Value& known = resolve(module_, left);
        if (known.kind == Value::Kind::environment || known.string()) left = Value(known);
    }
    if (right.kind == Value::Kind::reference) right = Value(resolve(module_, right));
    if (left.string() && !left.text.empty()) return left;
    if (left.kind != Value::Kind::environment) return computed(from, to);
    if (left.has_fallback) return left;
    switch (right.kind) {
        case Value::Kind::environment:
            left.variables.insert(left.variables.end(), right.variables.begin(), right.variables.end());
            left.has_fallback = right.has_fallback;
            left.text = right.text;
            return left;
        case Value::Kind::string:
        case Value::Kind::number:
        case Value::Kind::word:
            add_fallback(left, right);
            return left;
        default:
            return computed(from, to);
    }
}

Value Parser::chain(std::size_t& at) {
    const std::size_t from = at;
    Value value;
    value.line = token(at).line;
    const bool made = token(at).word("new");
    while (token(at).word("new")) ++at;
    static constexpr std::array<std::string_view, 4> kWords{"true", "false", "null", "undefined"};
    bool word = std::find(kWords.begin(), kWords.end(), token(at).text) != kWords.end();
    value.kind = word ? Value::Kind::word : Value::Kind::reference;
    value.text = (made ? "new " : "") + token(at).text;
    if (token(at).kind == Token::Kind::identifier) ++at;
    if (word) return value;
    value = postfix(std::move(value), from, at);
    if (made && value.kind == Value::Kind::reference) value.kind = Value::Kind::call;  // `new Date`
    return value;
}

Value Parser::call(Value callee, std::size_t& at) {
    const std::size_t end = balanced(at);
    Value made;
    made.kind = Value::Kind::call;
    made.text = callee.text;
    made.line = callee.line;
    const bool collecting = collecting_;
    collecting_ = false;
    for (++at; at + 1 < end;) {
        std::size_t before = at;
        if (token(at).is(",") || token(at).is("..."))
            ++at;
        else
            made.items.push_back(expression(at));
        if (at == before) ++at;
    }
    collecting_ = collecting;
    at = end;
    if (reads_environment(made)) {
        Value value = environment(made.items[0].text, made.line);
        if (made.items.size() == 2) add_fallback(value, made.items[1]);
        return value;
    }
    if (converts(made.text) && !made.items.empty()) return made.items[0];
    constexpr std::size_t kMost = 1000;  // no configuration has as many
    if (collecting_ && module_.calls.size() < kMost) module_.calls.push_back(made);
    return made;
}

Value Parser::postfix(Value value, std::size_t from, std::size_t& at) {
    for (;;) {
        const Token& there = token(at);
        if ((there.is(".") || there.is("?.")) && token(at + 1).kind == Token::Kind::identifier) {
            const std::string name = token(at + 1).text;
            at += 2;
            if (value.kind == Value::Kind::reference) {
                value.text += "." + name;
            } else if (value.kind == Value::Kind::call && value.text == "require" && !value.items.empty()) {
                value.kind = Value::Kind::reference;
                value.text = "require('" + value.items[0].text + "')." + name;
                value.items.clear();
            } else if (value.kind == Value::Kind::environment && (name == "trim" || name == "toString") &&
                       token(at).is("(")) {
                at = balanced(at);
            } else {
                value = computed(from, at);
            }
        } else if (there.is("!") && token(at - 1).line == there.line) {
            ++at;
        } else if (there.is("[") && token(at - 1).line == there.line) {
            std::size_t end = balanced(at);
            bool named = token(at + 1).kind == Token::Kind::string && end == at + 3;
            if (named && value.kind == Value::Kind::reference) {
                value.text += "." + token(at + 1).text;
                at = end;
            } else {
                at = end;
                value = computed(from, at);
            }
        } else if (there.is("(")) {
            if (value.kind == Value::Kind::reference || value.kind == Value::Kind::call) {
                value = call(std::move(value), at);
            } else {
                at = balanced(at);
                value = computed(from, at);
            }
        } else if (there.is("<") && value.kind == Value::Kind::reference && token(type_end(at)).is("(") &&
                   type_end(at) > at + 1) {
            at = type_end(at);
        } else if (there.kind == Token::Kind::templated) {
            ++at;
            value = computed(from, at);
        } else {
            break;
        }
        if (value.kind == Value::Kind::reference) {
            std::string_view rest = behind_environment(value.text);
            // `env.get(...)` is a call that is looked at when its arguments are known.
            if (!rest.empty() && !token(at).is("(")) value = environment(std::string(rest), value.line);
        }
    }
    return value;
}

void Parser::collect_calls(std::size_t at) {
    collecting_ = true;
    chain(at);
    collecting_ = false;
}

}  // namespace migrate::js
