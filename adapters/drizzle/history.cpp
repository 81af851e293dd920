// Drizzle's migrations on disk, in both layouts, and its table __drizzle_migrations.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/drizzle/project.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/sql_file.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"

namespace migrate::drizzle {

namespace fs = std::filesystem;

namespace {

MigrationFile read_migration(const fs::path& root, std::string id, const std::string& path, std::string down,
                             std::string key) {
    MigrationFile file;
    file.id = std::move(id);
    file.key = std::move(key);
    file.down_file = std::move(down);
    if (auto bytes = read_file(root / path)) {
        file.files = {path};
        file.checksum = sha256_hex(*bytes);
    }
    auto back = read_file(root / file.down_file);
    file.reversible = back && has_statement(*back);
    return file;
}

/// Entries of meta/_journal.json, in its order: what is not in there never runs.
Result<std::vector<MigrationFile>> from_journal(const fs::path& root, const std::string& out) {
    const std::string path = out + "/meta/_journal.json";
    auto text = read_file(root / path);
    auto journal = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (!journal.is_object() || !journal.contains("entries") || !journal["entries"].is_array())
        return fail("migration.invalid", path + ": this is no journal of Drizzle",
                    "After a merge it often holds conflict markers. drizzle-kit cannot read it either.");
    std::vector<MigrationFile> files;
    for (const auto& entry : journal["entries"]) {
        if (!entry.is_object() || !entry.contains("tag") || !entry["tag"].is_string()) continue;
        std::string tag = entry["tag"];
        std::string when;
        if (entry.contains("when") && entry["when"].is_number())
            when = std::to_string(entry["when"].get<long long>());
        files.push_back(
            read_migration(root, tag, out + "/" + tag + ".sql", out + "/" + tag + ".down.sql", when));
    }
    return files;
}

std::vector<MigrationFile> from_folders(const fs::path& root, const std::string& out) {
    std::vector<MigrationFile> files;
    for (const auto& name : list_directory(root / out)) {
        std::error_code ignored;
        const std::string folder = out + "/" + name;
        if (!fs::is_directory(root / folder, ignored)) continue;
        if (!is_folder_name(name) && !fs::is_regular_file(root / folder / "migration.sql", ignored)) continue;
        files.push_back(read_migration(root, name, folder + "/migration.sql", folder + "/down.sql",
                                       milliseconds_of(name)));
    }
    return files;
}

long long to_number(const std::string& text) {
    return std::strtoll(text.c_str(), nullptr, 10);  // SQLite gives numbers back as they were: "1.0" too
}

/// Before 1.0 `created_at` came from a journal with milliseconds; 1.0 cuts them off when it compares.
bool same_time(const std::string& a, const std::string& b, bool seconds_only) {
    if (a.empty() || b.empty()) return false;
    return seconds_only ? to_number(a) / 1000 == to_number(b) / 1000 : to_number(a) == to_number(b);
}

/// The file that a row means: by name (1.0), else by time, else by hash. Two files of one second are told
/// apart by the hash.
const MigrationFile* file_of_row(const std::vector<MigrationFile>& files, const AppliedRow& row,
                                 bool folders) {
    for (const auto& file : files)
        if (file.id == row.id) return &file;
    const MigrationFile* by_time = nullptr;
    for (const auto& file : files) {
        if (!same_time(file.key, row.key, folders)) continue;
        if (file.checksum == row.checksum) return &file;
        if (!by_time) by_time = &file;
    }
    if (by_time) return by_time;
    for (const auto& file : files)
        if (!row.checksum.empty() && file.checksum == row.checksum) return &file;
    return nullptr;
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Project project = read_project(unit, root);
    switch (project.layout) {
        case Layout::journal:
            return from_journal(root, project.out);
        case Layout::folders:
            return from_folders(root, project.out);
        case Layout::none:
            break;
    }
    return std::vector<MigrationFile>{};
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path& root, const Target& target) {
    if (!target.connection.engine || !has_sql_client(*target.connection.engine)) return std::nullopt;
    const Engine engine = *target.connection.engine;
    Project project = read_project(unit, root);
    HistoryQuery query;
    query.table = project.table;
    if (engine == Engine::postgresql || engine == Engine::cockroachdb) query.schema = project.schema;
    const std::string from =
        " FROM " + qualified_name(engine, query.schema, query.table) + " ORDER BY created_at";
    const std::string common = "hash AS checksum, created_at AS " + quoted_name(engine, "key");
    std::string old = "SELECT hash AS id, " + common + from;
    if (version_of(unit, project) < Version{1, 0, 0}) {
        query.select = old;
        return query;
    }
    // 1.0 adds two columns to an older table when it first migrates.
    query.select = "SELECT COALESCE(name, hash) AS id, " + common + ", applied_at AS " +
                   quoted_name(engine, "at") + from + ", name";
    query.column = "name";
    query.select_without = old;
    return query;
}

History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows) {
    const bool folders = unit.version ? *unit.version >= Version{1, 0, 0}
                                      : std::any_of(files.begin(), files.end(),
                                                    [](const auto& file) { return is_folder_name(file.id); });
    // The rows hold hashes: ids of files are put in their place.
    std::vector<std::string> moved;
    std::optional<long long> newest;
    for (auto& row : rows.rows) {
        newest = std::max(newest.value_or(-1), to_number(row.key));
        const MigrationFile* file = file_of_row(files, row, folders);
        if (!file) continue;
        row.id = file->id;
        if (!folders && !same_time(file->key, row.key, false)) moved.push_back(file->id);
    }
    const bool edited_known = rows.source != HistorySource::none;
    auto columns = std::move(rows.columns);
    History history = compare_by_id(files, std::move(rows));
    history.edited_known = edited_known;
    history.columns = std::move(columns);
    if (folders) return history;

    // `migrate` before 1.0 applies what is newer than the newest row, and nothing else.
    for (const auto& file : history.pending)
        if (newest && to_number(file.key) <= *newest) history.will_skip.push_back(file.id);
    std::erase_if(history.out_of_order, [&](const std::string& id) {
        return std::find(history.will_skip.begin(), history.will_skip.end(), id) != history.will_skip.end();
    });
    // A row whose `when` the journal no longer holds: the journal was rewritten after it was applied.
    for (const auto& id : moved)
        if (std::find(history.edited.begin(), history.edited.end(), id) == history.edited.end())
            history.edited.push_back(id);
    history.state = state_of(history);
    return history;
}

}  // namespace migrate::drizzle
