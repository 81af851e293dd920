// Scripts and the history table, compared as Flyway does.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/flyway/flyway.hpp"
#include "adapters/support/history_sql.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

void list_files(const fs::path& root, const std::string& directory, std::vector<std::string>& paths) {
    for (const auto& name : list_directory(root / directory)) {
        std::string path = (fs::path(directory) / name).lexically_normal().generic_string();
        std::error_code ignored;
        if (fs::is_directory(fs::symlink_status(root / path, ignored)))
            list_files(root, path, paths);
        else
            paths.push_back(path);
    }
}

/// The roots that scripts are looked for under: those of the configuration that exist, else what detection
/// found. A root inside another one is left out: Flyway looks into subfolders.
std::vector<std::string> roots_of(const Unit& unit, const Config& config, const fs::path& root) {
    std::vector<std::string> candidates;
    auto add = [&](const std::string& path) {
        std::error_code ignored;
        if (fs::is_directory(root / path, ignored)) candidates.push_back(path);
    };
    if (config.has_locations)
        for (const auto& path : config.locations) add(path);
    if (candidates.empty())
        for (const auto& directory : unit.migrations) add(directory.path);
    if (candidates.empty())
        for (const auto& path : config.locations) add(path);
    std::sort(candidates.begin(), candidates.end());
    std::vector<std::string> roots;
    for (const auto& path : candidates)
        if (roots.empty() || (path != roots.back() && !path.starts_with(roots.back() + "/")))
            roots.push_back(path);
    return roots;
}

bool contains(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

std::string base_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

bool versioned(const MigrationFile& file) {
    return !file.key.empty();
}

bool is_baseline(const MigrationFile& file) {
    return base_name(file.files.front()).starts_with('B');
}

/// What a repeatable script is known by.
std::string description_of(std::string_view script) {
    auto name = parse_name(base_name(script));
    return name ? name->description : std::string(script);
}

bool same_version(std::string_view a, std::string_view b) {
    auto left = MigrationVersion::parse(a), right = MigrationVersion::parse(b);
    return left && right ? *left == *right : a == b;
}

bool less_version(std::string_view a, std::string_view b) {
    auto left = MigrationVersion::parse(a), right = MigrationVersion::parse(b);
    return left && right && *left < *right;
}

const MigrationFile* file_for(const std::vector<MigrationFile>& files, const AppliedRow& row) {
    for (const auto& file : files) {
        if (row.key.empty()) {
            if (!versioned(file) && description_of(file.id) == description_of(row.id)) return &file;
        } else if (versioned(file) && is_baseline(file) == (row.detail == "SQL_BASELINE") &&
                   same_version(file.key, row.key)) {
            return &file;
        }
    }
    return nullptr;
}

/// The rows that still count, in their order: what was undone, deleted or superseded is gone.
std::vector<AppliedRow> active_rows(const std::vector<AppliedRow>& rows) {
    std::vector<AppliedRow> active;
    auto drop = [&](const AppliedRow& by) {
        std::erase_if(active, [&](const AppliedRow& row) {
            if (by.key.empty() != row.key.empty()) return false;
            return by.key.empty() ? description_of(row.id) == description_of(by.id)
                                  : same_version(row.key, by.key);
        });
    };
    for (const AppliedRow& row : rows) {
        if (row.detail == "SCHEMA") continue;
        bool gone = row.detail == "DELETE" || row.detail.starts_with("UNDO");
        if (gone && row.state == AppliedRow::State::applied) drop(row);
        if (gone) continue;
        if (row.key.empty() || row.state == AppliedRow::State::applied) drop(row);
        active.push_back(row);
    }
    return active;
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Config config = read_config(unit, root, "");
    std::vector<MigrationFile> result;
    std::map<std::string, std::string> undo;  // path -> version
    for (const auto& base : roots_of(unit, config, root)) {
        std::vector<std::string> paths;
        list_files(root, base, paths);
        for (const auto& path : paths) {
            auto name = parse_name(base_name(path));
            if (!name) continue;
            if (name->kind == FileName::Kind::undo) {
                undo[path] = name->version;
                continue;
            }
            MigrationFile file;
            file.id = fs::path(path).lexically_relative(base).generic_string();
            file.files = {path};
            file.key = name->version;
            file.reversible = false;
            if (contains(paths, path + ".conf")) file.files.push_back(path + ".conf");
            if (config.out_of_order) file.labels.push_back("outOfOrder");
            auto text = name->suffix == ".sql" ? read_file(root / path) : std::nullopt;
            // What a placeholder stands for is known when Flyway runs; a repeatable script's checksum has it.
            bool unknown =
                name->version.empty() && config.placeholders && text && text->find("${") != std::string::npos;
            if (text && !unknown) file.checksum = std::to_string(checksum_of(*text));
            for (const auto& other : result)
                if (versioned(file) && versioned(other) && is_baseline(file) == is_baseline(other) &&
                    same_version(file.key, other.key))
                    return fail("migration.duplicate",
                                path + ": version " + file.key + " is also in " + other.files.front(),
                                "Flyway stops at two scripts of one version. Give one of them another.");
            result.push_back(std::move(file));
        }
    }
    for (MigrationFile& file : result)
        for (const auto& [path, version] : undo)
            if (versioned(file) && !is_baseline(file) && same_version(file.key, version)) {
                file.down_file = path;
                file.reversible = true;
            }
    std::stable_sort(result.begin(), result.end(), [](const MigrationFile& a, const MigrationFile& b) {
        if (versioned(a) != versioned(b)) return versioned(a);
        if (!versioned(a)) return description_of(a.id) < description_of(b.id);
        if (less_version(a.key, b.key)) return true;
        return !less_version(b.key, a.key) && is_baseline(a) && !is_baseline(b);
    });
    return result;
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path& root, const Target& target) {
    Engine engine = target.connection.engine.value_or(Engine::postgresql);
    if (!has_sql_client(engine)) return std::nullopt;
    Config config = read_config(unit, root, "");
    std::string table = config.table.empty() ? "flyway_schema_history" : config.table;
    bool boolean = engine == Engine::postgresql || engine == Engine::cockroachdb;
    auto column = [&](std::string_view name) { return quoted_name(engine, name); };
    return HistoryQuery{
        config.schema, table,
        "SELECT " + column("script") + " AS " + column("id") + ", " + column("installed_on") + " AS " +
            column("at") + ", " + column("checksum") + ", " + column("version") + " AS " + column("key") +
            ", " + column("type") + " AS " + column("detail") + ", CASE WHEN " + column("success") +
            (boolean ? "" : " = 1") + " THEN 'applied' ELSE 'failed' END AS " + column("state") + " FROM " +
            qualified_name(engine, config.schema, table) + " ORDER BY " + column("installed_rank")};
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    History history;
    history.source = rows.source;
    history.initialised = rows.table_exists;
    history.database_exists = rows.database_exists;
    history.edited_known = true;

    std::string newest, baseline;  // versions
    std::set<std::string, std::less<>> done;
    for (AppliedRow row : active_rows(rows.rows)) {
        const MigrationFile* file = file_for(files, row);
        if (file) row.id = file->id;
        if (row.state != AppliedRow::State::applied) {
            done.insert(row.id);  // neither applied nor pending: nothing runs before it is resolved
            row.detail = "recorded as failed";  // the row says no more than that
            history.failed.push_back(row);
            continue;
        }
        if (!row.key.empty() && (newest.empty() || less_version(newest, row.key))) newest = row.key;
        if (row.detail == "BASELINE" || row.detail == "SQL_BASELINE") baseline = row.key;
        bool differs =
            file && !row.checksum.empty() && !file->checksum.empty() && row.checksum != file->checksum;
        if (row.key.empty() && differs) continue;  // a repeatable script that changed runs again
        done.insert(row.id);
        if (!file && row.detail != "BASELINE") history.missing.push_back(row.id);
        if (differs) history.edited.push_back(row.id);
        history.applied.push_back(std::move(row));
    }

    // Into an empty history the newest baseline script goes first, and stands for all before it.
    std::string begins_at = baseline;
    if (newest.empty())
        for (const auto& file : files)
            if (versioned(file) && is_baseline(file)) begins_at = file.key;
    for (const auto& file : files) {
        if (done.contains(file.id)) continue;
        if (!versioned(file)) {
            history.pending.push_back(file);
        } else if (is_baseline(file)) {
            if (newest.empty() && file.key == begins_at) history.pending.push_back(file);
        } else if (!begins_at.empty() && !less_version(begins_at, file.key)) {
            continue;
        } else if (!newest.empty() && less_version(file.key, newest)) {
            history.out_of_order.push_back(file.id);
            if (contains(file.labels, "outOfOrder"))
                history.pending.push_back(file);
            else
                history.will_skip.push_back(file.id);
        } else {
            history.pending.push_back(file);
        }
    }
    history.state = state_of(history);
    if (history.state == State::current && !history.will_skip.empty()) history.state = State::pending;
    return history;
}

Result<HistoryRows> read_status(const Unit&, std::string_view output) {
    std::size_t from = output.find('{');
    auto document =
        nlohmann::json::parse(from == std::string_view::npos ? "" : output.substr(from), nullptr, false);
    if (!document.is_object())
        return fail("tool.failed", "flyway info printed no JSON document",
                    "The build's plugins have no JSON output.");
    if (document.contains("error") && document["error"].is_object())
        return fail("tool.failed",
                    "flyway info: " + document["error"].value("errorCode", std::string("failed")));
    HistoryRows rows;
    rows.source = HistorySource::native;
    rows.database_exists = rows.table_exists = true;
    auto text = [](const nlohmann::json& entry, const char* key) {
        auto found = entry.find(key);
        return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    auto entries = document.find("migrations");
    if (entries == document.end() || !entries->is_array()) return rows;
    for (const auto& entry : *entries) {
        if (!entry.is_object()) continue;
        std::string state = text(entry, "state");
        AppliedRow row;
        row.at = text(entry, "installedOnUTC");
        if (row.at.empty() || state == "Superseded" || state == "Deleted" || state == "Undone" ||
            state == "Outdated")
            continue;
        row.id = base_name(text(entry, "filepath"));
        if (row.id.empty()) row.id = text(entry, "description");
        row.key = text(entry, "version");
        row.detail = text(entry, "type");
        if (state.starts_with("Failed")) row.state = AppliedRow::State::failed;
        rows.rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace migrate::flyway
