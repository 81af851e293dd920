#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "model/tool.hpp"

namespace migrate::sql {

/// The three ways in which quotes, comments and bodies are written. MariaDB reads as MySQL does.
enum class Dialect { postgresql, mysql, sqlite };

/// The dialect of an engine; CockroachDB reads as PostgreSQL, libSQL as SQLite, what is unknown as
/// PostgreSQL, the strictest of the three.
Dialect dialect_of(Engine engine);

/// A piece of a text, [begin, end).
struct Token {
    enum class Kind {
        word,          ///< a keyword or a bare identifier
        identifier,    ///< "x", `x`, [x]
        string,        ///< '...', E'...', $$...$$; "..." on MySQL
        number,        //
        symbol,        ///< one character
        terminator,    ///< ';', or what DELIMITER made it
        comment,       ///< -- # /* */
        hint,          ///< the borders of MySQL's executable comments: "/*!50003" and its "*/"
        meta,          ///< a client's own command, to the end of the line: "\i other.sql"
        unterminated,  ///< a quote or comment that is never closed, to the end of the text
        end
    };
    Kind kind = Kind::end;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Cuts a normalised text into tokens, well enough to know where statements end. Never fails, never reads
/// outside the text, takes time linear in its length. White space is not reported.
class Lexer {
  public:
    Lexer(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}

    Token next();

    /// Go on at another offset: after lines that are no SQL (COPY data, DELIMITER).
    void seek(std::size_t offset) { at_ = offset; }
    std::size_t offset() const { return at_; }

    /// MySQL's DELIMITER.
    void set_terminator(std::string terminator) { terminator_ = std::move(terminator); }
    const std::string& terminator() const { return terminator_; }

  private:
    char peek(std::size_t ahead) const;
    bool at_terminator() const;
    Token made(Token::Kind kind, std::size_t begin, std::size_t end);
    Token line_comment();
    Token block_comment();
    Token quoted(Token::Kind kind, char close, bool backslash);
    Token escape_string();
    Token dollar_string();
    Token word_or_number(Token::Kind kind);

    std::string_view text_;
    Dialect dialect_;
    std::size_t at_ = 0;
    bool in_hint_ = false;
    std::string terminator_ = ";";
};

/// Whether a word is this keyword (given in capitals), whatever its case.
inline bool is_keyword(std::string_view word, std::string_view keyword) {
    return word.size() == keyword.size() &&
           std::equal(word.begin(), word.end(), keyword.begin(),
                      [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

}  // namespace migrate::sql
