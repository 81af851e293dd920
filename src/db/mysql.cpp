#include <errmsg.h>
#include <fmt/format.h>
#include <mysqld_error.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "db/clients.hpp"
#include "db/libmariadb.hpp"
#include "db/mysql_connect.hpp"
#include "db/mysql_words.hpp"

namespace migrate::db {

namespace {

constexpr std::chrono::milliseconds kLockPause{100};
constexpr unsigned kKilledByServer = 1927;
constexpr unsigned kIdleTooLong = 4031;

/// Names of user locks are the server's, not the database's, and at most 64 characters long.
constexpr std::string_view kLockName =
    "IF(CHAR_LENGTH(CONCAT('migrate:', IFNULL(DATABASE(), ''))) <= 64, "
    "CONCAT('migrate:', IFNULL(DATABASE(), '')), CONCAT('migrate:', MD5(DATABASE())))";

struct FreeResult {
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
struct CloseStatement {
    void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
using ResultHandle = std::unique_ptr<MYSQL_RES, FreeResult>;
using StatementHandle = std::unique_ptr<MYSQL_STMT, CloseStatement>;

std::vector<std::string> column_names(MYSQL_RES* result) {
    std::vector<std::string> names;
    const MYSQL_FIELD* fields = mysql_fetch_fields(result);
    for (unsigned column = 0; column < mysql_num_fields(result); ++column)
        names.emplace_back(fields[column].name);
    return names;
}

void append_rows(MYSQL_RES* result, Rows& rows) {
    rows.columns = column_names(result);
    while (MYSQL_ROW line = mysql_fetch_row(result)) {
        const unsigned long* lengths = mysql_fetch_lengths(result);
        auto& row = rows.rows.emplace_back(rows.columns.size());
        for (std::size_t column = 0; column < row.size(); ++column)
            if (line[column] != nullptr) row[column].emplace(line[column], lengths[column]);
    }
}

std::vector<std::string> first_column(const Rows& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows.rows) result.push_back(row[0].value_or(""));
    return result;
}

/// MySQL and MariaDB through MariaDB's client library. Statements with parameters are prepared by the
/// server; the others are sent as they stand, and the server refuses more than one.
class Mysql final : public Database {
  public:
    Mysql(MysqlHandle handle, std::string place) : handle_(std::move(handle)), place_(std::move(place)) {}

    Result<void> prepare_session(const OpenOptions& options);

    Engine engine() const override { return is_mariadb() ? Engine::mariadb : Engine::mysql; }
    std::string server_version() const override;
    Result<void> allow_writes() override;
    Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override;
    Result<void> execute(std::string_view sql) override;
    Result<void> copy_in(std::string_view, std::string_view) override {
        return fail("sql.failed", "MySQL has no COPY", "write the rows as INSERT statements");
    }
    bool in_transaction() const override;
    std::optional<std::size_t> error_offset() const override { return error_offset_; }
    std::string error_state() const override { return error_state_; }
    std::vector<std::string> take_notices() override;
    Result<bool> table_exists(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> columns(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> tables(std::size_t most) override;
    std::string quoted(std::string_view identifier) const override;
    Result<bool> lock(int wait_ms, std::string& holder) override;
    void unlock() override;

  private:
    bool is_mariadb() const { return mariadb_connection(handle_.get()) != 0; }
    Result<Rows> run(std::string_view sql);
    Result<Rows> run_prepared(std::string_view sql, std::span<const Value> parameters);
    Result<Rows> fetch(MYSQL_STMT* statement, std::string_view sql);
    tl::unexpected<Error> failed(unsigned number, std::string text, std::string_view sql);
    tl::unexpected<Error> failed(MYSQL_STMT* statement, std::string_view sql);
    std::string lock_holder();

    MysqlHandle handle_;
    std::string place_;
    std::optional<std::size_t> error_offset_;
    std::string error_state_;
    bool locked_ = false;
};

Result<void> Mysql::prepare_session(const OpenOptions& options) {
    const int seconds = std::max(1, (options.lock_timeout_ms + 999) / 1000);
    // Not every server that speaks the protocol knows each of these, and none is worth failing for.
    (void)run(fmt::format("SET SESSION lock_wait_timeout = {}", seconds));
    (void)run(fmt::format("SET SESSION innodb_lock_wait_timeout = {}", seconds));
    if (is_mariadb()) (void)run("SET SESSION idle_transaction_timeout = 60");
    // A session that holds the lock is idle while a native tool runs.
    (void)run("SET SESSION wait_timeout = 31536000");
    if (auto set = run("SET SESSION autocommit = 1"); !set) return tl::unexpected(set.error());
    if (!options.read_only) return {};
    (void)run("SET @migrate_time_zone = @@SESSION.time_zone, SESSION time_zone = '+00:00'");
    if (auto set = run("SET SESSION TRANSACTION READ ONLY"); !set) return tl::unexpected(set.error());
    return {};
}

Result<void> Mysql::allow_writes() {
    (void)run("SET SESSION time_zone = @migrate_time_zone");
    if (auto set = run("SET SESSION TRANSACTION READ WRITE"); !set) return tl::unexpected(set.error());
    return {};
}

std::string Mysql::server_version() const {
    std::string text = mysql_get_server_info(handle_.get());
    if (text.starts_with("5.5.5-")) text.erase(0, 6);  // MariaDB 10 says so to old clients
    return text.substr(0, text.find_first_not_of("0123456789."));
}

bool Mysql::in_transaction() const {
    unsigned status = 0;
    mariadb_get_infov(handle_.get(), MARIADB_CONNECTION_SERVER_STATUS, &status);
    return (status & SERVER_STATUS_IN_TRANS) != 0;
}

tl::unexpected<Error> Mysql::failed(unsigned number, std::string text, std::string_view sql) {
    error_state_ = std::to_string(number);
    // An encrypted session that is cut off ends with a TLS error.
    constexpr std::array<unsigned, 5> kGone{CR_SERVER_GONE_ERROR, CR_SERVER_LOST, CR_SSL_CONNECTION_ERROR,
                                            kKilledByServer, kIdleTooLong};
    if (std::find(kGone.begin(), kGone.end(), number) != kGone.end())
        return fail(
            "target.unreachable", fmt::format("the session with {} is gone: {}", place_, text),
            "what the open transaction had done is undone by the server; each finished DDL statement stays");
    error_offset_ = mysql_error_offset(sql, text);
    return fail("sql.failed", std::move(text));
}

tl::unexpected<Error> Mysql::failed(MYSQL_STMT* statement, std::string_view sql) {
    return failed(mysql_stmt_errno(statement), mysql_stmt_error(statement), sql);
}

Result<Rows> Mysql::run(std::string_view sql) {
    error_offset_.reset();
    error_state_.clear();
    MYSQL* handle = handle_.get();
    Rows rows;
    int more = mysql_real_query(handle, sql.data(), sql.size());
    if (more != 0 && mysql_errno(handle) == ER_EMPTY_QUERY) return rows;
    // A procedure answers with several results; the first one with columns is the statement's.
    for (; more == 0; more = mysql_next_result(handle)) {
        const ResultHandle result(mysql_store_result(handle));
        if (!result && mysql_errno(handle) != 0) break;
        if (result && rows.columns.empty()) append_rows(result.get(), rows);
    }
    if (mysql_errno(handle) != 0) return failed(mysql_errno(handle), mysql_error(handle), sql);
    return rows;
}

Result<Rows> Mysql::run_prepared(std::string_view sql, std::span<const Value> parameters) {
    error_offset_.reset();
    error_state_.clear();
    const StatementHandle statement(mysql_stmt_init(handle_.get()));
    if (!statement) return failed(mysql_errno(handle_.get()), mysql_error(handle_.get()), sql);
    if (mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) != 0) return failed(statement.get(), sql);
    if (mysql_stmt_param_count(statement.get()) != parameters.size())
        return fail("sql.failed", fmt::format("the statement has {} parameters, {} were given",
                                              mysql_stmt_param_count(statement.get()), parameters.size()));
    std::vector<MYSQL_BIND> binds(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        binds[i].buffer_type = parameters[i] ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
        if (!parameters[i]) continue;
        binds[i].buffer = const_cast<char*>(parameters[i]->data());
        binds[i].buffer_length = parameters[i]->size();
    }
    if (mysql_stmt_bind_param(statement.get(), binds.data()) != 0 || mysql_stmt_execute(statement.get()) != 0)
        return failed(statement.get(), sql);
    return fetch(statement.get(), sql);
}

Result<Rows> Mysql::fetch(MYSQL_STMT* statement, std::string_view sql) {
    Rows rows;
    const ResultHandle metadata(mysql_stmt_result_metadata(statement));
    if (!metadata) return rows;
    rows.columns = column_names(metadata.get());
    const std::size_t width = rows.columns.size();
    const my_bool measure = 1;
    mysql_stmt_attr_set(statement, STMT_ATTR_UPDATE_MAX_LENGTH, &measure);
    if (mysql_stmt_store_result(statement) != 0) return failed(statement, sql);
    const ResultHandle measured(mysql_stmt_result_metadata(statement));
    std::vector<MYSQL_BIND> binds(width);
    std::vector<std::string> buffers(width);
    std::vector<unsigned long> lengths(width);
    std::vector<my_bool> nulls(width);
    for (std::size_t column = 0; column < width; ++column) {
        buffers[column].resize(
            mysql_fetch_field_direct(measured.get(), static_cast<unsigned>(column))->max_length);
        binds[column].buffer_type = MYSQL_TYPE_STRING;
        binds[column].buffer = buffers[column].data();
        binds[column].buffer_length = buffers[column].size();
        binds[column].length = &lengths[column];
        binds[column].is_null = &nulls[column];
    }
    if (mysql_stmt_bind_result(statement, binds.data()) != 0) return failed(statement, sql);
    int code = 0;
    while ((code = mysql_stmt_fetch(statement)) == 0 || code == MYSQL_DATA_TRUNCATED) {
        auto& row = rows.rows.emplace_back(width);
        for (std::size_t column = 0; column < width; ++column) {
            if (nulls[column] != 0) continue;
            row[column].emplace(buffers[column].substr(0, lengths[column]));
            if (lengths[column] <= buffers[column].size()) continue;
            row[column]->resize(lengths[column]);
            MYSQL_BIND whole{};
            whole.buffer_type = MYSQL_TYPE_STRING;
            whole.buffer = row[column]->data();
            whole.buffer_length = row[column]->size();
            mysql_stmt_fetch_column(statement, &whole, static_cast<unsigned>(column), 0);
        }
    }
    if (code != MYSQL_NO_DATA) return failed(statement, sql);
    return rows;
}

Result<Rows> Mysql::query(std::string_view sql, std::span<const Value> parameters) {
    return parameters.empty() ? run(sql) : run_prepared(sql, parameters);
}

Result<void> Mysql::execute(std::string_view sql) {
    auto rows = run(sql);
    if (!rows) return tl::unexpected(rows.error());
    return {};
}

std::vector<std::string> Mysql::take_notices() {
    std::vector<std::string> notices;
    if (mysql_warning_count(handle_.get()) == 0) return notices;
    const auto offset = error_offset_;
    const auto state = error_state_;
    if (auto found = run("SHOW WARNINGS"))
        for (const auto& row : found->rows)
            notices.push_back(fmt::format("{}: {}", row[0].value_or(""), row[2].value_or("")));
    error_offset_ = offset;
    error_state_ = state;
    return notices;
}

Result<bool> Mysql::table_exists(std::string_view schema, std::string_view table) {
    const std::array<Value, 3> names{std::string(schema), std::string(table), std::string(table)};
    auto found = query(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) "
        "AND table_name = ? AND (@@lower_case_table_names <> 0 OR CAST(table_name AS BINARY) = CAST(? AS "
        "BINARY))",
        names);
    if (!found) return tl::unexpected(found.error());
    return !found->rows.empty();
}

Result<std::vector<std::string>> Mysql::columns(std::string_view schema, std::string_view table) {
    const std::array<Value, 3> names{std::string(schema), std::string(table), std::string(table)};
    auto found = query(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ? "
        "AND (@@lower_case_table_names <> 0 OR CAST(table_name AS BINARY) = CAST(? AS BINARY)) "
        "ORDER BY ordinal_position",
        names);
    if (!found) return tl::unexpected(found.error());
    return first_column(*found);
}

Result<std::vector<std::string>> Mysql::tables(std::size_t most) {
    auto found = query(
        fmt::format("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
                    "AND table_type NOT IN ('VIEW', 'SYSTEM VIEW', 'SEQUENCE') ORDER BY table_name LIMIT {}",
                    most),
        {});
    if (!found) return tl::unexpected(found.error());
    return first_column(*found);
}

std::string Mysql::quoted(std::string_view identifier) const {
    std::string result = "`";
    for (const char byte : identifier) result.append(byte == '`' ? 2 : 1, byte);
    return result + '`';
}

std::string Mysql::lock_holder() {
    auto id = run(fmt::format("SELECT IS_USED_LOCK({})", kLockName));
    if (!id || id->rows.empty() || !id->rows[0][0]) return "another session";
    const std::string number = *id->rows[0][0];
    // Without the PROCESS right only sessions of the same user are shown.
    const std::array<Value, 1> parameters{number};
    auto session = query("SELECT user, host FROM information_schema.processlist WHERE id = ?", parameters);
    if (!session || session->rows.empty()) return fmt::format("connection {}", number);
    return fmt::format("connection {} user {} from {}", number, session->rows[0][0].value_or("?"),
                       session->rows[0][1].value_or("?"));
}

Result<bool> Mysql::lock(int wait_ms, std::string& holder) {
    if (locked_) return true;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    for (;;) {
        auto tried = run(fmt::format("SELECT GET_LOCK({}, 0)", kLockName));
        if (!tried) return tl::unexpected(tried.error());
        if (tried->rows[0][0] == "1") return locked_ = true;
        holder = lock_holder();
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(kLockPause);
    }
}

void Mysql::unlock() {
    if (!locked_) return;
    locked_ = false;
    (void)run(fmt::format("SELECT RELEASE_LOCK({})", kLockName));
}

}  // namespace

Result<std::unique_ptr<Database>> open_mysql(const Connection& connection, const OpenOptions& options) {
    auto handle = connect_mysql(connection, options.connect_timeout_s);
    if (!handle) return tl::unexpected(handle.error());
    const std::string place = connection.host.empty() ? "the local server" : connection.host;
    auto database = std::make_unique<Mysql>(std::move(*handle), place);
    if (auto prepared = database->prepare_session(options); !prepared)
        return fail("target.unreachable", prepared.error().message, prepared.error().hint);
    return database;
}

}  // namespace migrate::db
