#include <array>

#include "sql/statement.hpp"
#include "sql/words.hpp"

namespace migrate::sql {

namespace {

/// What CREATE, ALTER and DROP are about; the first of these words after them, modifiers passed over.
constexpr std::array<std::string_view, 36> kObjects{
    "TABLE",     "INDEX",     "VIEW",        "SEQUENCE",     "TRIGGER",    "FUNCTION",
    "PROCEDURE", "AGGREGATE", "EVENT",       "TYPE",         "DOMAIN",     "SCHEMA",
    "DATABASE",  "EXTENSION", "ROLE",        "USER",         "GROUP",      "POLICY",
    "RULE",      "SERVER",    "TABLESPACE",  "COLLATION",    "CONVERSION", "OPERATOR",
    "LANGUAGE",  "CAST",      "PUBLICATION", "SUBSCRIPTION", "STATISTICS", "TRANSFORM",
    "SYSTEM",    "PACKAGE",   "OWNED",       "PRIVILEGES",   "ACCESS",     "TEXT"};

std::string upper(std::string_view word) {
    std::string result(word);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

/// Where the words of the statement itself begin: after hint borders and opening brackets.
std::size_t first_word(const Words& words) {
    std::size_t i = 0;
    while (i < words.size() && (words.tokens[i].kind == Token::Kind::hint || words.symbol(i, '('))) ++i;
    return i;
}

std::string kind_of(const Words& words, std::size_t first) {
    if (first >= words.size() || words.tokens[first].kind != Token::Kind::word) return "";
    const std::string verb = upper(words.at(first));
    if (verb == "CREATE" || verb == "ALTER" || verb == "DROP") {
        for (std::size_t i = first + 1; i < words.size() && i < first + 24; ++i)
            for (const std::string_view object : kObjects)
                if (words.is(i, object))
                    return verb + (words.is(i - 1, "MATERIALIZED") ? " MATERIALIZED " : " ") +
                           std::string(object);
        return verb;
    }
    if (verb == "START" || verb == "PREPARE" || verb == "COMMIT" || verb == "ROLLBACK" || verb == "SET" ||
        verb == "REFRESH" || verb == "LOAD" || verb == "LOCK" || verb == "RENAME") {
        const bool second = first + 1 < words.size() && words.tokens[first + 1].kind == Token::Kind::word;
        if (second && verb != "SET") return verb + " " + upper(words.at(first + 1));
    }
    return verb;
}

bool controls_transaction(const Words& words, std::size_t first, Dialect dialect) {
    if (words.any(first, {"BEGIN", "COMMIT", "ABORT", "XA"})) return true;
    if (words.are(first, {"START", "TRANSACTION"})) return true;
    if (words.is(first, "END")) return true;
    if (words.are(first, {"PREPARE", "TRANSACTION"})) return true;
    if (words.is(first, "ROLLBACK")) {
        const std::size_t second = words.any(first + 1, {"WORK", "TRANSACTION"}) ? first + 2 : first + 1;
        return !words.is(second, "TO");
    }
    return dialect == Dialect::mysql && words.is(first, "SET") && words.is(first + 1, "AUTOCOMMIT");
}

/// PostgreSQL, sql-create*.html and the like: "cannot be executed inside a transaction block".
bool never_in_postgresql(const Words& words, std::size_t first) {
    if (words.is(first, "VACUUM")) return true;
    if (words.are(first, {"ALTER", "SYSTEM"})) return true;
    if (words.are(first, {"DISCARD", "ALL"})) return true;
    if (words.are(first, {"COMMIT", "PREPARED"}) || words.are(first, {"ROLLBACK", "PREPARED"})) return true;
    if (words.any(first, {"CREATE", "DROP"}) && words.any(first + 1, {"DATABASE", "TABLESPACE"})) return true;
    if (words.are(first, {"ALTER", "DATABASE"}))
        return words.has("TABLESPACE", first + 2) && words.has("SET", first + 2);
    if (words.any(first, {"CREATE", "DROP"}) && words.has("INDEX", first + 1) &&
        words.find("INDEX", first + 1) <= first + 2)
        return words.is(words.find("INDEX", first + 1) + 1, "CONCURRENTLY");
    if (words.is(first, "REINDEX")) {
        for (std::size_t i = first + 1; i < words.size(); ++i)
            if (words.is(i, "CONCURRENTLY")) return true;
        return words.has("DATABASE") || words.has("SYSTEM") || words.has("SCHEMA");
    }
    if (words.is(first, "CLUSTER")) return first + 1 == words.size() || words.is(first + 1, "VERBOSE");
    if (words.are(first, {"DROP", "SUBSCRIPTION"})) return true;
    if (words.are(first, {"CREATE", "SUBSCRIPTION"})) {
        for (std::size_t i = first; i < words.size(); ++i)
            if (words.any(i, {"CREATE_SLOT", "CONNECT"}) && words.symbol(i + 1, '=') &&
                words.is(i + 2, "FALSE"))
                return false;
        return true;
    }
    if (words.are(first, {"ALTER", "SUBSCRIPTION"})) return words.has("REFRESH", first + 2);
    if (words.are(first, {"ALTER", "TABLE"}))
        return words.has("DETACH", first) && words.has("CONCURRENTLY", first);
    return false;
}

/// SQLite, lang_vacuum.html, lang_detach.html, pragma.html: refused, or without effect, in a transaction.
InTransaction in_sqlite(const Words& words, std::size_t first) {
    if (words.any(first, {"VACUUM", "DETACH"})) return InTransaction::never;
    if (!words.is(first, "PRAGMA")) return InTransaction::yes;
    const std::size_t name = words.symbol(first + 2, '.') ? first + 3 : first + 1;
    const bool sets = words.symbol(name + 1, '=') || words.symbol(name + 1, '(');
    if (sets && words.any(name, {"FOREIGN_KEYS", "JOURNAL_MODE", "SYNCHRONOUS", "TEMP_STORE"}))
        return InTransaction::edge;
    return InTransaction::yes;
}

/// MySQL, "Statements That Cause an Implicit Commit": nearly everything but reading and writing rows.
InTransaction in_mysql(const Words& words, std::size_t first) {
    if (first == words.size()) return InTransaction::yes;  // an executable comment without content
    if (words.is(first, "SET"))
        return words.is(first + 1, "PASSWORD") ? InTransaction::ends : InTransaction::yes;
    if (words.any(first, {"INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VALUES", "DO", "USE",
                          "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "SAVEPOINT", "RELEASE", "ROLLBACK"}))
        return InTransaction::yes;
    if (words.any(first, {"CREATE", "DROP"}) && words.are(first + 1, {"TEMPORARY", "TABLE"}))
        return InTransaction::yes;
    return InTransaction::ends;
}

}  // namespace

void describe(Statement& statement, std::string_view text, const std::vector<Token>& tokens,
              Dialect dialect) {
    const Words words{text, tokens};
    const std::size_t first = first_word(words);
    statement.kind = kind_of(words, first);
    statement.transaction_control = controls_transaction(words, first, dialect);
    if (dialect == Dialect::mysql && words.are(first, {"BEGIN", "NOT"}))
        statement.transaction_control = false;
    switch (dialect) {
        case Dialect::postgresql:
            if (never_in_postgresql(words, first)) statement.in_transaction = InTransaction::never;
            if (words.is(first, "COPY")) {
                const std::size_t from = words.find("FROM", first);
                statement.copies_data = words.is(from + 1, "STDIN");
            }
            break;
        case Dialect::mysql:
            statement.in_transaction = in_mysql(words, first);
            break;
        case Dialect::sqlite:
            statement.in_transaction = in_sqlite(words, first);
            break;
    }
    statement.destructive = loses_data(words, dialect);
}

std::string brief(std::string_view statement, Dialect dialect, std::size_t limit) {
    Lexer lexer(statement, dialect);
    std::string result;
    std::size_t last_end = 0;
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
        if (token.kind == Token::Kind::comment) continue;
        if (token.begin > last_end && !result.empty()) result += ' ';
        last_end = token.end;
        if (token.kind == Token::Kind::string || token.kind == Token::Kind::unterminated)
            result += "'...'";
        else
            result += statement.substr(token.begin, token.end - token.begin);
        if (result.size() > limit) {
            std::size_t cut = limit;
            while (cut > 0 && (static_cast<unsigned char>(result[cut]) & 0xC0) == 0x80) --cut;
            result.resize(cut);
            return result + " ...";
        }
    }
    return result;
}

}  // namespace migrate::sql
