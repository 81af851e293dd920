#include <fmt/format.h>

#include "backup/dump.hpp"
#include "db/database.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

std::uintmax_t number_of(const Result<db::Rows>& rows) {
    if (!rows || rows->rows.empty() || !rows->rows[0][0]) return 0;
    return std::strtoull(rows->rows[0][0]->c_str(), nullptr, 10);
}

}  // namespace

Result<Dumped> dump_postgresql(const Connection& connection, const fs::path& file,
                               const DumpSettings& settings) {
    auto session = db::open(connection, {});
    if (!session) return tl::unexpected(session.error());
    const std::string server = (*session)->server_version();
    const std::uintmax_t size = number_of((*session)->query("SELECT pg_database_size(current_database())"));
    const std::uintmax_t tables = number_of((*session)->query(
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> "
        "'information_schema' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND "
        "d.deptype = 'e')"));
    session->reset();

    const int major = parse_version(server).value_or(Version{}).major;
    const std::string package = fmt::format("postgresql-client-{}", major);
    auto dump = find_client({"pg_dump"}, major, package, settings.programs);
    if (!dump) return tl::unexpected(dump.error());
    auto restore = find_client({"pg_restore"}, dump->version.major, package, settings.programs);
    if (!restore) return tl::unexpected(restore.error());
    if (auto room = room_for(file, size); !room) return tl::unexpected(room.error());

    const auto environment = postgresql_environment(connection);
    auto dumped = run_client(*dump,
                             {"--format=" + settings.format, "--no-password", "--lock-wait-timeout=30s",
                              "--file=" + file.string()},
                             environment, "the dump", settings.programs);
    if (!dumped) return tl::unexpected(dumped.error());
    // All of it is read and turned into SQL again, not only its table of contents.
    auto read = run_client(*restore, {"--file=/dev/null", file.string()}, {}, "the dump cannot be read back",
                           settings.programs);
    if (!read) return tl::unexpected(read.error());
    return Dumped{dump->said, server,
                  fmt::format("read back as a whole by pg_restore; the database had {} tables", tables)};
}

}  // namespace migrate
