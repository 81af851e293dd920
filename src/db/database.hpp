#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate::db {

/// A column's value in the database's own text form; nullopt is NULL.
using Value = std::optional<std::string>;

struct Rows {
    std::vector<std::string> columns;
    std::vector<std::vector<Value>> rows;
};

/// One row in the driver's own memory, for as long as the call takes.
struct RowView {
    std::span<const std::string_view> columns;
    std::span<const std::optional<std::string_view>> values;
    std::size_t of = 0;  ///< how many rows there are; 0 where the driver does not know yet
};
using RowTaker = std::function<void(const RowView&)>;

struct OpenOptions {
    bool read_only = true;    ///< enforced by the database: read-only transaction, SQLITE_OPEN_READONLY
    bool create = false;      ///< SQLite only: create the file if it is missing
    bool for_writes = false;  ///< allow_writes() is likely to follow: it need not open anything anew then
    int connect_timeout_s = 10;
    int lock_timeout_ms = 5000;  ///< lock_timeout / innodb_lock_wait_timeout / busy timeout
};

/// One of several statements that are sent together.
struct Sent {
    std::string_view sql;
    std::span<const Value> parameters = {};
    /// One of many of its kind, which change rows and nothing else: PostgreSQL may be sent it in one query
    /// string with its neighbours.
    bool joins = false;
};

/// One session with one database. Driven by the history reader, the raw-SQL runner and the built-in steps.
/// Errors are `sql.failed` (message: the server's text; hint: its detail) or `target.unreachable` when the
/// session is gone. Never throws, never prints, never puts a password into an error.
class Database {
  public:
    virtual ~Database() = default;
    virtual Engine engine() const = 0;
    virtual std::string server_version() const = 0;

    /// From now on a session that was opened read-only may write, and is as one that was opened so. It must
    /// be in no transaction. Errors: those of open().
    virtual Result<void> allow_writes() = 0;
    /// A number that is another one as soon as somebody else has changed the database; nullopt where the
    /// database keeps none.
    virtual std::optional<std::int64_t> version_by_others() { return {}; }
    /// The same, where what this session itself writes counts, too. PostgreSQL: nullopt while a transaction
    /// that writes is open anywhere in the server.
    virtual std::optional<std::int64_t> version() { return version_by_others(); }

    /// One statement with positional parameters, written as `?` on every engine.
    virtual Result<Rows> query(std::string_view sql, std::span<const Value> parameters = {}) = 0;
    /// The same for a query with thousands of rows, which are handed over one by one and kept by nobody. What
    /// came before an error is void.
    virtual Result<void> each(std::string_view sql, std::span<const Value> parameters, const RowTaker& take);
    /// These questions follow, as query() and each() will be asked them and in this order as a rule. A server
    /// that can gets all of them at once, and works at the next while we do at the last one's answer; one
    /// that is not asked after all has cost its answer. In no transaction.
    virtual void expect(std::span<const Sent> questions) { (void)questions; }
    /// One statement exactly as it stands (no parameters are looked for in it); its result is thrown away.
    virtual Result<void> execute(std::string_view sql) = 0;
    /// Several statements one after the other, as query() (those with parameters) and execute() take them;
    /// the rows are those of the last one, where it is a query with parameters. Stops at the first that
    /// fails; `done` is how many came before it. On PostgreSQL they travel together: none may be a COPY, and
    /// what is in no transaction is one.
    virtual Result<Rows> execute_all(std::span<const Sent> statements, std::size_t& done);
    /// Begins a transaction, on SQLite one that takes the write lock at once instead of failing half way. The
    /// server may hear of it together with the next statement only, with whose errors its own come, too.
    virtual Result<void> begin();
    /// PostgreSQL: `COPY ... FROM STDIN` and the lines that follow it.
    virtual Result<void> copy_in(std::string_view copy_statement, std::string_view data) = 0;

    /// Whether the session is inside a transaction, as the server sees it.
    virtual bool in_transaction() const = 0;
    /// Byte offset in the statement where the last error lies, where the server says so.
    virtual std::optional<std::size_t> error_offset() const = 0;
    /// The database's own code of the last error: SQLSTATE ("55P03"), MySQL's number ("1205"), SQLite's name
    /// ("SQLITE_BUSY"); "" where there was none.
    virtual std::string error_state() const { return ""; }
    /// What the server had to say beside its results since the last call (NOTICE, WARNING), never printed.
    virtual std::vector<std::string> take_notices() { return {}; }

    /// "" as schema is the session's current one.
    virtual Result<bool> table_exists(std::string_view schema, std::string_view table) = 0;
    /// Of a table or view, in their order; none where it is not there.
    virtual Result<std::vector<std::string>> columns(std::string_view schema, std::string_view table) = 0;
    /// Tables of the current schema that belong to no extension, the first `most` by name; SQLite: without
    /// sqlite_*.
    virtual Result<std::vector<std::string>> tables(std::size_t most = kAll) = 0;
    static constexpr std::size_t kAll = std::numeric_limits<std::int64_t>::max();
    virtual std::string quoted(std::string_view identifier) const = 0;

    /// One migrator at a time: a session lock in the database itself (a lock file beside a SQLite file),
    /// held until unlock() or the end of the session. false: not ours after `wait_ms`; `holder` says who.
    /// Error `lock.none` where the database has no such thing (CockroachDB).
    virtual Result<bool> lock(int wait_ms, std::string& holder) = 0;
    virtual void unlock() = 0;
};

/// Opens a session. Errors: `target.missing` (no such database or file), `target.unreachable` (server,
/// login, TLS), `target.unresolved` (an engine without a client here).
Result<std::unique_ptr<Database>> open(const Connection& connection, const OpenOptions& options);

}  // namespace migrate::db
