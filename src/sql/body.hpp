#pragma once
#include <string_view>

#include "sql/lexer.hpp"

namespace migrate::sql {

/// Follows the tokens of one statement and knows whether a ';' still belongs to it: inside BEGIN ATOMIC
/// and the brackets of CREATE RULE (PostgreSQL), triggers (SQLite), stored routines (MySQL).
class Body {
  public:
    Body(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}

    /// Forget the statement before.
    void reset() { *this = Body(text_, dialect_); }

    /// The next token of the statement, comments left out, a terminator included.
    void feed(const Token& token);

    /// Asked after a terminator was fed: whether the statement goes on.
    bool open() const;

    /// MySQL: the statement is a stored routine, trigger or event.
    bool routine() const { return routine_; }

  private:
    bool plain() const;
    void count_brackets(const Token& token);
    void feed_postgresql(const Token& token);
    void feed_sqlite(const Token& token);
    void feed_mysql(const Token& token);
    void header_mysql(const Token& token);
    bool starts_block_mysql() const;
    bool may_end_mysql() const;
    bool flows_mysql(const Token& token) const;
    void close_mysql(bool flow);

    std::string_view view(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }
    bool is(const Token& token, std::string_view keyword) const {
        return token.kind == Token::Kind::word && is_keyword(view(token), keyword);
    }
    bool symbol(const Token& token, char c) const {
        return token.kind == Token::Kind::symbol && text_[token.begin] == c;
    }

    std::string_view text_;
    Dialect dialect_;
    Token previous_;         ///< end where the statement has just begun
    Token before_previous_;  ///< the one before it
    int count_ = 0;          ///< tokens fed
    int brackets_ = 0;
    int blocks_ = 0;  ///< BEGIN and CASE that are open
    int flow_ = 0;    ///< MySQL: IF, LOOP, WHILE, REPEAT that are open outside any BEGIN
    bool routine_ = false;
    bool header_ = true;      ///< MySQL: the kind of object is not known yet
    bool first_ = true;       ///< MySQL: the first word of the statement is still to come
    bool variables_ = false;  ///< MySQL: between SET STATEMENT and its FOR
    int for_ = 0;             ///< MySQL: tokens since a FOR that may begin a loop, itself included
    bool ending_ = false;     ///< MySQL: END was read, the next token says what it ends
    bool ended_ = false;      ///< SQLite: "; END ;" was read
};

}  // namespace migrate::sql
