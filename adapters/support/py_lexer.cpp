#include "adapters/support/py_lexer.hpp"

#include <algorithm>
#include <array>

namespace migrate::py {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_name(char c) {
    return is_name_start(c) || is_digit(c);
}

/// Longest first.
constexpr std::array<std::string_view, 22> kOperators{
    "...", "**=", "//=", ">>=", "<<=", "->", ":=", "==", "!=", "<=", ">=",
    "+=",  "-=",  "*=",  "/=",  "|=",  "&=", "**", "//", "<<", ">>", "%=",
};

/// Letters that may stand before a quote, in any order and case.
bool is_string_prefix(std::string_view word) {
    return word.size() <= 2 && std::all_of(word.begin(), word.end(), [](char c) {
               return std::string_view("rRbBuUfF").find(c) != std::string_view::npos;
           });
}

class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {
        if (source_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
    }

    std::vector<Token> all() {
        while (at_ < source_.size()) next();
        end_line();
        add(Token::Kind::end, "", at_);
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    void add(Token::Kind kind, std::string text, std::size_t from) {
        tokens_.push_back({kind, std::move(text), false, line_, static_cast<int>(from - line_start_)});
    }

    void end_line() {
        if (!tokens_.empty() && tokens_.back().kind != Token::Kind::newline)
            add(Token::Kind::newline, "", at_);
    }

    void new_line() {
        ++at_;
        ++line_;
        line_start_ = at_;
    }

    void next() {
        char c = peek();
        if (c == '\n') {
            if (depth_ == 0) end_line();
            new_line();
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
            ++at_;
        } else if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
            at_ += peek(1) == '\n' ? 1 : 2;
            new_line();
        } else if (c == '#') {
            at_ = std::min(source_.find('\n', at_), source_.size());
        } else if (c == '"' || c == '\'') {
            string("", at_);
        } else if (is_name_start(c)) {
            word();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            std::size_t from = at_;
            while (is_name(peek()) || peek() == '.') ++at_;
            add(Token::Kind::number, std::string(source_.substr(from, at_ - from)), from);
        } else {
            op();
        }
    }

    void word() {
        std::size_t from = at_;
        while (is_name(peek())) ++at_;
        std::string_view text = source_.substr(from, at_ - from);
        if ((peek() == '"' || peek() == '\'') && is_string_prefix(text))
            string(text, from);
        else
            add(Token::Kind::name, std::string(text), from);
    }

    void op() {
        for (std::string_view known : kOperators) {
            if (source_.substr(at_).starts_with(known)) {
                add(Token::Kind::op, std::string(known), at_);
                at_ += known.size();
                return;
            }
        }
        char c = peek();
        if (c == '(' || c == '[' || c == '{') ++depth_;
        if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
        add(Token::Kind::op, std::string(1, c), at_);
        ++at_;
    }

    void string(std::string_view prefix, std::size_t from) {
        auto has = [&](char a, char b) {
            return prefix.find(a) != std::string_view::npos || prefix.find(b) != std::string_view::npos;
        };
        bool raw = has('r', 'R');
        bool format = has('f', 'F');
        char quote = peek();
        bool triple = peek(1) == quote && peek(2) == quote;
        at_ += triple ? 3 : 1;
        Token token{Token::Kind::string, "", false, line_, static_cast<int>(from - line_start_)};
        while (at_ < source_.size()) {
            char c = peek();
            if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
                at_ += triple ? 3 : 1;
                break;
            }
            if (c == '\n') {
                if (!triple) break;  // an unclosed string ends with its line
                token.text += c;
                new_line();
            } else if (c == '\\' && at_ + 1 < source_.size()) {
                escape(token.text, raw || format);
            } else {
                if (format && c == '{') token.format = true;
                token.text += c;
                ++at_;
            }
        }
        tokens_.push_back(std::move(token));
    }

    void escape(std::string& text, bool raw) {
        char c = peek(1);
        if (raw) {
            text += '\\';
            text += c;
        } else if (c == 'n') {
            text += '\n';
        } else if (c == 't') {
            text += '\t';
        } else if (c == '\\' || c == '\'' || c == '"') {
            text += c;
        } else if (c != '\n') {
            text += '\\';
            text += c;
        }
        ++at_;
        if (c == '\n')
            new_line();
        else
            ++at_;
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    int line_ = 1;
    int depth_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
    return Lexer(source).all();
}

}  // namespace migrate::py
