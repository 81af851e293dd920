#include "sql/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "sql/lexer.hpp"

namespace migrate::sql {

namespace {

/// Whether a statement may hold a password in clear.
bool holds_secret(std::string_view statement, Dialect dialect) {
    Lexer lexer(statement, dialect);
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
        if (token.kind != Token::Kind::word) continue;
        const std::string_view word = statement.substr(token.begin, token.end - token.begin);
        for (const std::string_view secret : {"PASSWORD", "IDENTIFIED", "CONNECTION", "SECRET"})
            if (is_keyword(word, secret)) return true;
    }
    return false;
}

/// Where the thing that the message names stands: "no such table: t", "table t already exists".
std::optional<std::size_t> named_place(std::string_view message, std::string_view statement,
                                       Dialect dialect) {
    std::string_view name;
    if (message.starts_with("no such ") && message.find(": ") != std::string_view::npos)
        name = message.substr(message.find(": ") + 2);
    else if (message.starts_with("table ") && message.ends_with(" already exists"))
        name = message.substr(6, message.size() - 6 - 15);
    name = name.substr(name.rfind('.') + 1);
    if (name.empty()) return std::nullopt;
    Lexer lexer(statement, dialect);
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next())
        if (statement.substr(token.begin, token.end - token.begin) == name) return token.begin;
    return std::nullopt;
}

/// A lock that was not to be had in time, a deadlock, transactions that are in each other's way: the same
/// file may go through in a moment. PostgreSQL's codes, MySQL's, SQLite's.
bool passes_by_itself(std::string_view state) {
    constexpr std::array<std::string_view, 7> kPassing{"55P03", "40P01",       "40001",        "1205",
                                                       "1213",  "SQLITE_BUSY", "SQLITE_LOCKED"};
    return std::find(kPassing.begin(), kPassing.end(), state) != kPassing.end();
}

}  // namespace

std::string what_is_kept(Kept kept, int done, int of) {
    switch (kept) {
        case Kept::nothing:
            return "Nothing of this file was kept: it ran in one transaction.";
        case Kept::earlier:
            if (done == 0) return "Nothing of this file was done before it.";
            return fmt::format(
                "{} of {} statements {} through and stay{}: this file did not run in a transaction. `migrate "
                "resolve` "
                "shows the ways out.",
                done, of, done == 1 ? "is" : "are", done == 1 ? "s" : "");
        case Kept::unknown:
            return fmt::format(
                "The session was lost while this statement ran outside a transaction, so it is not known "
                "whether it was "
                "done; {} of {} before it stand. `migrate resolve` looks and shows the ways out.",
                done, of);
    }
    return "";
}

Error failure_of(const db::Database& database, const Error& cause, std::string_view name,
                 std::string_view text, const Statement& statement, Kept kept, int done, int of) {
    const Dialect dialect = dialect_of(database.engine());
    const bool gone = cause.code == "target.unreachable";
    std::size_t offset = statement.offset;
    auto inside = database.error_offset();
    if (!inside && !gone) inside = named_place(cause.message, statement.text, dialect);
    if (inside && !gone) offset += std::min(*inside, statement.text.size());
    const Position position = position_at(text, offset);

    Error error;
    error.code = gone ? "target.unreachable" : "run.failed";
    if (kept == Kept::nothing && passes_by_itself(database.error_state())) error.code = "target.busy";
    error.message = fmt::format("{}:{}{}", name, prefix(position), cause.message);
    error.hint =
        holds_secret(statement.text, dialect) ? "    " + brief(statement.text, dialect) : caret(text, offset);
    if (!cause.hint.empty()) error.hint += "\n" + cause.hint;
    error.hint += "\n" + what_is_kept(kept, done, of);
    error.next = cause.next;
    return error;
}

}  // namespace migrate::sql
