#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "adapters/support/py_config.hpp"
#include "adapters/support/py_lexer.hpp"

namespace migrate::py {

/// Reads expressions out of a token list; the statements around them are py_config.cpp's business. Never
/// fails and always moves forward: an expression that it does not understand is `computed`.
class Parser {
  public:
    explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}
    const Token& token(std::size_t at) const { return tokens_[std::min(at, tokens_.size() - 1)]; }
    bool at_end(std::size_t at) const {
        const Token& here = token(at);
        return here.kind == Token::Kind::newline || here.kind == Token::Kind::end;
    }
    /// Index behind the bracket that closes the one at `at`.
    std::size_t balanced(std::size_t at) const;
    Value expression(std::size_t& at);
    /// A name and everything that is called on it, with all calls of the chain added to `calls`.
    void chain_calls(std::size_t at, std::vector<Value>& calls);

  private:
    static void collect(const Value& value, std::vector<Value>& calls);
    bool ends_expression(std::size_t at) const;
    /// Everything up to the end of the expression, as something that was not understood.
    Value rest(std::size_t from, std::size_t& at);
    static Value joined(std::string_view op, Value left, Value right);
    Value operand(std::size_t& at);
    Value postfix(Value value, std::size_t& at);
    Value call(Value callee, std::size_t& at);
    Value subscript(Value base, std::size_t& at);
    /// Behind an item of a bracket: moves behind the comma. What is no item (a comprehension) is skipped.
    /// true if nothing was skipped.
    bool skip_to_comma(std::size_t& at, std::size_t end);
    /// (...) or [...]
    Value sequence(std::size_t& at);
    /// A dict or a set.
    Value braces(std::size_t& at);
    const std::vector<Token>& tokens_;
    int depth_ = 0;
};

}  // namespace migrate::py
