#include "adapters/support/js_lexer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace migrate::js {

namespace {

// Longest first: the first that fits is the token.
constexpr std::array<std::string_view, 32> kOperators{
    ">>>=", "...", "===", "!==", "**=", "?\?=", "||=", "&&=", "<<=", "=>", "==",
    "!=",   "<=",  ">=",  "&&",  "||",  "??",   "?.",  "++",  "--",  "+=", "-=",
    "*=",   "/=",  "%=",  "&=",  "|=",  "^=",   "**",  "<<",  "::",  "@@"};

bool starts_name(unsigned char c) {
    return c == '_' || c == '$' || c == '#' || c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
bool in_name(unsigned char c) {
    return starts_name(c) || digit(c);
}

void append_utf8(std::string& out, std::uint32_t code) {
    auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18 & 7));
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Up to `most` hex digits from `at` on; moves `at` behind them.
std::uint32_t hex(std::string_view text, std::size_t& at, int most) {
    std::uint32_t value = 0;
    while (most-- > 0 && at < text.size() && hex_value(text[at]) >= 0)
        value = (value << 4 | static_cast<std::uint32_t>(hex_value(text[at++]))) & 0x1FFFFF;
    return value;
}

std::uint32_t unicode_escape(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] != '{') return hex(text, at, 4);
    ++at;
    std::uint32_t code = hex(text, at, 8);
    if (at < text.size() && text[at] == '}') ++at;
    return code;
}

/// Offset behind the string literal that starts at `open`; a line end closes it, as no string may hold one.
std::size_t string_end(std::string_view source, std::size_t open) {
    std::size_t at = open + 1;
    while (at < source.size() && source[at] != source[open] && source[at] != '\n')
        at += source[at] == '\\' ? 2 : 1;
    return std::min(at + (at < source.size() && source[at] == source[open] ? 1 : 0), source.size());
}

/// Offset behind a regular expression; `open` itself where no closing slash stands on the line.
std::size_t regex_end(std::string_view source, std::size_t open) {
    bool in_class = false;
    for (std::size_t at = open + 1; at < source.size() && source[at] != '\n'; ++at) {
        if (source[at] == '\\')
            ++at;
        else if (source[at] == '[')
            in_class = true;
        else if (source[at] == ']')
            in_class = false;
        else if (source[at] == '/' && !in_class) {
            ++at;
            while (at < source.size() && in_name(static_cast<unsigned char>(source[at]))) ++at;
            return at;
        }
    }
    return open;
}

/// Whether a slash after this token begins a regular expression rather than a division.
bool regex_may_follow(const std::vector<Token>& tokens) {
    if (tokens.empty()) return true;
    const Token& last = tokens.back();
    if (last.kind == Token::Kind::punctuation)
        return last.text != ")" && last.text != "]" && last.text != "}" && last.text != "++" &&
               last.text != "--";
    return last.word("return") || last.word("typeof") || last.word("case");
}

class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {
        if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        if (source_.substr(at_).starts_with("#!")) skip_line();
    }

    std::vector<Token> run() {
        for (skip_space(); at_ < source_.size(); skip_space()) next();
        add(Token::Kind::end, "", at_, at_);
        return std::move(tokens_);
    }

  private:
    void skip_line() {
        while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    }

    void skip_space() {
        while (at_ < source_.size()) {
            std::string_view rest = source_.substr(at_);
            if (rest.starts_with("//")) {
                skip_line();
            } else if (rest.starts_with("/*")) {
                std::size_t close = source_.find("*/", at_ + 2);
                std::size_t end = close == std::string_view::npos ? source_.size() : close + 2;
                count_lines(at_, end);
                at_ = end;
            } else if (static_cast<unsigned char>(source_[at_]) <= ' ') {
                count_lines(at_, at_ + 1);
                ++at_;
            } else {
                return;
            }
        }
    }

    void count_lines(std::size_t from, std::size_t to) {
        for (; from < to; ++from) line_ += source_[from] == '\n';
    }

    void add(Token::Kind kind, std::string text, std::size_t from, std::size_t to) {
        tokens_.push_back({kind, std::move(text), from, line_});
        count_lines(from, to);
        at_ = to;
    }

    std::string slice(std::size_t from, std::size_t to) const {
        return std::string(source_.substr(from, to - from));
    }

    void next() {
        const char c = source_[at_];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\'') {
            std::size_t end = string_end(source_, at_);
            bool closed = end - at_ >= 2 && source_[end - 1] == c;
            add(Token::Kind::string, unescaped(source_.substr(at_ + 1, end - at_ - (closed ? 2 : 1))), at_,
                end);
        } else if (c == '`') {
            std::size_t end = template_end(source_, at_);
            bool closed = end - at_ >= 2 && source_[end - 1] == c;
            add(Token::Kind::templated, slice(at_ + 1, end - (closed ? 1 : 0)), at_, end);
        } else if (starts_name(byte)) {
            std::size_t end = at_;
            while (end < source_.size() && in_name(static_cast<unsigned char>(source_[end]))) ++end;
            add(Token::Kind::identifier, slice(at_, end), at_, end);
        } else if (digit(byte)) {
            std::size_t end = at_;
            while (end < source_.size() &&
                   (in_name(static_cast<unsigned char>(source_[end])) || source_[end] == '.'))
                ++end;
            add(Token::Kind::number, slice(at_, end), at_, end);
        } else if (std::size_t end = c == '/' && regex_may_follow(tokens_) ? regex_end(source_, at_) : at_;
                   end != at_) {
            add(Token::Kind::regex, slice(at_, end), at_, end);
        } else {
            punctuation();
        }
    }

    void punctuation() {
        for (std::string_view op : kOperators)
            if (source_.substr(at_).starts_with(op))
                return add(Token::Kind::punctuation, std::string(op), at_, at_ + op.size());
        add(Token::Kind::punctuation, slice(at_, at_ + 1), at_, at_ + 1);
    }

    std::string_view source_;
    std::size_t at_ = 0;
    int line_ = 1;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
    return Lexer(source).run();
}

std::string unescaped(std::string_view inside) {
    std::string out;
    for (std::size_t at = 0; at < inside.size();) {
        char c = inside[at++];
        if (c != '\\' || at == inside.size()) {
            out += c;
            continue;
        }
        c = inside[at++];
        switch (c) {
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'v':
                out += '\v';
                break;
            case '0':
                out += '\0';
                break;
            case 'x':
                append_utf8(out, hex(inside, at, 2));
                break;
            case 'u':
                append_utf8(out, unicode_escape(inside, at));
                break;
            case '\r':
                if (at < inside.size() && inside[at] == '\n') ++at;
                break;
            case '\n':
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::size_t template_end(std::string_view source, std::size_t open) {
    // Holes may hold strings and templates again; `depth` counts the braces of the open holes.
    std::vector<int> depth;  // one entry a template that we are inside of; its braces that are open
    depth.push_back(0);
    std::size_t at = open + 1;
    while (at < source.size()) {
        char c = source[at];
        if (depth.back() == 0) {  // in the text of a template
            if (c == '\\') {
                at += 2;
                continue;
            }
            if (c == '`') {
                depth.pop_back();
                if (depth.empty()) return at + 1;
            } else if (c == '$' && at + 1 < source.size() && source[at + 1] == '{') {
                depth.back() = 1;
                ++at;
            }
        } else if (c == '"' || c == '\'') {
            at = string_end(source, at);
            continue;
        } else if (c == '`') {
            depth.push_back(0);
        } else if (c == '{') {
            ++depth.back();
        } else if (c == '}') {
            --depth.back();
        }
        ++at;
    }
    return source.size();
}

std::vector<std::string> template_parts(std::string_view inside) {
    std::vector<std::string> parts{""};
    std::size_t at = 0;
    while (at < inside.size()) {
        if (inside[at] == '\\' && at + 1 < inside.size()) {
            parts.back() += inside.substr(at, 2);
            at += 2;
        } else if (inside.substr(at).starts_with("${")) {
            std::size_t from = at + 2;
            int depth = 1;
            for (at = from; at < inside.size() && depth > 0;) {
                char c = inside[at];
                if (c == '"' || c == '\'') {
                    at = string_end(inside, at);
                } else if (c == '`') {
                    at = template_end(inside, at);
                } else {
                    depth += c == '{';
                    depth -= c == '}';
                    ++at;
                }
            }
            parts.emplace_back(inside.substr(from, at - from - (depth == 0 ? 1 : 0)));
            parts.emplace_back();
        } else {
            parts.back() += inside[at++];
        }
    }
    for (std::size_t i = 0; i < parts.size(); i += 2) parts[i] = unescaped(parts[i]);
    return parts;
}

bool opens(const Token& token) {
    return token.is("(") || token.is("[") || token.is("{");
}
bool closes(const Token& token) {
    return token.is(")") || token.is("]") || token.is("}");
}

std::size_t closing(const std::vector<Token>& tokens, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i + 1 < tokens.size(); ++i) {
        if (opens(tokens[i])) ++depth;
        if (closes(tokens[i]) && --depth == 0) return i;
    }
    return tokens.size() - 1;
}

}  // namespace migrate::js
