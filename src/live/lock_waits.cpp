#include "live/lock_waits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>

#include "live/long_transactions.hpp"

namespace migrate {

namespace {

/// PostgreSQL 9.6 and later. `virtualxid` is what CREATE INDEX CONCURRENTLY and the like wait for; `advisory`
/// locks are the tools' own, with limits of their own (Prisma: 10 s, then P1002).
constexpr std::string_view kWaitingOnPostgresql =
    "SELECT pid, backend_start::text, host(client_addr), coalesce(client_port, 0), query, application_name "
    "FROM "
    "pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event NOT IN ('virtualxid', "
    "'advisory') AND pid <> "
    "pg_backend_pid() AND query !~* '\\mconcurrently\\M'";

/// The states of MySQL 5.7 to 8.4 and MariaDB 10.3 to 11.8: "Waiting for table metadata lock".
constexpr std::string_view kWaitingOnMysql =
    "SELECT ID, NULL, HOST, NULL, INFO, NULL FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() "
    "AND "
    "(STATE LIKE 'Waiting for % lock' OR STATE = 'Waiting for table flush')";

/// The same for locks on rows; asks for the right PROCESS.
constexpr std::string_view kWaitingForRows =
    "SELECT p.ID, NULL, p.HOST, NULL, p.INFO, NULL FROM information_schema.INNODB_TRX t JOIN "
    "information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND "
    "p.ID <> CONNECTION_ID()";

constexpr std::string_view kBlockersOnPostgresql =
    "SELECT pid, usename, floor(extract(epoch FROM clock_timestamp() - coalesce(xact_start, "
    "backend_start)))::int, state, query FROM pg_catalog.pg_stat_activity WHERE pid = ANY "
    "(pg_catalog.pg_blocking_pids({})) AND wait_event_type IS DISTINCT FROM 'Lock' ORDER BY xact_start";

/// Who holds a metadata lock on the same table: MySQL 8.0 and later, and servers that keep these records.
constexpr std::string_view kHoldersOnMysql =
    "SELECT DISTINCT p.ID, p.USER, COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), p.TIME), p.COMMAND, "
    "COALESCE(p.INFO, '') FROM performance_schema.threads wt JOIN performance_schema.metadata_locks w ON "
    "w.OWNER_THREAD_ID = wt.THREAD_ID AND w.LOCK_STATUS = 'PENDING' JOIN performance_schema.metadata_locks g "
    "ON g.OBJECT_TYPE = w.OBJECT_TYPE AND g.OBJECT_SCHEMA <=> w.OBJECT_SCHEMA AND g.OBJECT_NAME <=> "
    "w.OBJECT_NAME AND g.LOCK_STATUS = 'GRANTED' AND g.OWNER_THREAD_ID <> w.OWNER_THREAD_ID JOIN "
    "performance_schema.threads t ON t.THREAD_ID = g.OWNER_THREAD_ID JOIN information_schema.PROCESSLIST p "
    "ON p.ID = t.PROCESSLIST_ID LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = p.ID "
    "WHERE wt.PROCESSLIST_ID = {} AND COALESCE(p.STATE, '') NOT LIKE 'Waiting for % lock'";

/// Where the server keeps no such records: who has a transaction open in the database, but the one who waits.
constexpr std::string_view kOpenOnMysql =
    "SELECT p.ID, p.USER, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.COMMAND, COALESCE(t.trx_query, '') "
    "FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = "
    "t.trx_mysql_thread_id WHERE p.DB = DATABASE() AND p.ID NOT IN (CONNECTION_ID(), {}) AND "
    "COALESCE(p.STATE, '') NOT LIKE 'Waiting for % lock' AND t.trx_state <> 'LOCK WAIT' ORDER BY "
    "t.trx_started";

bool is_mysql(Engine engine) {
    return engine == Engine::mysql || engine == Engine::mariadb;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number_of(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::max(number, 0);  // PostgreSQL says -1 of a local socket
}

/// PostgreSQL's two columns, or MySQL's one: "10.0.0.7:41234", "localhost" for a local socket.
ClientEnd end_of(const db::Value& host, const db::Value& port) {
    const std::string text = host.value_or("");
    if (port) return {text, number_of(*port)};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return {text, 0};
    return {text.substr(0, colon), number_of(std::string_view(text).substr(colon + 1))};
}

void append(const db::Rows& rows, std::vector<LockWait>& waits) {
    for (const auto& row : rows.rows)
        waits.push_back({row[0].value_or(""), row[1].value_or(""), row[4].value_or(""),
                         end_of(row[2], row[3]), row[5].value_or("")});
}

std::vector<Blockers::Session> sessions_of(const db::Rows& rows, Engine engine) {
    std::vector<Blockers::Session> sessions;
    for (const auto& row : rows.rows) sessions.push_back({row[0].value_or(""), session_text(row, engine)});
    return sessions;
}

}  // namespace

Result<std::vector<LockWait>> lock_waits(db::Database& database) {
    std::vector<LockWait> waits;
    const bool mysql = is_mysql(database.engine());
    auto rows = database.query(mysql ? kWaitingOnMysql : kWaitingOnPostgresql);
    if (!rows) return tl::unexpected(rows.error());
    append(*rows, waits);
    if (!mysql) return waits;
    if (auto others = database.query(kWaitingForRows)) append(*others, waits);
    return waits;
}

Result<ClientEnd> own_end(db::Database& database) {
    auto rows = database.query(
        is_mysql(database.engine())
            ? "SELECT HOST, NULL FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()"
            : "SELECT host(inet_client_addr()), coalesce(inet_client_port(), 0)");
    if (!rows) return tl::unexpected(rows.error());
    if (rows->rows.empty()) return ClientEnd{};
    return end_of(rows->rows[0][0], rows->rows[0][1]);
}

Blockers blockers_of(db::Database& database, const LockWait& wait) {
    const Engine engine = database.engine();
    if (!is_number(wait.session)) return {};
    const auto ask = [&](std::string_view query) {
        auto rows = database.query(fmt::format(fmt::runtime(query), wait.session));
        return rows ? sessions_of(*rows, engine) : std::vector<Blockers::Session>{};
    };
    if (!is_mysql(engine)) return {true, ask(kBlockersOnPostgresql)};
    if (auto holders = ask(kHoldersOnMysql); !holders.empty()) return {true, std::move(holders)};
    return {false, ask(kOpenOnMysql)};
}

Blockers possible_blockers(db::Database& database) {
    Blockers blockers{false, {}};
    for (auto& text : long_transactions(database, 0)) blockers.sessions.push_back({"", std::move(text)});
    return blockers;
}

std::string text_of(const Blockers& blockers) {
    std::vector<std::string> texts;
    for (const auto& session : blockers.sessions) texts.push_back(session.text);
    if (texts.empty()) return "";
    return blockers.certain ? fmt::format("held by {}", fmt::join(texts, " and by "))
                            : fmt::format("probably held by {}", fmt::join(texts, " or by "));
}

bool cancel_wait(db::Database& database, const LockWait& wait) {
    if (!is_number(wait.session)) return false;
    if (is_mysql(database.engine()))
        return database.execute(fmt::format("KILL QUERY {}", wait.session)).has_value();
    const std::array<db::Value, 1> started{wait.started};
    auto done = database.query(
        fmt::format(
            "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = {} "
            "AND backend_start::text = ? AND wait_event_type = 'Lock'",
            wait.session),
        started);
    return done && !done->rows.empty() && done->rows[0][0] == "t";
}

}  // namespace migrate
