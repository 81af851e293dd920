#include <fmt/format.h>

#include <array>
#include <fstream>

#include "backup/dump.hpp"
#include "backup/rehearse.hpp"
#include "db/database.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// What a whole dump says of itself: its tables, and whether it has its end.
struct Contents {
    std::uintmax_t tables = 0;
    bool complete = false;
};

Contents read_back(const fs::path& file) {
    Contents contents;
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    while (std::getline(stream, line)) {
        contents.tables += line.starts_with("CREATE TABLE ");
        contents.complete = line.starts_with("-- Dump completed") || (contents.complete && line.empty());
    }
    return contents;
}

}  // namespace

Result<Dumped> dump_mysql(const Connection& connection, const fs::path& file, const DumpSettings& settings) {
    auto session = db::open(connection, {});
    if (!session) return tl::unexpected(session.error());
    const std::string server = (*session)->server_version();
    const std::array<db::Value, 1> name{connection.database};
    auto sizes = (*session)->query(
        "SELECT COALESCE(SUM(data_length + index_length), 0), COUNT(*), COALESCE(SUM(engine <> 'InnoDB'), 0) "
        "FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
        name);
    if (!sizes) return tl::unexpected(sizes.error());
    auto number = [&](std::size_t column) {
        return std::strtoull(sizes->rows[0][column].value_or("0").c_str(), nullptr, 10);
    };
    auto dump = find_client({"mariadb-dump", "mysqldump"}, 0, "mariadb-client (or MySQL's client programs)",
                            settings.programs);
    if (!dump) return tl::unexpected(dump.error());
    if (auto room = room_for(file, number(0)); !room) return tl::unexpected(room.error());
    std::vector<std::string> args = mysql_options(connection, *dump);
    // One transaction sees InnoDB's tables at one moment; other engines' tables are locked while they are
    // read.
    const bool transactional = number(2) == 0;
    args.insert(args.end(), {transactional ? "--single-transaction" : "--lock-tables", "--routines",
                             "--triggers", "--events", "--hex-blob", "--no-tablespaces",
                             "--result-file=" + file.string(), "--", connection.database});
    std::map<std::string, std::uint64_t> before;
    if (settings.rehearse) {
        auto counts = count_rows(**session);
        if (!counts) return tl::unexpected(counts.error());
        before = std::move(*counts);
    }
    session->reset();
    auto dumped =
        run_client(*dump, std::move(args), mysql_environment(connection), "the dump", settings.programs);
    if (!dumped) return tl::unexpected(dumped.error());
    const Contents contents = read_back(file);
    if (!contents.complete)
        return fail("backup.failed", "the dump has no end: its last line is missing",
                    "The dump was thrown away.");
    if (contents.tables < number(1))
        return fail("backup.failed",
                    fmt::format("the dump holds {} of {} tables", contents.tables, number(1)),
                    "The dump was thrown away. May the user read all of them?");
    Dumped result{dump->said, server, fmt::format("read back to its end; holds all {} tables", number(1))};
    if (settings.rehearse) {
        // A dump's own moment cannot be shared here: the rows lie between what was there before and behind
        // it.
        session = db::open(connection, {});
        if (!session) return tl::unexpected(session.error());
        auto behind = count_rows(**session);
        if (!behind) return tl::unexpected(behind.error());
        result.rows = bounds_of(before, *behind);
    }
    return result;
}

}  // namespace migrate
