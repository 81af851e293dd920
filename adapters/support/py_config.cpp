// Python sources read as far as literals, names and calls go.
#include "adapters/support/py_config.hpp"

#include <algorithm>

#include "adapters/support/py_parser.hpp"

namespace migrate::py {

namespace {

using Kind = Value::Kind;

/// The statements around the expressions.
class Reader {
  public:
    Reader(const std::vector<Token>& tokens, Module& module)
        : tokens_(tokens), parser_(tokens), module_(module) {}

    void read() {
        std::size_t at = 0;
        while (tokens_[at].kind != Token::Kind::end) {
            statement(at);
            while (!parser_.at_end(at)) ++at;
            if (tokens_[at].kind == Token::Kind::newline) ++at;
        }
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            bool callee =
                tokens_[i].kind == Token::Kind::name && parser_.token(i + 1).kind == Token::Kind::op;
            if (!callee || (i > 0 && (tokens_[i - 1].is(".") || tokens_[i - 1].word("def")))) continue;
            const Token& next = parser_.token(i + 1);
            if (next.is("(") || next.is(".") || next.is("[")) parser_.chain_calls(i, module_.calls);
        }
    }

  private:
    void statement(std::size_t at) {
        const Token& first = tokens_[at];
        if (first.kind != Token::Kind::name) return;
        while (!scopes_.empty() && scopes_.back().first >= first.column) scopes_.pop_back();
        if (first.word("def") || first.word("class") || first.word("async")) {
            std::size_t name = at + (first.word("async") ? 2 : 1);
            scopes_.emplace_back(first.column, parser_.token(name).text);
        } else if (first.word("import") || first.word("from")) {
            import(at);
        } else if (first.word("return")) {
            ++at;
            module_.returns.push_back({scope(), parser_.expression(at)});
        } else {
            assignment(at);
        }
    }

    std::string scope() const { return scopes_.empty() ? "" : scopes_.back().second; }

    std::string dotted(std::size_t& at) {
        std::string name;
        while (parser_.token(at).is(".") || parser_.token(at).is("...") ||
               (parser_.token(at).kind == Token::Kind::name && !parser_.token(at).word("import") &&
                !parser_.token(at).word("as"))) {
            name += parser_.token(at).text;
            ++at;
        }
        return name;
    }

    void import(std::size_t at) {
        bool from = tokens_[at].word("from");
        ++at;
        std::string module = dotted(at);
        if (from) {
            if (!parser_.token(at).word("import")) return;
            ++at;
            if (parser_.token(at).is("(")) ++at;
        }
        if (from && parser_.token(at).is("*")) {
            module_.imports.push_back({module, "*", "*"});
            return;
        }
        while (true) {
            std::string name = from ? dotted(at) : "";
            std::string local = from ? name : module;
            if (parser_.token(at).word("as")) {
                local = parser_.token(at + 1).text;
                at += 2;
            }
            if (!module.empty() && !local.empty()) module_.imports.push_back({module, name, local});
            if (!parser_.token(at).is(",")) return;
            ++at;
            if (!from) module = dotted(at);
        }
    }

    void assignment(std::size_t at) {
        int indent = tokens_[at].column;
        int line = tokens_[at].line;
        while (true) {
            std::size_t equals = at;
            std::size_t annotation = 0;
            while (!parser_.at_end(equals) && !tokens_[equals].is("=")) {
                if (tokens_[equals].is(":") && annotation == 0) annotation = equals;
                bool opens = tokens_[equals].is("(") || tokens_[equals].is("[") || tokens_[equals].is("{");
                equals = opens ? parser_.balanced(equals) : equals + 1;
            }
            if (equals >= tokens_.size() || !tokens_[equals].is("=")) return;
            std::string target;
            for (std::size_t i = at; i < (annotation ? annotation : equals); ++i)
                target +=
                    tokens_[i].kind == Token::Kind::string ? "\"" + tokens_[i].text + "\"" : tokens_[i].text;
            at = equals + 1;
            std::size_t value_at = at;
            Value value = parser_.expression(value_at);
            bool chained = parser_.token(value_at).is("=");
            if (parser_.token(value_at).is(",")) value = bare_tuple(std::move(value), value_at);
            module_.assignments.push_back({std::move(target), std::move(value), indent, line, scope()});
            if (!chained) return;
        }
    }

    /// a = 1, 2
    Value bare_tuple(Value first, std::size_t at) {
        Value tuple;
        tuple.kind = Kind::list;
        tuple.line = first.line;
        tuple.items.push_back(std::move(first));
        while (parser_.token(at).is(",")) {
            ++at;
            if (parser_.at_end(at)) break;
            tuple.items.push_back(parser_.expression(at));
        }
        return tuple;
    }

    const std::vector<Token>& tokens_;
    Parser parser_;
    Module& module_;
    std::vector<std::pair<int, std::string>> scopes_;
};

}  // namespace

const Value* Value::member(std::string_view key) const {
    for (auto it = members.rbegin(); it != members.rend(); ++it)
        if (it->key == key) return &it->value;
    return nullptr;
}

const Value* Value::argument(std::size_t position, std::string_view keyword) const {
    if (const Value* named = member(keyword)) return named;
    return position < items.size() ? &items[position] : nullptr;
}

std::vector<std::string> Value::strings() const {
    std::vector<std::string> result;
    if (is(Kind::string)) result.push_back(text);
    if (is(Kind::list))
        for (const Value& item : items)
            if (item.is(Kind::string)) result.push_back(item.text);
    return result;
}

const Value* Module::name(std::string_view target) const {
    const Value* found = nullptr;
    for (const Assignment& assignment : assignments) {
        if (assignment.target != target || !assignment.scope.empty()) continue;
        if (found) return nullptr;
        found = &assignment.value;
    }
    return found;
}

Module parse_module(std::string_view source) {
    Module module;
    std::vector<Token> tokens = tokens_of(source);
    Reader(tokens, module).read();
    module.tokens = std::move(tokens);
    return module;
}

}  // namespace migrate::py
