#include "sql/split.hpp"

#include <algorithm>

#include "sql/body.hpp"
#include "sql/words.hpp"

namespace migrate::sql {

namespace {

constexpr std::size_t kLongestDelimiter = 64;

tl::unexpected<Error> invalid(std::string_view text, std::size_t offset, const std::string& what,
                              std::string hint) {
    return fail("migration.invalid", prefix(position_at(text, offset)) + what, std::move(hint));
}

std::string name_of_unterminated(std::string_view rest) {
    if (rest.starts_with("/*")) return "a comment (/*)";
    if (rest.starts_with("$")) {
        const std::string_view tag = rest.substr(0, std::min(rest.find('$', 1) + 1, std::size_t{40}));
        return "a quote (" + std::string(tag) + ")";
    }
    if (rest.starts_with('E') || rest.starts_with('e')) return "a quote (E')";
    if (rest.starts_with("[")) return "a quoted name ([)";
    return std::string("a quote (") + rest.front() + ")";
}

class Splitter {
  public:
    Splitter(std::string_view text, Dialect dialect, const MarkTest& test)
        : text_(text),
          dialect_(dialect),
          test_(test),
          lexer_(text, dialect),
          body_(text, dialect),
          statement_cursor_(text),
          marker_cursor_(text) {}

    Result<Split> run();

  private:
    Result<void> take(const Token& token);
    void comment(const Token& token);
    Result<void> terminator(const Token& token);
    Result<bool> client_command(const Token& token);
    Result<void> delimiter(const Token& token);
    Result<void> copy_data(const Token& token);
    void finish();

    bool begins_line(std::size_t offset) const;
    std::size_t line_end(std::size_t offset) const {
        return std::min(text_.find('\n', offset), text_.size());
    }
    std::string_view view(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }
    std::string_view rest_of_line(std::size_t offset) const {
        return text_.substr(offset, line_end(offset) - offset);
    }

    std::string_view text_;
    Dialect dialect_;
    const MarkTest& test_;
    Lexer lexer_;
    Body body_;
    PositionCursor statement_cursor_;
    PositionCursor marker_cursor_;
    std::vector<Token> tokens_;  ///< of the statement being read
    bool hold_ = false;          ///< between marks that say: one statement
    Split split_;
};

/// Whether only white space stands before it on its line.
bool Splitter::begins_line(std::size_t offset) const {
    while (offset > 0 && (text_[offset - 1] == ' ' || text_[offset - 1] == '\t')) --offset;
    return offset == 0 || text_[offset - 1] == '\n';
}

void Splitter::comment(const Token& token) {
    if (!test_ || text_[token.begin] != '-' || !begins_line(token.begin)) return;
    const bool indented = token.begin > 0 && text_[token.begin - 1] != '\n';
    const Mark mark = test_(view(token), indented);
    if (mark == Mark::none) return;
    if (mark != Mark::note) finish();
    hold_ = mark == Mark::hold || (hold_ && mark == Mark::note);
    split_.markers.push_back(
        {mark, view(token), token.begin, marker_cursor_.at(token.begin), split_.statements.size()});
}

void Splitter::finish() {
    if (!tokens_.empty()) {
        // A held body keeps its inner terminators, but not the one that ends it.
        while (tokens_.size() > 1 && tokens_.back().kind == Token::Kind::terminator) tokens_.pop_back();
        Statement statement;
        statement.offset = tokens_.front().begin;
        statement.position = statement_cursor_.at(statement.offset);
        statement.text = text_.substr(statement.offset, tokens_.back().end - statement.offset);
        describe(statement, text_, tokens_, dialect_);
        split_.statements.push_back(std::move(statement));
    }
    tokens_.clear();
    body_.reset();
}

/// Lines at the start of a statement that are for the mysql and sqlite3 programs, not for the database.
Result<bool> Splitter::client_command(const Token& token) {
    if (dialect_ == Dialect::mysql && token.kind == Token::Kind::word) {
        if (is_keyword(view(token), "DELIMITER")) {
            auto done = delimiter(token);
            if (!done) return tl::unexpected(done.error());
            return true;
        }
        if ((is_keyword(view(token), "SOURCE") || is_keyword(view(token), "SYSTEM")) &&
            begins_line(token.begin))
            return invalid(text_, token.begin,
                           "\"" + std::string(view(token)) + "\" is a command of the mysql program, not SQL",
                           "Put the statements into this file; nothing of it was executed.");
    }
    if (dialect_ == Dialect::sqlite && text_[token.begin] == '.' && begins_line(token.begin)) {
        const std::string_view line = rest_of_line(token.begin);
        return invalid(text_, token.begin,
                       "\"" + std::string(line.substr(0, line.find(' '))) +
                           "\" is a command of the sqlite3 program, not SQL",
                       "Write it as SQL, or take it out; nothing of the file was executed.");
    }
    return false;
}

Result<void> Splitter::delimiter(const Token& token) {
    std::string_view argument = rest_of_line(token.end);
    const std::size_t begin = argument.find_first_not_of(" \t");
    argument = begin == std::string_view::npos ? "" : argument.substr(begin);
    argument = argument.substr(0, argument.find_first_of(" \t"));
    if (argument.empty() || argument.size() > kLongestDelimiter ||
        argument.find('\\') != std::string_view::npos)
        return invalid(text_, token.begin, "DELIMITER needs the new delimiter on the same line",
                       "For example: DELIMITER //");
    lexer_.set_terminator(std::string(argument));
    lexer_.seek(line_end(token.end));
    return {};
}

Result<void> Splitter::copy_data(const Token& token) {
    Statement& statement = split_.statements.back();
    if (rest_of_line(token.end).find_first_not_of(" \t") != std::string_view::npos)
        return invalid(text_, token.end, "the data of COPY begins on the line after it",
                       "Put what follows the semicolon onto lines of its own.");
    const std::size_t begin = std::min(line_end(token.end) + 1, text_.size());
    for (std::size_t line = begin; line < text_.size(); line = line_end(line) + 1) {
        if (rest_of_line(line) != "\\.") continue;
        statement.data = text_.substr(begin, line - begin);
        lexer_.seek(line_end(line));
        return {};
    }
    return invalid(text_, statement.offset, "the data of COPY has no end",
                   "End the data with a line that holds only \\. (a backslash and a dot).");
}

Result<void> Splitter::terminator(const Token& token) {
    if (tokens_.empty()) return {};
    const bool standard = lexer_.terminator() == ";";
    if (standard) {
        body_.feed(token);
        if (body_.open() || (hold_ && dialect_ == Dialect::mysql && body_.routine())) {
            tokens_.push_back(token);
            return {};
        }
    }
    finish();
    if (split_.statements.back().copies_data) return copy_data(token);
    return {};
}

Result<void> Splitter::take(const Token& token) {
    switch (token.kind) {
        case Token::Kind::comment:
            comment(token);
            return {};
        case Token::Kind::terminator:
            return terminator(token);
        case Token::Kind::unterminated:
            return invalid(
                text_, token.begin,
                name_of_unterminated(text_.substr(token.begin)) + " that begins here is never closed",
                "Nothing of the file was executed.");
        case Token::Kind::meta: {
            const std::string_view line = view(token);
            return invalid(text_, token.begin,
                           "\"" + std::string(line.substr(0, line.find_first_of(" \t"))) +
                               "\" is a command of the " + (dialect_ == Dialect::mysql ? "mysql" : "psql") +
                               " program, not SQL",
                           "Statements are sent to the database itself. Write it as SQL, or take it out; "
                           "nothing of the file was executed.");
        }
        default:
            break;
    }
    if (tokens_.empty()) {
        auto done = client_command(token);
        if (!done) return tl::unexpected(done.error());
        if (*done) return {};
    }
    body_.feed(token);
    tokens_.push_back(token);
    return {};
}

Result<Split> Splitter::run() {
    for (;;) {
        const Token token = lexer_.next();
        if (token.kind == Token::Kind::end) break;
        if (auto taken = take(token); !taken) return tl::unexpected(taken.error());
    }
    finish();
    for (const Statement& statement : split_.statements)
        if (statement.copies_data && statement.data.data() == nullptr)
            return invalid(text_, statement.offset, "COPY FROM STDIN without its data",
                           "End the statement with a semicolon; the data follows on the next line and ends "
                           "with a line that holds only \\.");
    return std::move(split_);
}

}  // namespace

Result<Split> split_marked(std::string_view text, Dialect dialect, const MarkTest& test) {
    return Splitter(text, dialect, test).run();
}

Result<std::vector<Statement>> split(std::string_view text, Dialect dialect) {
    auto result = split_marked(text, dialect, nullptr);
    if (!result) return tl::unexpected(result.error());
    return std::move(result->statements);
}

}  // namespace migrate::sql
