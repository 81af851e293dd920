#include <fmt/format.h>

#include "backup/dump.hpp"
#include "backup/rehearse.hpp"
#include "db/database.hpp"
#include "db/sqlite_copy.hpp"

namespace migrate {

namespace fs = std::filesystem;

Result<Dumped> dump_sqlite(const Connection& connection, const fs::path& file, const DumpSettings& settings) {
    if (connection.database == ":memory:")
        return fail("backup.unsupported", "a database in memory ends with its program", "Nothing was done.");
    auto session = db::open(connection, {});
    if (!session) return tl::unexpected(session.error());
    std::map<std::string, std::uint64_t> before;
    if (settings.rehearse) {
        auto counts = count_rows(**session);
        if (!counts) return tl::unexpected(counts.error());
        before = std::move(*counts);
    }
    if (auto room = room_for(file, size_of(connection.database)); !room) return tl::unexpected(room.error());
    if (auto copied = db::copy_sqlite(connection.database, file); !copied)
        return tl::unexpected(copied.error());
    auto tables = db::check_sqlite(file);
    if (!tables)
        return fail("backup.failed", "the copy is damaged: " + tables.error().message,
                    "The copy was thrown away. `PRAGMA integrity_check` on the database itself says whether "
                    "it is whole.");
    const std::string version = "SQLite " + db::sqlite_version();
    Dumped result{version, version, fmt::format("checked by SQLite as a whole; {} tables", *tables)};
    if (settings.rehearse) {
        auto behind = count_rows(**session);
        if (!behind) return tl::unexpected(behind.error());
        result.rows = bounds_of(before, *behind);
    }
    return result;
}

}  // namespace migrate
