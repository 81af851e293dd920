#include <fmt/format.h>

#include "backup/dump.hpp"
#include "backup/rehearse.hpp"
#include "db/database.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

std::uintmax_t number_of(const Result<db::Rows>& rows) {
    if (!rows || rows->rows.empty() || !rows->rows[0][0]) return 0;
    return std::strtoull(rows->rows[0][0]->c_str(), nullptr, 10);
}

/// Counts all rows as the dump will see them; returns the snapshot's name. It is there as long as the
/// session.
Result<std::string> count_in_snapshot(db::Database& session, RowBounds& rows) {
    // The dump takes as long as it takes, and may begin late.
    for (const std::string_view sql :
         {"SET idle_in_transaction_session_timeout = 0", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
        if (auto done = session.execute(sql); !done) return tl::unexpected(done.error());
    auto snapshot = session.query("SELECT pg_export_snapshot()");
    if (!snapshot) return tl::unexpected(snapshot.error());
    auto counts = count_rows(session);
    if (!counts) return tl::unexpected(counts.error());
    rows = bounds_of(*counts, *counts);
    return snapshot->rows.at(0)[0].value_or("");
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

    const int major = parse_version(server).value_or(Version{}).major;
    const std::string package = fmt::format("postgresql-client-{}", major);
    auto dump = find_client({"pg_dump"}, major, package, settings.programs);
    if (!dump) return tl::unexpected(dump.error());
    auto restore = find_client({"pg_restore"}, dump->version.major, package, settings.programs);
    if (!restore) return tl::unexpected(restore.error());
    if (auto room = room_for(file, size); !room) return tl::unexpected(room.error());

    std::vector<std::string> args{"--format=" + settings.format, "--no-password", "--lock-wait-timeout=30s",
                                  "--file=" + file.string()};
    RowBounds rows;
    if (settings.rehearse) {
        auto snapshot = count_in_snapshot(**session, rows);
        if (!snapshot) return tl::unexpected(snapshot.error());
        args.push_back("--snapshot=" + *snapshot);
    } else {
        session->reset();
    }
    const auto environment = postgresql_environment(connection);
    auto dumped = run_client(*dump, std::move(args), environment, "the dump", settings.programs);
    if (!dumped) return tl::unexpected(dumped.error());
    session->reset();
    // All of it is read and turned into SQL again, not only its table of contents.
    auto read = run_client(*restore, {"--file=/dev/null", file.string()}, {}, "the dump cannot be read back",
                           settings.programs);
    if (!read) return tl::unexpected(read.error());
    return Dumped{dump->said, server,
                  fmt::format("read back as a whole by pg_restore; the database had {} tables", tables),
                  std::move(rows)};
}

}  // namespace migrate
