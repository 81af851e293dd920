#include "sql/body.hpp"

#include <array>

namespace migrate::sql {

namespace {

/// Words after which MySQL's IF, BEGIN and the like are a function, a clause or a name, not a block.
constexpr std::array<std::string_view, 38> kNoBlockAfter{
    "SELECT", "RETURN",    "TABLE",    "VIEW",       "DATABASE",  "SCHEMA",   "INDEX",  "COLUMN",
    "EXISTS", "SET",       "WHEN",     "AND",        "OR",        "NOT",      "BY",     "WHERE",
    "ON",     "IN",        "LIKE",     "BETWEEN",    "VALUES",    "USER",     "ROLE",   "ADD",
    "DROP",   "KEY",       "FOREIGN",  "CONSTRAINT", "PARTITION", "SEQUENCE", "SERVER", "TRIGGER",
    "EVENT",  "PROCEDURE", "FUNCTION", "FROM",       "INTO",      "UPDATE"};

}  // namespace

/// Whether the tokens so far say that the statement is none with a body.
bool Body::plain() const {
    return !routine_ && (dialect_ == Dialect::mysql ? !header_ : count_ >= 4);
}

void Body::feed(const Token& token) {
    if (plain()) {
        if (dialect_ == Dialect::postgresql) count_brackets(token);
        return;
    }
    switch (dialect_) {
        case Dialect::postgresql:
            feed_postgresql(token);
            break;
        case Dialect::sqlite:
            feed_sqlite(token);
            break;
        case Dialect::mysql:
            feed_mysql(token);
            break;
    }
    before_previous_ = previous_;
    previous_ = token;
    ++count_;
}

bool Body::open() const {
    switch (dialect_) {
        case Dialect::postgresql:
            return brackets_ > 0 || blocks_ > 0;
        case Dialect::sqlite:
            return blocks_ > 0 && !ended_;
        case Dialect::mysql:
            return blocks_ > 0 || flow_ > 0;
    }
    return false;
}

void Body::count_brackets(const Token& token) {
    if (symbol(token, '(')) ++brackets_;
    if (symbol(token, ')') && brackets_ > 0) --brackets_;
}

/// As psql does (psqlscan.l): END closes what BEGIN ATOMIC and the CASEs inside it opened.
void Body::feed_postgresql(const Token& token) {
    count_brackets(token);
    if (count_ == 0) header_ = is(token, "CREATE");
    if (header_ && count_ < 4 && (is(token, "FUNCTION") || is(token, "PROCEDURE"))) routine_ = true;
    if (!routine_ || brackets_ > 0) return;
    if (blocks_ == 0) {
        if (is(token, "ATOMIC") && is(previous_, "BEGIN")) blocks_ = 1;
    } else if (is(token, "CASE")) {
        ++blocks_;
    } else if (is(token, "END")) {
        --blocks_;
    }
}

/// As sqlite3_complete() does: a trigger ends with "; END ;". END and BEGIN may be names elsewhere.
void Body::feed_sqlite(const Token& token) {
    if (count_ == 0) header_ = is(token, "CREATE");
    if (header_ && count_ <= 2 && is(token, "TRIGGER")) routine_ = true;
    if (!routine_) return;
    if (blocks_ == 0 && is(token, "BEGIN")) blocks_ = 1;
    if (token.kind == Token::Kind::terminator)
        ended_ = is(previous_, "END") && before_previous_.kind == Token::Kind::terminator;
}

/// CREATE [OR REPLACE] [DEFINER = ...] TRIGGER | PROCEDURE | FUNCTION | EVENT, ALTER EVENT, and MariaDB's
/// BEGIN NOT ATOMIC, IF, CASE, LOOP, WHILE, REPEAT, FOR and SET STATEMENT ... FOR any of these.
void Body::header_mysql(const Token& token) {
    if (token.kind == Token::Kind::hint) return;
    if (first_) {
        first_ = false;
        header_ = is(token, "CREATE") || is(token, "ALTER") || is(token, "BEGIN") || is(token, "SET");
        routine_ = is(token, "CASE") || is(token, "FOR") || flows_mysql(token);
    } else if (is(previous_, "SET") || variables_) {
        if (is(previous_, "SET")) header_ = variables_ = is(token, "STATEMENT");
        if (is(token, "FOR")) {
            first_ = true;
            variables_ = false;
        }
    } else if (is(previous_, "BEGIN")) {
        header_ = false;
        routine_ = is(token, "NOT");
        if (routine_) blocks_ = 1;
    } else if (is(token, "TRIGGER") || is(token, "PROCEDURE") || is(token, "FUNCTION") ||
               is(token, "EVENT")) {
        header_ = false;
        routine_ = true;
    } else if (count_ > 24 || is(token, "TABLE") || is(token, "VIEW") || is(token, "INDEX")) {
        header_ = false;
    }
}

/// Whether a word that may open a block does so after the token before it.
bool Body::starts_block_mysql() const {
    switch (previous_.kind) {
        case Token::Kind::word:
            for (const std::string_view word : kNoBlockAfter)
                if (is(previous_, word)) return false;
            return true;
        case Token::Kind::symbol:
            return symbol(previous_, ')') || symbol(previous_, ':');
        default:
            return true;
    }
}

/// END is also a name that needs no quotes: "t.end", "(begin, end)", "SET end = 1".
bool Body::may_end_mysql() const {
    if (previous_.kind == Token::Kind::symbol) return symbol(previous_, ')') || symbol(previous_, ';');
    for (const std::string_view word :
         {"SET", "SELECT", "WHERE", "AND", "OR", "BY", "ON", "NOT", "XA", "STAGE"})
        if (is(previous_, word)) return false;
    return true;
}

bool Body::flows_mysql(const Token& token) const {
    return is(token, "IF") || is(token, "LOOP") || is(token, "WHILE") || is(token, "REPEAT");
}

void Body::close_mysql(bool flow) {
    if (flow) {
        if (blocks_ == 0 && flow_ > 0) --flow_;
    } else if (blocks_ > 0) {
        --blocks_;
    }
}

void Body::feed_mysql(const Token& token) {
    if (header_) {
        const bool first = first_;
        header_mysql(token);
        if (!first || !routine_) return;
    }
    if (!routine_) return;
    const bool flow = flows_mysql(token) || is(token, "FOR");
    // FOR EACH ROW, CURSOR FOR and SUBSTRING(x FROM 1 FOR 2) are no loops; "FOR name IN" is.
    if (for_ == 2 && is(token, "IN") && blocks_ == 0) ++flow_;
    for_ = for_ == 1 && token.kind != Token::Kind::symbol ? 2 : 0;
    if (ending_) {
        ending_ = false;
        close_mysql(flow);
        if (flow || is(token, "CASE")) return;
    }
    if (is(token, "END")) {
        ending_ = may_end_mysql();
    } else if (is(token, "CASE")) {
        if (!symbol(previous_, '.')) ++blocks_;
    } else if (is(token, "BEGIN")) {
        if (starts_block_mysql()) ++blocks_;
    } else if (blocks_ == 0 && is(token, "FOR")) {
        for_ = 1;
    } else if (blocks_ == 0 && flow) {
        if (starts_block_mysql()) ++flow_;
    }
}

}  // namespace migrate::sql
