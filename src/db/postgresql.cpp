#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "db/clients.hpp"
#include "db/libpq.hpp"
#include "db/postgresql_session.hpp"

namespace migrate::db {

namespace {

/// "migrate" in ASCII: the advisory lock's key, and its two halves as pg_locks shows them.
constexpr std::int64_t kLockKey = 0x6d696772617465;
constexpr std::int64_t kLockHigh = kLockKey >> 32;
constexpr std::int64_t kLockLow = kLockKey & 0xffffffff;
constexpr std::chrono::milliseconds kLockPause{100};

/// "insufficient_privilege".
constexpr std::string_view kNoPrivilege = "42501";

std::vector<std::string> first_column(const Rows& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows.rows) result.push_back(row[0].value_or(""));
    return result;
}

/// What PostgreSQL is asked about itself and its tables.
class Postgres final : public PostgresSession {
  public:
    using PostgresSession::PostgresSession;

    Result<void> prepare_session(const Connection& connection, const OpenOptions& options);

    std::string server_version() const override;
    Result<void> allow_writes() override;
    std::optional<std::int64_t> version() override;
    Result<bool> table_exists(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> columns(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> tables(std::size_t most) override;
    std::string quoted(std::string_view identifier) const override;
    Result<bool> lock(int wait_ms, std::string& holder) override;
    void unlock() override;

  private:
    std::string lock_holder();

    bool locked_ = false;
};

Result<void> Postgres::prepare_session(const Connection& connection, const OpenOptions& options) {
    // A pooler (PgBouncer) gives a process number of its own to its clients, and not the server's.
    std::string settings = engine() == Engine::postgresql ? "SELECT pg_backend_pid()" : "SELECT NULL";
    // What the project, the role or the database sets for itself stays.
    settings += fmt::format(
        ", CASE WHEN current_setting('lock_timeout') = '0' THEN set_config('lock_timeout', '{}', false) END"
        ", CASE WHEN current_setting('idle_in_transaction_session_timeout') = '0' THEN "
        "set_config('idle_in_transaction_session_timeout', '60000', false) END",
        options.lock_timeout_ms);
    // A session that holds the lock is idle while a native tool runs. (pg_settings, which says what there is,
    // would take a new session longer than everything else here.)
    settings +=
        ", CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL THEN "
        "set_config('idle_session_timeout', '0', false) END";
    if (options.read_only)
        settings +=
            ", set_config('default_transaction_read_only', 'on', false), set_config('DateStyle', 'ISO', "
            "false)"
            ", set_config('TimeZone', 'UTC', false)";
    auto set = query(settings, {});
    if (!set) return tl::unexpected(set.error());
    set_pooled(set->rows.empty() || set->rows[0][0] != std::to_string(PQbackendPID(handle())));
    if (connection.schema.empty()) return {};
    const auto whole = connection.parameters.find("search_path");
    const std::array<Value, 1> path{whole == connection.parameters.end() ? quoted(connection.schema)
                                                                         : whole->second};
    if (auto set = query("SELECT set_config('search_path', ?, false)", path); !set)
        return tl::unexpected(set.error());
    return {};
}

Result<void> Postgres::allow_writes() {
    // What the project, the role or the database sets for itself counts again.
    const std::array<Sent, 3> resets{
        {{"RESET default_transaction_read_only"}, {"RESET DateStyle"}, {"RESET TimeZone"}}};
    std::size_t done = 0;
    if (auto reset = execute_all(resets, done); !reset) return tl::unexpected(reset.error());
    return {};
}

/// The number of the next transaction that writes. What has been written since has used it up; who writes now
/// is not seen before the end, and then it is used up, too.
std::optional<std::int64_t> Postgres::version() {
    // Only PostgreSQL itself is known to count so, and no servers of its protocol ("15.2-YB-2.25.0.0").
    // Behind a pooler there may be several of them.
    if (engine() != Engine::postgresql || pooled() ||
        server_version().find_first_not_of("0123456789.") != std::string::npos)
        return {};
    auto rows = query(
        "SELECT pg_catalog.txid_current_snapshot(), current_setting('default_table_access_method', true)",
        {});
    if (!rows || rows->rows.empty()) return {};
    // A storage of its own may count otherwise.
    if (rows->rows[0][1].value_or("heap") != "heap") return {};
    // xmin:xmax:those between them that are not over
    const std::string text = rows->rows[0][0].value_or("");
    const std::size_t colon = text.find(':');
    const std::string number = text.substr(0, colon);
    if (number.empty() || text != fmt::format("{0}:{0}:", number)) return {};
    std::int64_t version = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), version);
    if (problem != std::errc{}) return {};
    return version;
}

std::string Postgres::server_version() const {
    const char* text = PQparameterStatus(handle(), "server_version");
    const std::string version = text == nullptr ? "" : text;
    return version.substr(0, version.find(' '));
}

/// to_regclass() looks into the server's own cache of names, where joined catalogs cost a new session ten
/// times as much. It is an error in a schema that the role may not use.
Result<bool> Postgres::table_exists(std::string_view schema, std::string_view table) {
    const std::string in = schema.empty() ? "" : quoted(schema);
    const std::array<Value, 2> place{in, "." + quoted(table)};
    auto named = query(
        "SELECT pg_catalog.to_regclass(coalesce(nullif(?, ''), quote_ident(current_schema())) || ?)", place);
    if (named) return named->rows.at(0)[0].has_value();
    if (error_state() != kNoPrivilege) return tl::unexpected(named.error());
    const std::array<Value, 2> names{std::string(schema), std::string(table)};
    auto found = query(
        "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = coalesce(nullif(?, ''), current_schema()) AND c.relname = ? "
        "AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
        names);
    if (!found) return tl::unexpected(found.error());
    return !found->rows.empty();
}

Result<std::vector<std::string>> Postgres::columns(std::string_view schema, std::string_view table) {
    const std::array<Value, 2> names{std::string(schema), std::string(table)};
    auto found = query(
        "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = coalesce(nullif(?, ''), current_schema()) AND c.relname = ? "
        "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped "
        "ORDER BY a.attnum",
        names);
    if (!found) return tl::unexpected(found.error());
    return first_column(*found);
}

Result<std::vector<std::string>> Postgres::tables(std::size_t most) {
    constexpr std::string_view kTables =
        "FROM pg_catalog.pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE "
        "nspname = current_schema()) AND c.relkind IN ('r', 'p', 'f')";
    const std::string limit =
        most == kAll ? " ORDER BY c.relname" : fmt::format(" ORDER BY c.relname LIMIT {}", most);
    // A new session takes longer to open pg_depend than for all the rest, and most databases have no
    // extension but the one that each of them has, which owns no table.
    auto found =
        query(fmt::format("SELECT c.relname, (SELECT 1 FROM pg_catalog.pg_extension WHERE extname <> "
                          "'plpgsql' LIMIT 1) {}{}",
                          kTables, limit),
              {});
    if (!found) return tl::unexpected(found.error());
    if (found->rows.empty() || !found->rows[0][1]) return first_column(*found);
    found =
        query(fmt::format("SELECT c.relname {} AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE "
                          "d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = "
                          "'e'){}",
                          kTables, limit),
              {});
    if (!found) return tl::unexpected(found.error());
    return first_column(*found);
}

std::string Postgres::quoted(std::string_view identifier) const {
    std::string result = "\"";
    for (const char byte : identifier) result.append(byte == '"' ? 2 : 1, byte);
    return result + '"';
}

std::string Postgres::lock_holder() {
    auto found =
        query(fmt::format(
                  "SELECT concat_ws(' ', 'pid ' || a.pid, 'application ' || nullif(a.application_name, ''), "
                  "'user ' || a.usename, 'from ' || host(a.client_addr)) FROM pg_catalog.pg_locks l "
                  "JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid JOIN pg_catalog.pg_database d "
                  "ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
                  "AND l.classid = {} AND l.objid = {} AND d.datname = current_database()",
                  kLockHigh, kLockLow),
              {});
    if (!found || found->rows.empty()) return "another session";
    return found->rows[0][0].value_or("another session");
}

Result<bool> Postgres::lock(int wait_ms, std::string& holder) {
    if (locked_) return true;
    // CockroachDB accepts the functions and locks nothing.
    if (engine() == Engine::cockroachdb)
        return fail("lock.none", "CockroachDB has no session locks", "make sure that nobody else migrates");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    for (;;) {
        // Never waits inside the server: CREATE INDEX CONCURRENTLY of the holder would wait for us in turn.
        auto tried = query(fmt::format("SELECT pg_catalog.pg_try_advisory_lock({})", kLockKey), {});
        if (!tried) return tl::unexpected(tried.error());
        if (tried->rows[0][0] == "t") return locked_ = true;
        holder = lock_holder();
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(kLockPause);
    }
}

void Postgres::unlock() {
    if (!locked_) return;
    locked_ = false;
    (void)query(fmt::format("SELECT pg_catalog.pg_advisory_unlock({})", kLockKey), {});
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgresql(const Connection& connection, const OpenOptions& options) {
    auto handle = connect_postgresql(connection, options.connect_timeout_s);
    if (!handle) return tl::unexpected(handle.error());
    const std::string place = connection.host.empty() ? "the local server" : connection.host;
    auto database = std::make_unique<Postgres>(*connection.engine, std::move(*handle), place);
    if (auto prepared = database->prepare_session(connection, options); !prepared)
        return fail("target.unreachable", prepared.error().message, prepared.error().hint);
    return database;
}

}  // namespace migrate::db
