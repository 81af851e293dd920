// TypeORM: the migration classes in the sources, the history table, and how the two are compared.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/support/history_sql.hpp"
#include "adapters/support/js_migration.hpp"
#include "adapters/support/node_files.hpp"
#include "adapters/typeorm/config.hpp"
#include "adapters/typeorm/typeorm.hpp"
#include "base/files.hpp"

namespace migrate::typeorm {

namespace fs = std::filesystem;

namespace {

bool is_source(const std::string& name) {
    if (name.ends_with(".d.ts") || name.ends_with(".d.mts") || name.ends_with(".d.cts")) return false;
    for (auto ending : {".ts", ".js", ".mts", ".cts", ".mjs", ".cjs"})
        if (name.ends_with(ending)) return true;
    return false;
}

/// The sources of a folder, without what was compiled beside them.
std::vector<std::string> sources_in(const fs::path& directory) {
    std::vector<std::string> names;
    std::set<std::string> typescript;
    for (const auto& name : list_directory(directory))
        if (is_source(name)) {
            names.push_back(name);
            if (name.ends_with(".ts")) typescript.insert(fs::path(name).stem().string());
        }
    std::erase_if(names, [&](const std::string& name) {
        return name.ends_with(".js") && typescript.contains(fs::path(name).stem().string());
    });
    return names;
}

/// "[X] 3 Init1700000000000", with or without the id and a leading blank; nullopt for another line.
std::optional<std::pair<bool, std::string>> status_line(std::string_view line) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    bool applied = line.starts_with("[X] ");
    if (!applied && !line.starts_with("[ ] ")) return std::nullopt;
    line.remove_prefix(4);
    std::size_t blank = line.rfind(' ');
    return std::pair{applied, std::string(blank == std::string_view::npos ? line : line.substr(blank + 1))};
}

}  // namespace

/// Identity is the class's name (or the instance's), order its last 13 digits (migration/MigrationExecutor,
/// getMigrations); the name of the file counts for nothing.
Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    std::vector<MigrationFile> found;
    for (const auto& directory : directories_of(unit, root)) {
        for (const auto& name : sources_in(root / directory)) {
            std::string path = (fs::path(directory) / name).lexically_normal().generic_string();
            auto text = read_file(root / path, 1u << 20);
            if (!text) continue;
            for (auto& id : js::migration_classes(*text)) {
                MigrationFile file;
                file.key = id.substr(id.size() - 13);
                file.id = std::move(id);
                file.files = {path};
                file.reversible = js::has_way_back(*text);
                found.push_back(std::move(file));
            }
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    if (auto error =
            node::duplicate_error(unit, found, "TypeORM refuses to work with two classes of one name"))
        return tl::unexpected(*error);
    return found;
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path& root, const Target& target) {
    if (!target.connection.engine || !has_sql_client(*target.connection.engine)) return std::nullopt;
    Engine engine = *target.connection.engine;
    std::string table = "migrations", schema;
    if (auto config = read_config(unit, root)) {
        if (auto own = config->setting("migrationsTableName"); !own.empty()) table = own;
        schema = config->setting("schema");
    }
    return HistoryQuery{schema, table,
                        "SELECT m.name AS id, m." + quoted_name(engine, "timestamp") + " AS " +
                            quoted_name(engine, "key") + " FROM " + qualified_name(engine, schema, table) +
                            " m ORDER BY m.id"};
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    return compare_by_id(files, std::move(rows));
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    if (unit.config.empty()) return std::nullopt;  // only what needs the command line is refused, in plan()
    auto config = read_config(unit, root);
    if (!config) return config.error();
    if (!unit.version) return std::nullopt;
    bool old = is_old(unit);
    if (old && config->form == Config::Form::data_source)
        return Error{"tool.layout",
                     unit.config + " is a data source, but typeorm " + unit.version_text + " reads ormconfig",
                     "Data sources came with 0.3.",
                     {}};
    bool data = config->form == Config::Form::variables || fs::path(unit.config).extension() == ".json" ||
                fs::path(unit.config).extension() == ".yml" || fs::path(unit.config).extension() == ".yaml" ||
                fs::path(unit.config).extension() == ".xml";
    if (!old && data)
        return Error{
            "tool.layout",
            unit.config + " is no data source, and typeorm " + unit.version_text + " reads nothing else",
            "Since 0.3 the command line takes a file that exports one DataSource.",
            {}};
    if (*unit.version >= Version{1, 0, 0} && config->setting("type") == "sqlite")
        return Error{"tool.version",
                     unit.config + ": typeorm " + unit.version_text + " has no driver called sqlite any more",
                     "type: 'better-sqlite3' is what 1.0 has instead.",
                     {}};
    return std::nullopt;
}

/// Nothing is printed with `logger: 'file'` or 'debug', and by a unit without migrations: neither is a
/// status.
Result<HistoryRows> read_status(const Unit& unit, std::string_view output) {
    HistoryRows rows;
    rows.source = HistorySource::native;
    bool understood = false;
    for (const auto& line : node::plain_lines(output)) {
        auto status = status_line(line);
        if (!status) continue;
        understood = true;
        if (!status->first) continue;
        AppliedRow row = node::applied_row(status->second);
        if (row.id.size() > 13) row.key = row.id.substr(row.id.size() - 13);
        rows.rows.push_back(std::move(row));
    }
    if (!understood) return node::not_understood(unit, "typeorm migration:show");
    rows.database_exists = rows.table_exists = true;
    return rows;
}

}  // namespace migrate::typeorm
