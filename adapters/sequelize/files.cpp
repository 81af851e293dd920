// sequelize-cli: the migrations on disk, the history table, and how the two are compared.
#include <algorithm>

#include "adapters/sequelize/config.hpp"
#include "adapters/sequelize/sequelize.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_files.hpp"
#include "base/files.hpp"

namespace migrate::sequelize {

namespace fs = std::filesystem;

namespace {

/// The patterns of core/migrator.js: 6.0 /\.c?js$/, 6.2 adds .ts, 6.3 leaves .d.ts out, 6.6.1 adds .cts.
bool is_loaded(const std::string& name, const Version& version) {
    if (name.ends_with(".js") || name.ends_with(".cjs")) return true;
    if (name.ends_with(".d.ts")) return version >= Version{6, 2, 0} && version < Version{6, 3, 0};
    if (name.ends_with(".ts")) return version >= Version{6, 2, 0};
    return name.ends_with(".cts") && version >= Version{6, 6, 1};
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Version version = unit.version.value_or(Version{6, 6, 5});
    std::string directory = places_of(unit, root).migrations;
    std::vector<MigrationFile> found;
    for (const auto& name : list_directory(root / directory)) {
        bool loaded = is_loaded(name, version);
        if (!loaded && !node::looks_like_migration(name)) continue;
        MigrationFile file = node::migration_file(root, directory, name);
        if (!loaded) file.key = node::kSkipped;
        found.push_back(std::move(file));
    }
    return found;
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path& root, const Target& target) {
    if (!target.connection.engine || !has_sql_client(*target.connection.engine)) return std::nullopt;
    auto config = read_config(unit, root, std::nullopt);
    Storage storage = config ? storage_of(*config) : Storage{};
    if (storage.kind != "sequelize") return std::nullopt;
    Engine engine = *target.connection.engine;
    std::string from =
        " FROM " + qualified_name(engine, storage.schema, storage.table) + " m ORDER BY m.name";
    // db:migrate:schema:timestamps:add and migrationTimestamps give the table times.
    return HistoryQuery{storage.schema, storage.table,
                        "SELECT m.name AS id, m." + quoted_name(engine, "createdAt") + " AS at" + from,
                        "createdAt", "SELECT m.name AS id" + from};
}

/// The table keeps no order: what counts for `undo` is the order of the names, byte by byte, whatever the
/// database's collation made of it.
History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    std::sort(rows.rows.begin(), rows.rows.end(),
              [](const AppliedRow& a, const AppliedRow& b) { return a.id < b.id; });
    auto columns = std::move(rows.columns);
    History history = node::compare_with_skipped(files, std::move(rows));
    history.ordered_by_file = true;
    history.columns = std::move(columns);
    return history;
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    if (unit.version && unit.version->major >= 7)
        return Error{"tool.version",
                     unit.id + " has sequelize-cli " + unit.version_text + ", which is another program",
                     "Versions up to 6 are known here.",
                     {}};
    if (!unit.config.empty() && !fs::exists(root / unit.config))
        return Error{"tool.layout", unit.config + " is not there", "", {}};
    return std::nullopt;
}

Result<HistoryRows> read_status(const Unit& unit, std::string_view output) {
    HistoryRows rows;
    rows.source = HistorySource::native;
    bool understood = false;
    for (const auto& line : node::plain_lines(output)) {
        if (line.starts_with("up ") && line.find(' ', 3) == std::string::npos)
            rows.rows.push_back(node::applied_row(std::string_view(line).substr(3)));
        understood |= line.starts_with("up ") || line.starts_with("down ") ||
                      line.starts_with("Loaded configuration file") || line.starts_with("Parsed url");
    }
    if (!understood) return node::not_understood(unit, "sequelize db:migrate:status");
    rows.database_exists = rows.table_exists = true;
    return rows;
}

}  // namespace migrate::sequelize
