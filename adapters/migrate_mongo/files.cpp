// migrate-mongo: the migrations on disk, the changelog, and how the two are compared.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/migrate_mongo/config.hpp"
#include "adapters/migrate_mongo/migrate_mongo.hpp"
#include "adapters/support/js_migration.hpp"
#include "adapters/support/node_files.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"

namespace migrate::migrate_mongo {

namespace fs = std::filesystem;

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    Config config = read_config(unit, root);
    std::vector<MigrationFile> found;
    for (const auto& name : list_directory(root / config.directory)) {
        if (name == "sample-migration" + config.extension) continue;
        bool loaded = fs::path(name).extension() == config.extension;
        if (!loaded && !node::looks_like_migration(name)) continue;
        MigrationFile file = node::migration_file(root, config.directory, name);
        if (!loaded) file.key = node::kSkipped;
        if (config.uses_hashes)
            if (auto content = read_file(root / file.files.front())) file.checksum = sha256_hex(*content);
        found.push_back(std::move(file));
    }
    return found;
}

std::optional<HistoryQuery> history(const Unit&, const fs::path&, const Target&) {
    return std::nullopt;  // no SQL: the step of `status` reads it
}

/// With useFileHash a file whose sha256 differs from its row's counts as pending again (actions/status.js).
History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    History history = node::compare_with_skipped(files, std::move(rows));
    for (const auto& file : files)
        if (std::find(history.edited.begin(), history.edited.end(), file.id) != history.edited.end())
            history.pending.push_back(file);
    std::stable_sort(history.pending.begin(), history.pending.end(),
                     [](const auto& a, const auto& b) { return a.id < b.id; });
    return history;
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    if (!unit.config.empty() && !fs::exists(root / unit.config))
        return Error{"tool.layout", unit.config + " is not there", "", {}};
    // 14 no longer passes a callback: a migration that waits for one would never end.
    if (!unit.version || unit.version->major < 14) return std::nullopt;
    auto found = files(unit, root);
    if (!found) return std::nullopt;
    for (const auto& file : *found) {
        auto text = read_file(root / file.files.front(), 1u << 20);
        if (!text) continue;
        for (auto function : {"up", "down"}) {
            auto parameters = js::parameters_of(*text, function);
            if (!parameters || parameters->empty()) continue;
            for (auto name : {"callback", "cb", "next", "done"})
                if (parameters->back() == name || parameters->back() == std::string(name) + "_")
                    return Error{"tool.layout",
                                 file.files.front() + ": " + function +
                                     " takes a callback, which migrate-mongo " + unit.version_text +
                                     " never calls",
                                 "Make it an async function; callbacks were removed in version 14.",
                                 {}};
        }
    }
    return std::nullopt;
}

/// What the script of changelog.cpp answers.
Result<HistoryRows> read_status(const Unit& unit, std::string_view output) {
    HistoryRows rows;
    rows.source = HistorySource::probe;
    for (const auto& line : node::plain_lines(output)) {
        auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object() || !json.contains("rows") || !json["rows"].is_array()) continue;
        rows.database_exists = true;  // MongoDB makes one at the first write
        rows.table_exists = json.value("exists", false);
        rows.foreign_tables = !rows.table_exists && json.value("others", 0) > 0;
        rows.table = json.value("database", "") + "." + json.value("collection", "");
        for (const auto& one : json["rows"]) {
            AppliedRow row = node::applied_row(one.value("fileName", ""));
            row.at = one.value("appliedAt", "");
            row.checksum = one.value("fileHash", "");
            row.batch = one.value("migrationBlock", "");
            rows.rows.push_back(std::move(row));
        }
        return rows;
    }
    return node::not_understood(unit, "the changelog's reader");
}

}  // namespace migrate::migrate_mongo
