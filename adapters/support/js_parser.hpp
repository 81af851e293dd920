#pragma once
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "adapters/support/js_lexer.hpp"

namespace migrate::js {

/// Reads expressions out of a token list; the statements around them are js_config.cpp's business. Never
/// fails and always moves forward: an expression that it does not understand is `computed`.
class Parser {
  public:
    /// `module` serves to look up names that are known already and takes the calls that are found.
    /// `depth` is how deeply nested the source itself stands, for the limit on nesting.
    Parser(std::string_view source, const std::vector<Token>& tokens, Module& module, int depth = 0);

    /// The expression that starts at token `at`; moves `at` behind it.
    Value expression(std::size_t& at);
    /// The call chain that starts at token `at`, its outermost calls added to the module's list.
    void collect_calls(std::size_t at);
    /// Index behind the bracket that closes the one at `at`.
    std::size_t balanced(std::size_t at) const;
    /// Index behind the type that starts at `at`; a return type ends before its function's own arrow.
    std::size_t type_end(std::size_t at, bool return_type = false) const;

  private:
    /// What is nested deeper than any configuration is not read: recursion must have an end.
    bool too_deep() const { return depth_ >= 50; }
    const Token& token(std::size_t at) const { return tokens_[std::min(at, tokens_.size() - 1)]; }
    bool is_any(std::size_t at, std::initializer_list<std::string_view> texts) const;

    Value unary(std::size_t& at);
    Value primary(std::size_t& at);
    Value chain(std::size_t& at);
    /// What follows a base whose first token is `from`: members, calls, indexes.
    Value postfix(Value base, std::size_t from, std::size_t& at);
    Value call(Value callee, std::size_t& at);
    Value object(std::size_t& at);
    Value array(std::size_t& at);
    Value templated(std::size_t& at);
    /// The texts and holes of a template, where every hole is a variable or known; else nullopt.
    std::optional<Value> pattern(const std::vector<std::string>& parts) const;
    Value function(std::size_t& at);
    bool arrow_follows(std::size_t at) const;
    Value either(Value left, Value right, std::size_t from, std::size_t to) const;
    void member_of(Value& object, std::size_t& at);
    std::size_t function_end(std::size_t at) const;

    Value inside(std::string_view hole) const;
    std::vector<std::string> variables_in(std::string_view hole) const;
    Value computed(std::size_t from, std::size_t to) const;
    std::size_t expression_end(std::size_t at) const;

    std::string_view source_;
    const std::vector<Token>& tokens_;
    Module& module_;
    std::vector<std::size_t> behind_;  ///< of each opening bracket: index behind the closing one
    int depth_ = 0;
    bool collecting_ = false;
};

}  // namespace migrate::js
