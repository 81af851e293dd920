#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::js {

/// A token of JavaScript or TypeScript. Comments and white space are gone; `offset` and `line` (from 1) say
/// where it stood.
struct Token {
    enum class Kind {
        identifier,   ///< names and keywords
        string,       ///< `text` is the value, escapes resolved
        templated,    ///< `text` is what stands between the backticks, as written
        number,       ///< as written
        punctuation,  ///< one operator or bracket: "=>", "??", "{" ...
        regex,
        end
    };
    Kind kind = Kind::end;
    std::string text;
    std::size_t offset = 0;
    int line = 0;

    bool is(std::string_view punctuation) const { return kind == Kind::punctuation && text == punctuation; }
    bool word(std::string_view name) const { return kind == Kind::identifier && text == name; }
};

/// All tokens, with an `end` token last. Never fails: what is broken becomes tokens that mean nothing.
std::vector<Token> tokens_of(std::string_view source);

bool opens(const Token& token);   ///< "(", "[", "{"
bool closes(const Token& token);  ///< ")", "]", "}"

/// Index of the bracket that closes the one at `open`; the last token where it is unclosed.
std::size_t closing(const std::vector<Token>& tokens, std::size_t open);

/// The value of a string literal's inside: `\n`, `\x41`, `\u00e9`, `\u{1f600}` and line continuations.
std::string unescaped(std::string_view inside);

/// Offset behind the template literal whose first backtick stands at `open`; the end where it is unclosed.
std::size_t template_end(std::string_view source, std::size_t open);

/// The parts of a template's inside: texts, and the sources of its `${}` holes, in turn (text first).
std::vector<std::string> template_parts(std::string_view inside);

}  // namespace migrate::js
