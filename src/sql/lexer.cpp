#include "sql/lexer.hpp"

#include <algorithm>

namespace migrate::sql {

namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
/// Letters, '_' and every byte of a character beyond ASCII.
constexpr bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool in_word(char c) {
    return starts_word(c) || is_digit(c) || c == '$';
}

}  // namespace

Dialect dialect_of(Engine engine) {
    switch (engine) {
        case Engine::mysql:
        case Engine::mariadb:
            return Dialect::mysql;
        case Engine::sqlite:
        case Engine::libsql:
            return Dialect::sqlite;
        default:
            return Dialect::postgresql;
    }
}

char Lexer::peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool Lexer::at_terminator() const {
    return !in_hint_ && at_ < text_.size() && text_[at_] == terminator_.front() &&
           text_.substr(at_).starts_with(terminator_);
}

Token Lexer::made(Token::Kind kind, std::size_t begin, std::size_t end) {
    at_ = end;
    return {kind, begin, end};
}

Token Lexer::line_comment() {
    return made(Token::Kind::comment, at_, std::min(text_.find('\n', at_), text_.size()));
}

Token Lexer::block_comment() {
    const std::size_t begin = at_;
    if (dialect_ == Dialect::mysql && (peek(2) == '!' || (peek(2) == 'M' && peek(3) == '!'))) {
        std::size_t end = begin + (peek(2) == '!' ? 3 : 4);
        while (end < text_.size() && is_digit(text_[end])) ++end;
        in_hint_ = true;
        return made(Token::Kind::hint, begin, end);
    }
    int depth = 1;
    for (std::size_t at = begin + 2; at + 1 < text_.size();) {
        if (text_[at] == '*' && text_[at + 1] == '/') {
            at += 2;
            if (--depth == 0) return made(Token::Kind::comment, begin, at);
        } else if (dialect_ == Dialect::postgresql && text_[at] == '/' && text_[at + 1] == '*') {
            at += 2;
            ++depth;
        } else {
            ++at;
        }
    }
    return made(Token::Kind::unterminated, begin, text_.size());
}

Token Lexer::quoted(Token::Kind kind, char close, bool backslash) {
    const std::size_t begin = at_;
    for (std::size_t at = begin + 1; at < text_.size(); ++at) {
        if (backslash && text_[at] == '\\') {
            ++at;
        } else if (text_[at] == close) {
            // A doubled quote is one of the content; brackets know no such thing.
            if (close != ']' && at + 1 < text_.size() && text_[at + 1] == close)
                ++at;
            else
                return made(kind, begin, at + 1);
        }
    }
    return made(Token::Kind::unterminated, begin, text_.size());
}

/// PostgreSQL's E'...', which also goes on in a '...' on a later line, escapes included.
Token Lexer::escape_string() {
    const std::size_t begin = at_;
    ++at_;
    for (;;) {
        Token part = quoted(Token::Kind::string, '\'', true);
        if (part.kind == Token::Kind::unterminated) return made(part.kind, begin, part.end);
        std::size_t next = part.end;
        bool new_line = false;
        while (next < text_.size() && is_space(text_[next])) new_line |= text_[next++] == '\n';
        if (!new_line || next == text_.size() || text_[next] != '\'')
            return made(Token::Kind::string, begin, part.end);
        at_ = next;
    }
}

Token Lexer::dollar_string() {
    const std::size_t begin = at_;
    std::size_t tag_end = begin + 1;
    if (tag_end < text_.size() && starts_word(text_[tag_end]))
        while (tag_end < text_.size() && text_[tag_end] != '$' && in_word(text_[tag_end])) ++tag_end;
    if (tag_end >= text_.size() || text_[tag_end] != '$') return made(Token::Kind::symbol, begin, begin + 1);
    const std::string_view tag = text_.substr(begin, tag_end + 1 - begin);
    const std::size_t close = text_.find(tag, tag_end + 1);
    if (close == std::string_view::npos) return made(Token::Kind::unterminated, begin, text_.size());
    return made(Token::Kind::string, begin, close + tag.size());
}

Token Lexer::word_or_number(Token::Kind kind) {
    const std::size_t begin = at_;
    auto belongs = [&](char c) { return in_word(c) || (kind == Token::Kind::number && c == '.'); };
    // MySQL's terminator may be written against a word: "END$$".
    for (++at_; at_ < text_.size() && belongs(text_[at_]); ++at_)
        if (dialect_ == Dialect::mysql && at_terminator()) break;
    return {kind, begin, at_};
}

Token Lexer::next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size()) return {Token::Kind::end, text_.size(), text_.size()};

    if (at_terminator()) return made(Token::Kind::terminator, at_, at_ + terminator_.size());

    const char c = text_[at_];
    const bool mysql = dialect_ == Dialect::mysql;
    const bool postgresql = dialect_ == Dialect::postgresql;
    switch (c) {
        case '-':
            // MySQL takes "--" for a comment only before white space: "5--1" is 6 there.
            if (peek(1) == '-' &&
                (!mysql || at_ + 2 >= text_.size() || static_cast<unsigned char>(peek(2)) <= ' '))
                return line_comment();
            break;
        case '#':
            if (mysql) return line_comment();
            break;
        case '/':
            if (peek(1) == '*') return block_comment();
            break;
        case '*':
            if (in_hint_ && peek(1) == '/') {
                in_hint_ = false;
                return made(Token::Kind::hint, at_, at_ + 2);
            }
            break;
        case '\'':
            return quoted(Token::Kind::string, '\'', mysql);
        case '"':
            return quoted(mysql ? Token::Kind::string : Token::Kind::identifier, '"', mysql);
        case '`':
            if (!postgresql) return quoted(Token::Kind::identifier, '`', false);
            break;
        case '[':
            if (dialect_ == Dialect::sqlite) return quoted(Token::Kind::identifier, ']', false);
            break;
        case '$':
            if (postgresql) return dollar_string();
            if (mysql) return word_or_number(Token::Kind::word);
            break;
        case '\\':
            // "\N" is a NULL that MySQL's server itself understands; everything else is for a client.
            if (mysql && peek(1) == 'N' && !in_word(peek(2))) return made(Token::Kind::word, at_, at_ + 2);
            if (dialect_ != Dialect::sqlite)
                return made(Token::Kind::meta, at_, std::min(text_.find('\n', at_), text_.size()));
            break;
        default:
            break;
    }
    if (postgresql && (c == 'E' || c == 'e') && peek(1) == '\'') return escape_string();
    if (starts_word(c)) return word_or_number(Token::Kind::word);
    if (is_digit(c)) return word_or_number(Token::Kind::number);
    return made(Token::Kind::symbol, at_, at_ + 1);
}

}  // namespace migrate::sql
