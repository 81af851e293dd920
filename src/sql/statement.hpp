#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"
#include "sql/text.hpp"

namespace migrate::sql {

/// How a statement gets on with a transaction around it.
enum class InTransaction {
    yes,
    edge,   ///< ignored or refused inside, harmless just before or after: SQLite's PRAGMA foreign_keys
    never,  ///< must be sent alone: VACUUM, CREATE INDEX CONCURRENTLY
    ends    ///< MySQL: commits whatever is open, as all DDL does there
};

/// One statement of a text. The views point into the text that was split.
struct Statement {
    std::string_view text;  ///< from its first to its last token, without the terminator
    std::string_view data;  ///< COPY ... FROM STDIN: the lines that follow it, without "\."
    std::size_t offset = 0;
    Position position;
    std::string kind;  ///< "CREATE TABLE", "INSERT": what it is, in capitals, without modifiers
    InTransaction in_transaction = InTransaction::yes;
    bool transaction_control = false;  ///< BEGIN, COMMIT, ROLLBACK ... (not SAVEPOINT)
    bool copies_data = false;          ///< COPY ... FROM STDIN
    bool destructive = false;          ///< drops or rewrites data, or deletes without WHERE
};

/// Fills in everything about a statement that its own tokens say. `tokens` are its tokens without
/// comments, `text` the text they point into.
void describe(Statement& statement, std::string_view text, const std::vector<Token>& tokens, Dialect dialect);

/// A statement on one line for people: white space collapsed, string literals shown as '...', cut after
/// `limit` bytes.
std::string brief(std::string_view statement, Dialect dialect, std::size_t limit = 120);

}  // namespace migrate::sql
