#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "db/clients.hpp"
#include "db/lock_file.hpp"
#include "db/sqlite_file.hpp"
#include "db/sqlite_settings.hpp"

namespace migrate::db {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMemory = ":memory:";

struct CloseHandle {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

std::string_view name_of_code(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
            return "SQLITE_BUSY";
        case SQLITE_LOCKED:
            return "SQLITE_LOCKED";
        case SQLITE_READONLY:
            return "SQLITE_READONLY";
        case SQLITE_CONSTRAINT:
            return "SQLITE_CONSTRAINT";
        case SQLITE_NOTADB:
            return "SQLITE_NOTADB";
        case SQLITE_CORRUPT:
            return "SQLITE_CORRUPT";
        case SQLITE_FULL:
            return "SQLITE_FULL";
        case SQLITE_IOERR:
            return "SQLITE_IOERR";
        case SQLITE_INTERRUPT:
            return "SQLITE_INTERRUPT";
        default:
            return "SQLITE_ERROR";
    }
}

std::string_view hint_of_code(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "another process holds a lock on the file; try again when it is done";
        case SQLITE_READONLY:
            return "the session or the file is read-only";
        case SQLITE_FULL:
            return "the disk is full";
        default:
            return "";
    }
}

/// SQLite through its own library. A file that is only read is left alone: no journal, no write-ahead log
/// and no shared-memory file is made beside it unless another process is at work in it.
class Sqlite final : public Database {
  public:
    Sqlite(std::string file, OpenOptions options, std::vector<std::string> settings)
        : file_(std::move(file)), options_(options), settings_(std::move(settings)) {}

    Result<void> connect();

    Engine engine() const override { return Engine::sqlite; }
    std::string server_version() const override { return sqlite3_libversion(); }
    Result<void> allow_writes() override;
    std::optional<std::int64_t> version_by_others() override;
    Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override;
    Result<void> each(std::string_view sql, std::span<const Value> parameters, const RowTaker& take) override;
    Result<void> execute(std::string_view sql) override;
    Result<void> copy_in(std::string_view, std::string_view) override {
        return fail("sql.failed", "SQLite has no COPY", "write the rows as INSERT statements");
    }
    bool in_transaction() const override { return sqlite3_get_autocommit(handle_.get()) == 0; }
    std::optional<std::size_t> error_offset() const override { return error_offset_; }
    std::string error_state() const override { return error_state_; }
    Result<bool> table_exists(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> columns(std::string_view schema, std::string_view table) override;
    Result<std::vector<std::string>> tables(std::size_t most) override;
    std::string quoted(std::string_view identifier) const override;
    Result<bool> lock(int wait_ms, std::string& holder) override;
    void unlock() override { lock_.release(); }

  private:
    bool in_memory() const { return file_ == kMemory; }
    Result<void> reopen();
    int open_handle(const std::string& name, int flags);
    int touch();
    int play_back();
    Result<void> apply_settings();
    tl::unexpected<Error> cannot_open(int code);
    tl::unexpected<Error> failed(std::string_view sql);
    Result<Statement> prepare(std::string_view sql);
    Result<std::vector<std::string>> step(std::string_view sql, std::span<const Value> parameters,
                                          const RowTaker& take);
    Result<Rows> run(std::string_view sql, std::span<const Value> parameters);
    Result<bool> has_schema(std::string_view schema);

    std::string file_;
    OpenOptions options_;
    std::vector<std::string> settings_;  ///< statements that begin a session that may write
    Handle handle_;
    std::optional<Stamp> immutable_;  ///< set while the file is read as one that nobody writes to
    bool could_write_ = false;        ///< the file is open for writing, whether this session may write or not
    std::optional<std::size_t> error_offset_;
    std::string error_state_;
    LockFile lock_;
};

Result<void> Sqlite::connect() {
    if (in_memory()) return reopen();
    std::error_code error;
    const fs::file_status status = fs::status(file_, error);
    if (fs::is_directory(status))
        return fail("target.unreachable", fmt::format("{} is a directory, not a SQLite file", file_));
    if (!fs::exists(status)) {
        if (status.type() != fs::file_type::not_found)
            return fail("target.unreachable", fmt::format("{} cannot be read: {}", file_, error.message()));
        if (!options_.create)
            return fail("target.missing", fmt::format("there is no SQLite file {}", file_),
                        "the first `migrate run` makes it");
        const fs::path directory = fs::path(file_).parent_path();
        if (!directory.empty() && !fs::is_directory(directory, error))
            return fail("target.missing", fmt::format("there is no directory {}", directory.string()),
                        "make the directory of the SQLite file first");
    }
    return reopen();
}

int Sqlite::open_handle(const std::string& name, int flags) {
    // Nobody asks how much memory SQLite has taken, for which each allocation would take a lock.
    [[maybe_unused]] static const int quiet = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3* handle = nullptr;
    // One thread at a time uses a session.
    const int code =
        sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (handle != nullptr) sqlite3_busy_timeout(handle, options_.lock_timeout_ms);
    return code;
}

/// The file is opened in earnest only by the first read. This one reads its first page; what a SELECT would
/// do beyond that, take in the whole schema, is left to the statements that need it.
int Sqlite::touch() {
    return sqlite3_exec(handle_.get(), "PRAGMA schema_version", nullptr, nullptr, nullptr);
}

/// After a crash only a session that may write can bring the file back to its last commit.
int Sqlite::play_back() {
    if (const int code = open_handle(file_, SQLITE_OPEN_READWRITE); code != SQLITE_OK) return code;
    if (const int code = touch(); code != SQLITE_OK) return code;
    if (const int code = open_handle(file_, SQLITE_OPEN_READONLY); code != SQLITE_OK) return code;
    return touch();
}

Result<void> Sqlite::reopen() {
    immutable_.reset();
    could_write_ = false;
    int code = SQLITE_OK;
    if (in_memory()) {
        code = open_handle(file_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    } else if (!options_.read_only) {
        code = open_handle(file_, SQLITE_OPEN_READWRITE | (options_.create ? SQLITE_OPEN_CREATE : 0));
    } else if (const Stamp stamp = stamp_of(file_); uses_write_ahead_log(file_) && !stamp.in_use) {
        // Read in the ordinary way, a file with write-ahead logging would get its two side files; without
        // them nobody has it open.
        immutable_ = stamp;
        code = open_handle(as_uri(file_, "immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    } else if (options_.for_writes && !uses_write_ahead_log(file_)) {
        could_write_ = true;
        code = open_handle(file_, SQLITE_OPEN_READWRITE);
    } else {
        code = open_handle(file_, SQLITE_OPEN_READONLY);
    }
    if (code == SQLITE_OK) code = touch();
    if (options_.read_only && !in_memory() &&
        (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY))
        code = play_back();
    if (code != SQLITE_OK) return cannot_open(code);
    if (options_.read_only) {
        sqlite3_exec(handle_.get(), "PRAGMA query_only = 1", nullptr, nullptr, nullptr);
        return {};
    }
    return apply_settings();
}

Result<void> Sqlite::apply_settings() {
    for (const std::string& setting : settings_)
        if (const int code = sqlite3_exec(handle_.get(), setting.c_str(), nullptr, nullptr, nullptr);
            code != SQLITE_OK)
            return cannot_open(code);
    return {};
}

Result<void> Sqlite::allow_writes() {
    if (!options_.read_only) return {};
    options_.read_only = false;
    if (!could_write_) return reopen();
    sqlite3_exec(handle_.get(), "PRAGMA query_only = 0", nullptr, nullptr, nullptr);
    return apply_settings();
}

std::optional<std::int64_t> Sqlite::version_by_others() {
    // Counted anew in each handle; one that is read as immutable sees nobody.
    if (immutable_ || (options_.read_only && !could_write_)) return std::nullopt;
    auto prepared = prepare("PRAGMA data_version");
    if (!prepared || sqlite3_step(prepared->get()) != SQLITE_ROW) return std::nullopt;
    return sqlite3_column_int64(prepared->get(), 0);
}

tl::unexpected<Error> Sqlite::cannot_open(int code) {
    error_state_ = name_of_code(code);
    if ((code & 0xff) == SQLITE_NOTADB)
        return fail("target.unreachable", fmt::format("{} is not a SQLite database", file_),
                    "the file is encrypted, or of another kind");
    std::string reason = sqlite3_errstr(code);
    if (handle_ != nullptr) {
        reason = sqlite3_errmsg(handle_.get());
        const int cause = sqlite3_system_errno(handle_.get());
        if ((code & 0xff) == SQLITE_CANTOPEN && cause != 0) reason += fmt::format(" ({})", strerror(cause));
    }
    return fail("target.unreachable", fmt::format("{} cannot be opened: {}", file_, reason),
                std::string(hint_of_code(code)));
}

tl::unexpected<Error> Sqlite::failed(std::string_view sql) {
    const int code = sqlite3_errcode(handle_.get());
    const int offset = sqlite3_error_offset(handle_.get());
    if (offset >= 0 && static_cast<std::size_t>(offset) <= sql.size())
        error_offset_ = static_cast<std::size_t>(offset);
    error_state_ = name_of_code(code);
    return fail("sql.failed", sqlite3_errmsg(handle_.get()), std::string(hint_of_code(code)));
}

/// nullptr for text that holds no statement at all.
Result<Statement> Sqlite::prepare(std::string_view sql) {
    error_offset_.reset();
    error_state_.clear();
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
        error_offset_ = nul;
        return fail("sql.failed", "the statement holds a NUL byte", "SQLite would not see what follows it");
    }
    const char* rest = nullptr;
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, &rest) != SQLITE_OK)
        return failed(sql);
    Statement statement(raw);
    const std::size_t used = static_cast<std::size_t>(rest - sql.data());
    sqlite3_stmt* second = nullptr;
    const int code =
        used >= sql.size()
            ? SQLITE_OK
            : sqlite3_prepare_v2(handle_.get(), rest, static_cast<int>(sql.size() - used), &second, nullptr);
    if (code != SQLITE_OK || Statement(second) != nullptr) {
        error_offset_ = used;
        return fail("sql.failed", "more than one statement", "the statements must be sent one by one");
    }
    return statement;
}

/// Hands over the rows one by one. Gives the names of the columns.
Result<std::vector<std::string>> Sqlite::step(std::string_view sql, std::span<const Value> parameters,
                                              const RowTaker& take) {
    auto prepared = prepare(sql);
    if (!prepared) return tl::unexpected(prepared.error());
    sqlite3_stmt* statement = prepared->get();
    if (statement == nullptr) return std::vector<std::string>{};
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) != parameters.size() &&
        !parameters.empty())
        return fail("sql.failed", fmt::format("the statement has {} parameters, {} were given",
                                              sqlite3_bind_parameter_count(statement), parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i])
            sqlite3_bind_text64(statement, static_cast<int>(i) + 1, parameters[i]->data(),
                                parameters[i]->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    const int width = sqlite3_column_count(statement);
    std::vector<std::string> names;
    for (int column = 0; column < width; ++column) names.emplace_back(sqlite3_column_name(statement, column));
    const std::vector<std::string_view> columns(names.begin(), names.end());
    std::vector<std::optional<std::string_view>> values(columns.size());
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        for (int column = 0; column < width; ++column) {
            auto& value = values[static_cast<std::size_t>(column)];
            value.reset();
            if (sqlite3_column_type(statement, column) == SQLITE_NULL) continue;
            const void* data = sqlite3_column_type(statement, column) == SQLITE_BLOB
                                   ? sqlite3_column_blob(statement, column)
                                   : sqlite3_column_text(statement, column);
            const int size = sqlite3_column_bytes(statement, column);
            value.emplace(static_cast<const char*>(data), data == nullptr ? 0 : size);
        }
        take({columns, values});
    }
    if (code != SQLITE_DONE) return failed(sql);
    return names;
}

Result<Rows> Sqlite::run(std::string_view sql, std::span<const Value> parameters) {
    Rows rows;
    auto names = step(sql, parameters, [&](const RowView& row) {
        auto& kept = rows.rows.emplace_back();
        kept.reserve(row.values.size());
        for (const auto& value : row.values) kept.emplace_back(value);
    });
    if (!names) return tl::unexpected(names.error());
    rows.columns = std::move(*names);
    return rows;
}

Result<void> Sqlite::each(std::string_view sql, std::span<const Value> parameters, const RowTaker& take) {
    // What is read while somebody writes is read again, as a whole.
    if (immutable_) return Database::each(sql, parameters, take);
    auto names = step(sql, parameters, take);
    if (!names) return tl::unexpected(names.error());
    return {};
}
Result<Rows> Sqlite::query(std::string_view sql, std::span<const Value> parameters) {
    auto rows = run(sql, parameters);
    if (immutable_ && stamp_of(file_) != *immutable_) {
        // Somebody wrote meanwhile, so what was read may be half old and half new.
        if (auto opened = reopen(); !opened) return tl::unexpected(opened.error());
        return run(sql, parameters);
    }
    return rows;
}

Result<void> Sqlite::execute(std::string_view sql) {
    auto rows = query(sql, {});
    if (!rows) return tl::unexpected(rows.error());
    return {};
}

Result<bool> Sqlite::has_schema(std::string_view schema) {
    const std::array<Value, 1> name{std::string(schema)};
    auto found = query("SELECT 1 FROM pragma_database_list WHERE name = ? COLLATE NOCASE", name);
    if (!found) return tl::unexpected(found.error());
    return !found->rows.empty();
}

/// pragma_table_info looks into the schema as it is parsed, and not through all rows of sqlite_schema;
/// beginning to read these makes sure that nobody has changed it since.
Result<bool> Sqlite::table_exists(std::string_view schema, std::string_view table) {
    const std::string in(schema.empty() ? "main" : schema);
    if (in != "main") {
        auto there = has_schema(in);
        if (!there || !*there) return there;
    }
    const std::array<Value, 2> place{std::string(table), in};
    auto found =
        query(fmt::format("SELECT EXISTS (SELECT 1 FROM pragma_table_info(?, ?)) FROM {}.sqlite_schema "
                          "LIMIT 1",
                          quoted(in)),
              place);
    if (!found) return tl::unexpected(found.error());
    return !found->rows.empty() && found->rows[0][0] == "1";
}

Result<std::vector<std::string>> Sqlite::columns(std::string_view schema, std::string_view table) {
    if (!schema.empty()) {
        auto there = has_schema(schema);
        if (!there) return tl::unexpected(there.error());
        if (!*there) return std::vector<std::string>{};
    }
    const std::array<Value, 2> names{std::string(table), std::string(schema.empty() ? "main" : schema)};
    auto found = query("SELECT name FROM pragma_table_info(?, ?) ORDER BY cid", names);
    if (!found) return tl::unexpected(found.error());
    std::vector<std::string> result;
    for (auto& row : found->rows) result.push_back(row[0].value_or(""));
    return result;
}

Result<std::vector<std::string>> Sqlite::tables(std::size_t most) {
    auto found = query(fmt::format("SELECT name FROM main.sqlite_schema WHERE type = 'table' "
                                   "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT {}",
                                   most),
                       {});
    if (!found) return tl::unexpected(found.error());
    std::vector<std::string> result;
    for (auto& row : found->rows) result.push_back(row[0].value_or(""));
    return result;
}

std::string Sqlite::quoted(std::string_view identifier) const {
    std::string result = "\"";
    for (const char byte : identifier) result.append(byte == '"' ? 2 : 1, byte);
    return result + '"';
}

Result<bool> Sqlite::lock(int wait_ms, std::string& holder) {
    if (in_memory()) return true;
    return lock_.acquire(lock_file_of(file_), wait_ms, holder);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const Connection& connection, const OpenOptions& options) {
    if (connection.database.empty())
        return fail("target.unresolved", "the connection names no SQLite file",
                    "write the path of the file: sqlite:./dev.sqlite");
    auto database =
        std::make_unique<Sqlite>(connection.database, options, sqlite_settings(connection.parameters));
    if (auto connected = database->connect(); !connected) return tl::unexpected(connected.error());
    return database;
}

}  // namespace migrate::db
