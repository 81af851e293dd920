#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <thread>

#include "db/clients.hpp"
#include "db/libpq.hpp"
#include "db/placeholders.hpp"
#include "db/postgresql_connect.hpp"

namespace migrate::db {

namespace {

/// "migrate" in ASCII: the advisory lock's key, and its two halves as pg_locks shows them.
constexpr std::int64_t kLockKey = 0x6d696772617465;
constexpr std::int64_t kLockHigh = kLockKey >> 32;
constexpr std::int64_t kLockLow = kLockKey & 0xffffffff;
constexpr std::chrono::milliseconds kLockPause{100};

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, Clear>;

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

void collect_notice(void* notices, const char* text) {
    static_cast<std::vector<std::string>*>(notices)->push_back(trimmed(text));
}

Rows rows_of(const PGresult* table) {
    Rows rows;
    const int width = PQnfields(table);
    for (int column = 0; column < width; ++column) rows.columns.emplace_back(PQfname(table, column));
    for (int line = 0; line < PQntuples(table); ++line) {
        auto& row = rows.rows.emplace_back(width);
        for (int column = 0; column < width; ++column)
            if (!PQgetisnull(table, line, column))
                row[column].emplace(PQgetvalue(table, line, column), PQgetlength(table, line, column));
    }
    return rows;
}

std::vector<std::string> first_column(const Rows& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows.rows) result.push_back(row[0].value_or(""));
    return result;
}

/// A statement with parameters that is sent this often is planned no more (as PostgreSQL's own plan cache, it
/// takes a few uses to be worth it).
constexpr int kPreparedFrom = 3;
constexpr std::string_view kNoSuchPrepared = "26000";

/// Whether a statement may take prepared ones away: DEALLOCATE, DISCARD, also within a DO or a function.
bool may_deallocate(std::string_view sql) {
    for (const std::string_view word : {"DEALLOCATE", "DISCARD"}) {
        const auto at = std::search(sql.begin(), sql.end(), word.begin(), word.end(),
                                    [](char a, char b) { return (a & ~0x20) == b; });
        if (at != sql.end()) return true;
    }
    return false;
}

/// PostgreSQL through libpq. Every statement goes through the extended protocol, where the server itself
/// refuses more than one.
class Postgres final : public Database {
  public:
    Postgres(Engine engine, PostgresHandle handle, std::string place)
        : engine_(engine), handle_(std::move(handle)), place_(std::move(place)) {
        PQsetNoticeProcessor(handle_.get(), collect_notice, &notices_);
    }

    Result<void> prepare_session(const Connection& connection, const OpenOptions& options);

    Engine engine() const override { return engine_; }
    std::string server_version() const override;
    Result<void> allow_writes() override;
    std::optional<std::int64_t> version() override;
    Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override;
    Result<void> execute(std::string_view sql) override;
    Result<Rows> execute_all(std::span<const Sent> statements, std::size_t& done) override;
    Result<void> begin() override;
    Result<void> copy_in(std::string_view copy_statement, std::string_view data) override;
    bool in_transaction() const override {
        return begins_ || PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
    }
    std::optional<std::size_t> error_offset() const override { return error_offset_; }
    std::string error_state() const override { return error_state_; }
    std::vector<std::string> take_notices() override { return std::exchange(notices_, {}); }
    Result<bool> table_exists(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> columns(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> tables() override;
    std::string quoted(std::string_view identifier) const override;
    Result<bool> lock(int wait_ms, std::string& holder) override;
    void unlock() override;

  private:
    Result<ResultHandle> run(std::string_view sql, std::span<const Value> parameters);
    Result<ResultHandle> run_pipeline(std::span<const Sent> statements, std::size_t& done);
    Result<void> send(std::string_view sql, std::span<const Value> parameters);
    Result<void> begin_now();
    void prepare(const std::string& sql);
    Result<ResultHandle> last_result(std::string_view sql);
    void end_copy(ExecStatusType status);
    tl::unexpected<Error> failed(const PGresult* result, std::string_view sql);
    std::string lock_holder();

    Engine engine_;
    PostgresHandle handle_;
    std::string place_;
    std::vector<std::string> notices_;
    std::optional<std::size_t> error_offset_;
    std::string error_state_;
    bool locked_ = false;
    bool begins_ = false;  ///< a BEGIN goes out with the next statement
    bool pooled_ = true;   ///< each statement may reach another server process: nothing is prepared there
    struct Use {
        int times = 0;
        std::string name;  ///< of the prepared statement, once it is one
    };
    std::map<std::string, Use, std::less<>> uses_;  ///< of statements with parameters
    int prepared_ = 0;
};

Result<void> Postgres::prepare_session(const Connection& connection, const OpenOptions& options) {
    // What the project, the role or the database sets for itself stays.
    std::string settings = fmt::format(
        "SELECT set_config(name, value, false) FROM (VALUES ('lock_timeout', '{}'), "
        "('idle_in_transaction_session_timeout', '60000')) AS ours(name, value) "
        "WHERE current_setting(name) = '0'",
        options.lock_timeout_ms);
    // A session that holds the lock is idle while a native tool runs. (pg_settings, which says what there is,
    // would take a new session longer than everything else here.)
    settings +=
        " UNION ALL SELECT set_config('idle_session_timeout', '0', false) "
        "WHERE current_setting('idle_session_timeout', true) IS NOT NULL";
    // A pooler (PgBouncer) gives a process number of its own to its clients, and not the server's.
    if (engine_ == Engine::postgresql) settings += " UNION ALL SELECT 'pid ' || pg_backend_pid()";
    if (options.read_only)
        settings +=
            " UNION ALL SELECT set_config('default_transaction_read_only', 'on', false)"
            " UNION ALL SELECT set_config('DateStyle', 'ISO', false)"
            " UNION ALL SELECT set_config('TimeZone', 'UTC', false)";
    auto set = query(settings, {});
    if (!set) return tl::unexpected(set.error());
    const std::string pid = fmt::format("pid {}", PQbackendPID(handle_.get()));
    pooled_ =
        std::none_of(set->rows.begin(), set->rows.end(), [&](const auto& row) { return row[0] == pid; });
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
    if (engine_ != Engine::postgresql || pooled_ ||
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
    const char* text = PQparameterStatus(handle_.get(), "server_version");
    const std::string version = text == nullptr ? "" : text;
    return version.substr(0, version.find(' '));
}

tl::unexpected<Error> Postgres::failed(const PGresult* result, std::string_view sql) {
    error_state_ = field(result, PG_DIAG_SQLSTATE);
    if (error_state_ == kNoSuchPrepared) uses_.clear();
    if (PQstatus(handle_.get()) == CONNECTION_BAD)
        return fail(
            "target.unreachable",
            fmt::format("the session with {} is gone: {}", place_, trimmed(PQerrorMessage(handle_.get()))),
            "what the open transaction had done is undone by the server");
    if (const std::string position = field(result, PG_DIAG_STATEMENT_POSITION); !position.empty())
        error_offset_ = byte_offset(sql, std::stoul(position));
    std::string hint;
    for (const int code : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT})
        if (const std::string text = field(result, code); !text.empty())
            hint += (hint.empty() ? "" : "\n") + text;
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) message = trimmed(PQerrorMessage(handle_.get()));
    return fail("sql.failed", std::move(message), std::move(hint));
}

/// A statement that opened a COPY is closed again, or the session could not go on.
void Postgres::end_copy(ExecStatusType status) {
    if (status == PGRES_COPY_IN) PQputCopyEnd(handle_.get(), "a COPY without its data");
    if (status != PGRES_COPY_OUT) return;
    char* line = nullptr;
    while (PQgetCopyData(handle_.get(), &line, 0) > 0) PQfreemem(line);
}

/// Reads until the session is ready again, or gone. The first error counts.
Result<ResultHandle> Postgres::last_result(std::string_view sql) {
    ResultHandle last;
    ResultHandle error;
    while (PGresult* raw = PQgetResult(handle_.get())) {
        last.reset(raw);
        const ExecStatusType status = PQresultStatus(raw);
        end_copy(status);
        if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) && !error) error = std::move(last);
    }
    if (error) return failed(error.get(), sql);
    return last;
}

Result<void> Postgres::send(std::string_view sql, std::span<const Value> parameters) {
    error_offset_.reset();
    error_state_.clear();
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
        error_offset_ = nul;
        return fail("sql.failed", "the statement holds a NUL byte");
    }
    const std::string text(sql);
    std::vector<const char*> values;
    for (const Value& value : parameters) {
        if (value && value->find('\0') != std::string::npos)
            return fail("sql.failed", "a parameter holds a NUL byte, which PostgreSQL's text cannot");
        values.push_back(value ? value->c_str() : nullptr);
    }
    const int count = static_cast<int>(values.size());
    const auto known = count == 0 ? uses_.end() : uses_.find(sql);
    const bool prepared = known != uses_.end() && !known->second.name.empty();
    const int sent = prepared ? PQsendQueryPrepared(handle_.get(), known->second.name.c_str(), count,
                                                    values.data(), nullptr, nullptr, 0)
                              : PQsendQueryParams(handle_.get(), text.c_str(), count, nullptr, values.data(),
                                                  nullptr, nullptr, 0);
    if (sent != 1) return failed(nullptr, sql);
    if (count == 0 && !uses_.empty() && may_deallocate(sql)) uses_.clear();
    return {};
}

/// Counts the use of a statement with parameters, and prepares it where it has come often enough.
void Postgres::prepare(const std::string& sql) {
    if (pooled_) return;
    Use& use = uses_[sql];
    if (++use.times < kPreparedFrom || !use.name.empty()) return;
    const std::string name = fmt::format("migrate_{}", ++prepared_);
    const ResultHandle made(PQprepare(handle_.get(), name.c_str(), sql.c_str(), 0, nullptr));
    if (PQresultStatus(made.get()) == PGRES_COMMAND_OK) use.name = name;
}

Result<void> Postgres::begin() {
    begins_ = true;
    return {};
}

/// For what cannot travel with others.
Result<void> Postgres::begin_now() {
    if (!std::exchange(begins_, false)) return {};
    auto begun = run("BEGIN", {});
    if (!begun) return tl::unexpected(begun.error());
    return {};
}

Result<ResultHandle> Postgres::run(std::string_view sql, std::span<const Value> parameters) {
    if (begins_ && PQenterPipelineMode(handle_.get()) == 1) {
        const std::array<Sent, 1> one{{{sql, parameters}}};
        std::size_t done = 0;
        return run_pipeline(one, done);
    }
    if (auto begun = begin_now(); !begun) return tl::unexpected(begun.error());
    if (auto sent = send(sql, parameters); !sent) return tl::unexpected(sent.error());
    return last_result(sql);
}

/// One round trip for all of them, and for a BEGIN that waits. The first error makes the server pass over
/// what follows. Placeholders have their numbers already. Gives what the last one answers.
Result<ResultHandle> Postgres::run_pipeline(std::span<const Sent> statements, std::size_t& done) {
    const std::size_t begins = std::exchange(begins_, false) ? 1 : 0;
    std::size_t sent = 0;
    Result<void> outcome;
    if (begins > 0) outcome = send("BEGIN", {});
    for (; outcome && sent < statements.size(); ++sent) {
        outcome = send(statements[sent].sql, statements[sent].parameters);
        if (!outcome) break;
    }
    PQpipelineSync(handle_.get());
    // The results of each end with a null; behind the last of them stands the mark of the whole.
    ResultHandle last;
    ResultHandle error;
    for (std::size_t at = 0; at < begins + sent; ++at) {
        while (PGresult* raw = PQgetResult(handle_.get())) {
            last.reset(raw);
            const ExecStatusType status = PQresultStatus(raw);
            if (!error && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE))
                error = std::move(last);
        }
        if (!error && at >= begins) done = at + 1 - begins;
    }
    while (PGresult* raw = PQgetResult(handle_.get())) {
        const ResultHandle result(raw);
        if (PQresultStatus(raw) == PGRES_PIPELINE_SYNC) break;
    }
    PQexitPipelineMode(handle_.get());
    // Only now is it known whether the session is gone, too.
    if (error) return failed(error.get(), statements[done].sql);
    if (!outcome) return tl::unexpected(outcome.error());
    if (PQstatus(handle_.get()) == CONNECTION_BAD) return failed(nullptr, "");
    return last;
}

Result<Rows> Postgres::execute_all(std::span<const Sent> statements, std::size_t& done) {
    done = 0;
    std::vector<std::string> numbered(statements.size());
    std::vector<Sent> texts(statements.begin(), statements.end());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if (texts[at].parameters.empty()) continue;
        numbered[at] = number_placeholders(texts[at].sql).sql;
        texts[at].sql = numbered[at];
        prepare(numbered[at]);
    }
    if (statements.size() < 2 || PQenterPipelineMode(handle_.get()) != 1)
        return Database::execute_all(statements, done);
    auto last = run_pipeline(texts, done);
    if (!last) return tl::unexpected(last.error());
    return rows_of(last->get());
}

Result<Rows> Postgres::query(std::string_view sql, std::span<const Value> parameters) {
    // Without parameters a `?` is an operator.
    const Numbered numbered = parameters.empty() ? Numbered{std::string(sql), {}} : number_placeholders(sql);
    if (!parameters.empty() && numbered.at.size() != parameters.size())
        return fail("sql.failed", fmt::format("the statement has {} parameters, {} were given",
                                              numbered.at.size(), parameters.size()));
    if (!parameters.empty()) prepare(numbered.sql);
    auto result = run(numbered.sql, parameters);
    if (!result) {
        if (error_offset_) error_offset_ = numbered.original(*error_offset_);
        return tl::unexpected(result.error());
    }
    return rows_of(result->get());
}

Result<void> Postgres::execute(std::string_view sql) {
    auto result = run(sql, {});
    if (!result) return tl::unexpected(result.error());
    return {};
}

Result<void> Postgres::copy_in(std::string_view copy_statement, std::string_view data) {
    error_offset_.reset();
    error_state_.clear();
    if (auto begun = begin_now(); !begun) return begun;
    const std::string text(copy_statement);
    if (PQsendQueryParams(handle_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
        return failed(nullptr, copy_statement);
    const ResultHandle opened(PQgetResult(handle_.get()));
    if (PQresultStatus(opened.get()) != PGRES_COPY_IN) {
        end_copy(PQresultStatus(opened.get()));
        const bool error = PQresultStatus(opened.get()) == PGRES_FATAL_ERROR;
        auto why = error ? failed(opened.get(), copy_statement)
                         : fail("sql.failed", "the statement is no COPY ... FROM STDIN");
        (void)last_result(copy_statement);
        return why;
    }
    // The end mark belongs to the file, not to the data (PostgreSQL 18 takes it for data in CSV).
    if (data == "\\.") data = "";
    for (const std::string_view mark : {"\n\\.\n", "\n\\.\r\n", "\n\\."})
        if (data.ends_with(mark)) data.remove_suffix(mark.size() - 1);
    constexpr std::size_t kChunk = 1u << 20;
    for (std::size_t from = 0; from < data.size(); from += kChunk) {
        const std::string_view part = data.substr(from, kChunk);
        if (PQputCopyData(handle_.get(), part.data(), static_cast<int>(part.size())) != 1) break;
    }
    PQputCopyEnd(handle_.get(), nullptr);
    auto result = last_result(copy_statement);
    if (!result) return tl::unexpected(result.error());
    return {};
}

Result<bool> Postgres::table_exists(std::string_view schema, std::string_view table) {
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

Result<std::vector<std::string>> Postgres::tables() {
    auto found = query(
        "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'f') AND NOT EXISTS (SELECT 1 "
        "FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid "
        "AND d.deptype = 'e') ORDER BY c.relname",
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
    if (engine_ == Engine::cockroachdb)
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
