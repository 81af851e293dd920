#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "db/clients.hpp"

namespace migrate::db {

namespace {

constexpr std::chrono::milliseconds kFirstPause{250};

/// libSQL keeps SQLite's file format; only its server speaks a protocol of its own.
bool is_sqlite_file(const Connection& connection) {
    return connection.host.empty() &&
           (connection.url.empty() || connection.url.starts_with("file:") || connection.url == ":memory:");
}

tl::unexpected<Error> no_client(std::string_view engine) {
    return fail("target.unresolved", fmt::format("there is no built-in client for {} databases", engine),
                "PostgreSQL, MySQL, MariaDB and SQLite can be read directly; other databases are reached "
                "only through the tool's own commands");
}

Result<std::unique_ptr<Database>> open_once(const Connection& connection, const OpenOptions& options) {
    if (!connection.engine)
        return fail("target.unresolved", "the kind of database is not known",
                    "write the URL with its scheme: postgresql://, mysql:// or sqlite:");
    switch (*connection.engine) {
        case Engine::sqlite:
            return open_sqlite(connection, options);
        case Engine::libsql:
            if (is_sqlite_file(connection)) return open_sqlite(connection, options);
            return no_client("libSQL server");
        case Engine::postgresql:
        case Engine::cockroachdb:
            return open_postgresql(connection, options);
        case Engine::mysql:
        case Engine::mariadb:
            return open_mysql(connection, options);
        default:
            return no_client(to_string(*connection.engine));
    }
}

}  // namespace

Result<void> Database::each(std::string_view sql, std::span<const Value> parameters, const RowTaker& take) {
    auto rows = query(sql, parameters);
    if (!rows) return tl::unexpected(rows.error());
    const std::vector<std::string_view> columns(rows->columns.begin(), rows->columns.end());
    std::vector<std::optional<std::string_view>> values;
    for (const auto& row : rows->rows) {
        values.assign(row.begin(), row.end());
        take({columns, values, rows->rows.size()});
    }
    return {};
}

Result<Rows> Database::execute_all(std::span<const Sent> statements, std::size_t& done) {
    Rows rows;
    for (done = 0; done < statements.size(); ++done) {
        const Sent& one = statements[done];
        rows = {};
        if (one.parameters.empty()) {
            if (auto sent = execute(one.sql); !sent) return tl::unexpected(sent.error());
        } else if (auto sent = query(one.sql, one.parameters); !sent) {
            return sent;
        } else {
            rows = std::move(*sent);
        }
    }
    return rows;
}

Result<void> Database::begin() {
    const bool file = engine() == Engine::sqlite || engine() == Engine::libsql;
    return execute(file ? "BEGIN IMMEDIATE" : "BEGIN");
}

Result<std::unique_ptr<Database>> open(const Connection& connection, const OpenOptions& options) {
    // A server that is starting, or has no session free, may take us in a moment.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.connect_timeout_s);
    for (auto pause = kFirstPause;; pause *= 2) {
        auto opened = open_once(connection, options);
        if (opened || opened.error().code != kNotYet) return opened;
        if (std::chrono::steady_clock::now() + pause > until) {
            opened.error().code = "target.unreachable";
            return opened;
        }
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace migrate::db
