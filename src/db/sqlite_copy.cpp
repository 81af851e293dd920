#include "db/sqlite_copy.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>

namespace migrate::db {

namespace {

constexpr int kPagesAtATime = 1024;
constexpr int kBusyMs = 30000;

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Result<Handle> opened(const std::string& file, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    Handle handle(raw);
    if (code != SQLITE_OK)
        return fail(code == SQLITE_CANTOPEN ? "target.missing" : "sql.failed",
                    fmt::format("{}: {}", file, sqlite3_errstr(code)));
    sqlite3_busy_timeout(raw, kBusyMs);
    return handle;
}

/// The first column of the first row.
Result<std::string> one(sqlite3* handle, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    std::string text;
    if (code == SQLITE_ROW)
        if (const unsigned char* value = sqlite3_column_text(statement, 0))
            text = reinterpret_cast<const char*>(value);
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_finalize(statement);
    if (code != SQLITE_ROW) return fail("sql.failed", message);
    return text;
}

}  // namespace

Result<void> copy_sqlite(const std::string& from, const std::filesystem::path& to) {
    auto source = opened(from, SQLITE_OPEN_READONLY);
    if (!source) return tl::unexpected(source.error());
    auto copy = opened(to.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!copy) return tl::unexpected(copy.error());
    sqlite3_backup* backup = sqlite3_backup_init(copy->get(), "main", source->get(), "main");
    if (backup == nullptr) return fail("sql.failed", sqlite3_errmsg(copy->get()));
    int code = SQLITE_OK;
    int waited_ms = 0;
    // Others may write between two steps; the library then starts again from the first page.
    while (code == SQLITE_OK || ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && waited_ms < kBusyMs)) {
        if (code != SQLITE_OK) waited_ms += sqlite3_sleep(50);
        code = sqlite3_backup_step(backup, kPagesAtATime);
    }
    sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE) return {};
    return fail("sql.failed", fmt::format("{}: {}", from, sqlite3_errstr(code)));
}

Result<int> check_sqlite(const std::filesystem::path& file) {
    // Nobody else writes to it, and a copy of a database with a write-ahead log must not get one beside it.
    std::string uri = "file://";
    for (const char byte : file.string())
        uri += byte == '%' || byte == '?' || byte == '#'
                   ? fmt::format("%{:02X}", static_cast<unsigned char>(byte))
                   : std::string(1, byte);
    auto handle = opened(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    if (!handle) return tl::unexpected(handle.error());
    auto said = one(handle->get(), "PRAGMA integrity_check");
    if (!said) return tl::unexpected(said.error());
    if (*said != "ok") return fail("sql.failed", fmt::format("{}: {}", file.string(), *said));
    auto tables =
        one(handle->get(),
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\'");
    if (!tables) return tl::unexpected(tables.error());
    return std::atoi(tables->c_str());
}

std::string sqlite_version() {
    return sqlite3_libversion();
}

}  // namespace migrate::db
