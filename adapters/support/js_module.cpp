// The statements of a configuration file: what they declare, import, export and assign.
#include <algorithm>

#include "adapters/support/js_config.hpp"
#include "adapters/support/js_lexer.hpp"
#include "adapters/support/js_parser.hpp"

namespace migrate::js {

namespace {

Value reference_to(std::string name, int line) {
    Value value;
    value.kind = Value::Kind::reference;
    value.text = std::move(name);
    value.line = line;
    return value;
}

/// One name of `const { a, b: c = 'x' } = ...`.
struct Binding {
    std::string key;
    std::string local;
    std::optional<Value> otherwise;
};

/// The statements of a file: what they declare, export, import and assign.
class Reader {
  public:
    explicit Reader(std::string_view source)
        : tokens_(tokens_of(source)), parser_(source, tokens_, module_) {}

    Module run() {
        for (std::size_t at = 0; at + 1 < tokens_.size();) {
            const Token& token = tokens_[at];
            if (token.kind == Token::Kind::identifier && !(at > 0 && tokens_[at - 1].is("."))) {
                calls_at(at);
                std::size_t next = statement(at);
                assigned_at(at);
                if (next > at) {
                    // What stands inside is looked through too, for its calls.
                    inner_ = std::max(inner_, next);
                }
            }
            if (at >= inner_ || inner_ == 0) {
                depth_ += token.is("{") || token.is("(") || token.is("[");
                depth_ -= token.is("}") || token.is(")") || token.is("]");
            }
            ++at;
        }
        for (const Value& call : module_.calls) {
            if (call.text != "require" || call.items.empty() || !call.items[0].string()) continue;
            const std::string& name = call.items[0].text;
            if (std::find(module_.modules.begin(), module_.modules.end(), name) == module_.modules.end())
                module_.modules.push_back(name);
        }
        return std::move(module_);
    }

  private:
    const Token& token(std::size_t at) const { return tokens_[std::min(at, tokens_.size() - 1)]; }

    void calls_at(std::size_t at) {
        if (at > 0 && (tokens_[at - 1].word("new") || tokens_[at - 1].is("?."))) return;
        for (std::string_view keyword :
             {"if", "for", "while", "switch", "catch", "return", "function", "import"})
            if (token(at).word(keyword)) return;
        parser_.collect_calls(at);
    }

    bool top(std::size_t at) const { return depth_ == 0 && at >= inner_; }

    /// Index behind the statement at `at`, `at` itself where it is none that is known.
    std::size_t statement(std::size_t at) {
        if (!top(at)) return at;
        const Token& first = token(at);
        if (first.word("import")) return import(at);
        if (first.word("export")) return exported(at);
        if (first.word("const") || first.word("let") || first.word("var")) return declared(at, false);
        return assigned_export(at);
    }

    std::size_t import(std::size_t at) {
        std::size_t end = at + 1;
        if (token(end).word("type")) ++end;
        std::vector<std::pair<std::string, std::string>> names;  // local, imported
        if (token(end).kind == Token::Kind::identifier && !token(end).word("from")) {
            names.emplace_back(token(end).text, "default");
            ++end;
        }
        if (token(end).is("=")) {  // import x = require('m')
            if (token(end + 1).word("require") && token(end + 3).kind == Token::Kind::string)
                bind(names, token(end + 3).text);
            return end + 5;
        }
        if (token(end).is(",")) ++end;
        if (token(end).is("*") && token(end + 1).word("as")) {
            names.emplace_back(token(end + 2).text, "*");
            end += 3;
        } else if (token(end).is("{")) {
            std::size_t close = parser_.balanced(end);
            for (std::size_t i = end + 1; i + 1 < close; ++i) {
                if (token(i).kind != Token::Kind::identifier || token(i).word("type")) continue;
                std::string imported = token(i).text;
                if (token(i + 1).word("as")) i += 2;
                names.emplace_back(token(i).text, imported);
            }
            end = close;
        }
        if (token(end).word("from")) ++end;
        if (token(end).kind == Token::Kind::string) {
            bind(names, token(end).text);
            ++end;
        }
        return end;
    }

    void bind(const std::vector<std::pair<std::string, std::string>>& names, const std::string& module) {
        module_.modules.push_back(module);
        for (const auto& [local, imported] : names) module_.bound[local] = {module, imported};
    }

    std::size_t exported(std::size_t at) {
        const Token& what = token(at + 1);
        if (what.word("default") || what.is("=")) {
            std::size_t end = at + 2;
            module_.exported = parser_.expression(end);
            return end;
        }
        if (what.is("{")) {
            std::size_t end = parser_.balanced(at + 1);
            for (std::size_t i = at + 2; i + 1 < end; ++i) {
                if (token(i).kind != Token::Kind::identifier) continue;
                Value value = reference_to(token(i).text, token(i).line);
                if (token(i + 1).word("as")) i += 2;
                if (token(i).word("default"))
                    module_.exported = value;
                else
                    module_.exports[token(i).text] = value;
            }
            return end;
        }
        if (what.word("const") || what.word("let") || what.word("var")) return declared(at + 1, true);
        return at;
    }

    /// The names between the braces of a destructuring declaration.
    std::vector<Binding> pattern(std::size_t at) {
        std::vector<Binding> bindings;
        std::size_t end = parser_.balanced(at);
        for (++at; at + 1 < end;) {
            if (token(at).kind != Token::Kind::identifier && token(at).kind != Token::Kind::string) {
                at = token(at).is("{") || token(at).is("[") ? parser_.balanced(at) : at + 1;
                continue;
            }
            Binding binding{token(at).text, token(at).text, std::nullopt};
            ++at;
            if (token(at).is(":") && token(at + 1).kind == Token::Kind::identifier) {
                binding.local = token(at + 1).text;
                at += 2;
            }
            if (token(at).is("=")) {
                ++at;
                binding.otherwise = parser_.expression(at);
            }
            bindings.push_back(std::move(binding));
        }
        return bindings;
    }

    void destructure(const std::vector<Binding>& bindings, const Value& from) {
        for (const Binding& binding : bindings) {
            if (from.kind == Value::Kind::call && from.text == "require" && !from.items.empty()) {
                module_.bound[binding.local] = {from.items[0].text, binding.key};
            } else if (from.kind == Value::Kind::reference && from.text == "process.env") {
                Value value;
                value.kind = Value::Kind::environment;
                value.variables.push_back(binding.key);
                value.line = from.line;
                if (binding.otherwise && !binding.otherwise->text.empty()) {
                    value.has_fallback = binding.otherwise->string();
                    value.text = value.has_fallback ? binding.otherwise->text : "";
                }
                module_.names[binding.local] = value;
            } else if (from.kind == Value::Kind::reference) {
                module_.names[binding.local] = reference_to(from.text + "." + binding.key, from.line);
            } else {
                Value value;
                value.text = binding.local;
                value.line = from.line;
                module_.names[binding.local] = value;
            }
        }
    }

    std::size_t declared(std::size_t at, bool is_export) {
        do {
            ++at;
            if (token(at).is("{")) {
                auto bindings = pattern(at);
                at = parser_.balanced(at);
                if (token(at).is(":")) at = parser_.type_end(at + 1);
                if (!token(at).is("=")) return at;
                ++at;
                Value from = parser_.expression(at);
                note_require(from, "");
                destructure(bindings, from);
                continue;
            }
            if (token(at).kind != Token::Kind::identifier) return at;
            const std::string name = token(at).text;
            const int line = token(at).line;
            ++at;
            if (token(at).is("!")) ++at;
            if (token(at).is(":")) at = parser_.type_end(at + 1);
            Value value;
            if (token(at).is("=")) {
                ++at;
                value = parser_.expression(at);
                note_require(value, name);
            } else {
                value.kind = Value::Kind::word;
                value.text = "undefined";
                value.line = line;
            }
            if (is_export) module_.exports[name] = reference_to(name, line);
            module_.names[name] = std::move(value);
        } while (token(at).is(","));
        return at;
    }

    void note_require(const Value& value, const std::string& local) {
        if (value.kind != Value::Kind::call || value.text != "require" || value.items.empty()) return;
        if (!local.empty()) module_.bound[local] = {value.items[0].text, "*"};
    }

    /// module.exports = ..., exports.NAME = ..., module.exports.NAME = ...
    std::size_t assigned_export(std::size_t at) {
        std::size_t end = at;
        if (token(end).word("module") && token(end + 1).is(".") && token(end + 2).word("exports"))
            end += 3;
        else if (token(end).word("exports"))
            end += 1;
        else
            return at;
        std::string name;
        if (token(end).is(".") && token(end + 1).kind == Token::Kind::identifier) {
            name = token(end + 1).text;
            end += 2;
        }
        if (!token(end).is("=")) return at;
        ++end;
        Value value = parser_.expression(end);
        if (name.empty() || name == "default")
            module_.exported = std::move(value);
        else
            module_.exports[name] = std::move(value);
        return end;
    }

    /// `config.a.b = x` after the declaration: the last one counts, and one that may not run is unknown.
    void assigned_at(std::size_t at) {
        auto known = module_.names.find(token(at).text);
        if (known == module_.names.end()) return;
        std::vector<std::string> path;
        std::size_t end = at + 1;
        while (token(end).is(".") && token(end + 1).kind == Token::Kind::identifier) {
            path.push_back(token(end + 1).text);
            end += 2;
        }
        if (!token(end).is("=")) return;
        bool declares = at > 0 && (token(at - 1).word("const") || token(at - 1).word("let") ||
                                   token(at - 1).word("var") || token(at - 1).is(","));
        if (declares && path.empty()) return;
        ++end;
        Value value = parser_.expression(end);
        bool certain =
            top(at) &&
            (at == 0 || token(at - 1).is(";") || token(at - 1).is("}") ||
             (token(at).line > token(at - 1).line && !token(at - 1).is(")") && !token(at - 1).word("else")));
        if (!certain) {
            Value unknown;
            unknown.text = "assigned";
            unknown.line = token(at).line;
            unknown.variables = value.variables;
            value = unknown;
        }
        Value* place = &known->second;
        for (const auto& key : path) {
            if (!place->object()) return;
            auto found = std::find_if(place->members.rbegin(), place->members.rend(),
                                      [&](const Member& member) { return member.key == key; });
            if (found == place->members.rend()) {
                place->members.push_back({key, {}});
                place = &place->members.back().value;
            } else {
                place = &found->value;
            }
        }
        *place = std::move(value);
    }

    std::vector<Token> tokens_;
    Module module_;
    Parser parser_;
    int depth_ = 0;
    std::size_t inner_ = 0;
};

}  // namespace

Module parse_module(std::string_view source) {
    return Reader(source).run();
}

Value parse_value(std::string_view source) {
    Module module;
    auto tokens = tokens_of(source);
    std::size_t at = 0;
    return Parser(source, tokens, module).expression(at);
}

}  // namespace migrate::js
