// Knex: the migrations on disk, the history table, and how the two are compared.
#include <algorithm>
#include <filesystem>
#include <set>

#include "adapters/knex/config.hpp"
#include "adapters/knex/knex.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/js_migration.hpp"
#include "adapters/support/node_files.hpp"
#include "base/files.hpp"

namespace migrate::knex {

namespace fs = std::filesystem;

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Migrations settings = migrations_of(unit, root);
    std::vector<MigrationFile> found;
    for (const auto& directory : settings.directories) {
        for (const auto& name : list_directory(root / directory)) {
            std::string extension = fs::path(name).extension().string();
            bool loaded = std::find(settings.extensions.begin(), settings.extensions.end(), extension) !=
                          settings.extensions.end();
            if (!loaded && !node::looks_like_migration(name)) continue;
            MigrationFile file = node::migration_file(root, directory, name);
            if (!loaded) file.key = node::kSkipped;
            found.push_back(std::move(file));
        }
    }
    // Without sortDirsSeparately all directories are one list, sorted by name (fs-migrations.js).
    if (!settings.sort_separately)
        std::stable_sort(found.begin(), found.end(),
                         [](const auto& a, const auto& b) { return a.id < b.id; });
    if (auto error = node::duplicate_error(unit, found, "Knex knows a migration by its file name alone"))
        return tl::unexpected(*error);
    return found;
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path& root, const Target& target) {
    if (!target.connection.engine || !has_sql_client(*target.connection.engine)) return std::nullopt;
    Engine engine = *target.connection.engine;
    Migrations settings = migrations_of(unit, root);
    return HistoryQuery{settings.schema, settings.table,
                        "SELECT m.name AS id, m.batch AS batch, m.migration_time AS at FROM " +
                            qualified_name(engine, settings.schema, settings.table) + " m ORDER BY m.id"};
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    return node::compare_with_skipped(files, std::move(rows));
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    // Without a knexfile the history can still be read; only what needs the command line is refused, in
    // plan().
    if (unit.config.empty() || fs::exists(root / unit.config)) return std::nullopt;
    return Error{"tool.layout",
                 unit.config + " is not there",
                 "Knex would silently take the next knexfile in a folder above, and so another database.",
                 {}};
}

Result<HistoryRows> read_status(const Unit& unit, std::string_view output) {
    HistoryRows rows;
    rows.source = HistorySource::native;
    bool understood = false;
    bool applied = false;
    for (std::string_view line : node::plain_lines(output)) {
        if (line.find("Completed Migration file") != std::string_view::npos) {
            understood = true;
            applied = line.starts_with("Found");
        } else if (line.find("Pending Migration file") != std::string_view::npos) {
            applied = false;
        } else if (applied && !line.empty()) {
            rows.rows.push_back(node::applied_row(line));
        }
    }
    if (!understood) return node::not_understood(unit, "knex migrate:list");
    rows.database_exists = rows.table_exists = true;
    return rows;
}

}  // namespace migrate::knex
