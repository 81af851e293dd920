#include "live/long_transactions.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/utf8.hpp"
#include "sql/lexer.hpp"

namespace migrate {

namespace {

constexpr std::size_t kLongestQuery = 200;

/// pid, user, age in seconds, state, query. The table locks are what a migration would wait for.
std::string postgresql_query(int open_for_s) {
    return fmt::format(
        "SELECT a.pid, a.usename, floor(extract(epoch FROM clock_timestamp() - a.xact_start))::int, a.state, "
        "a.query FROM pg_catalog.pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> "
        "pg_backend_pid() AND a.xact_start <= clock_timestamp() - interval '{} seconds' AND EXISTS (SELECT 1 "
        "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = a.pid AND l.granted AND c.relkind "
        "IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')) ORDER BY a.xact_start",
        open_for_s);
}

/// Whether anybody has a transaction open for so long, without the five tables of the question above: a new
/// session would take longer for those than for everything else that it is asked. False where that is
/// certain.
bool may_be_open(db::Database& database, int open_for_s) {
    if (database.engine() != Engine::postgresql) return true;
    auto rows =
        database.query(fmt::format("SELECT 1 FROM pg_catalog.pg_stat_get_activity(NULL) WHERE xact_start <= "
                                   "clock_timestamp() - interval "
                                   "'{} seconds' LIMIT 1",
                                   open_for_s));
    return !rows || !rows->rows.empty();
}

std::string mysql_query(int open_for_s) {
    return fmt::format(
        "SELECT t.trx_mysql_thread_id, p.USER, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.COMMAND, "
        "COALESCE(t.trx_query, '') FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST "
        "p "
        "ON p.ID = t.trx_mysql_thread_id WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID() AND "
        "t.trx_started <= NOW() - INTERVAL {} SECOND ORDER BY t.trx_started",
        open_for_s);
}

std::string query_for(Engine engine, int open_for_s) {
    switch (engine) {
        case Engine::postgresql:
            return postgresql_query(open_for_s);
        case Engine::mysql:
        case Engine::mariadb:
            return mysql_query(open_for_s);
        default:
            return "";
    }
}

}  // namespace

std::string without_literals(std::string_view sql, Engine engine) {
    sql::Lexer lexer(sql, sql::dialect_of(engine));
    std::string text;
    std::size_t last = 0;
    for (auto token = lexer.next(); token.kind != sql::Token::Kind::end; token = lexer.next()) {
        using Kind = sql::Token::Kind;
        if (token.kind == Kind::comment) continue;
        const bool literal =
            token.kind == Kind::string || token.kind == Kind::number || token.kind == Kind::unterminated;
        if (!text.empty() && token.begin > last) text += ' ';
        text += literal ? std::string_view("?") : sql.substr(token.begin, token.end - token.begin);
        last = token.end;
        if (text.size() > kLongestQuery) {
            text.resize(kLongestQuery);
            return valid_utf8(text) + " ...";
        }
    }
    return text;
}

std::string session_text(const std::vector<db::Value>& row, Engine engine) {
    std::string text = fmt::format("session {} of {}, open for {} s", row[0].value_or("?"),
                                   row[1].value_or("?"), row[2].value_or("?"));
    const std::string state = row[3].value_or("");
    if (state.find("idle") != std::string::npos || state == "Sleep") text += " and idle";
    const std::string last = without_literals(row[4].value_or(""), engine);
    return last.empty() ? text : text + ": " + last;
}

std::vector<std::string> long_transactions(db::Database& database, int open_for_s) {
    std::vector<std::string> found;
    const std::string query = query_for(database.engine(), open_for_s);
    if (query.empty() || !may_be_open(database, open_for_s)) return found;
    auto rows = database.query(query);
    if (!rows) return found;
    for (const auto& row : rows->rows) found.push_back(session_text(row, database.engine()));
    return found;
}

}  // namespace migrate
