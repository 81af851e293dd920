// Prisma's migrations on disk and its table _prisma_migrations.
#include <algorithm>
#include <set>

#include "adapters/prisma/prisma.hpp"
#include "adapters/prisma/project.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/sql_file.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"

namespace migrate::prisma {

namespace fs = std::filesystem;

namespace {

/// Prisma takes a file for unchanged if only its line ends have changed: the checksums of the text with LF
/// and with CRLF, separated by a blank.
std::string other_checksums(const std::string& bytes) {
    std::string lf, crlf;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (bytes[at] == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n') continue;
        lf += bytes[at];
        if (bytes[at] == '\n') crlf += '\r';
        crlf += bytes[at];
    }
    return sha256_hex(lf) + " " + sha256_hex(crlf);
}

bool same_text(const MigrationFile& file, const std::string& checksum) {
    return file.checksum == checksum || file.key.find(checksum) != std::string::npos;
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    const std::string directory = read_project(unit, root).migrations;
    std::vector<MigrationFile> found;
    for (const auto& name : list_directory(root / directory)) {
        std::error_code ignored;
        const std::string folder = directory + "/" + name;
        if (!fs::is_directory(root / folder, ignored)) continue;
        MigrationFile file;
        file.id = name;
        file.down_file = folder + "/down.sql";
        if (auto bytes = read_file(root / (folder + "/migration.sql"))) {
            file.files = {folder + "/migration.sql"};
            file.checksum = sha256_hex(*bytes);
            file.key = other_checksums(*bytes);
        }
        auto down = read_file(root / file.down_file);
        file.reversible = down && has_statement(*down);
        found.push_back(std::move(file));
    }
    return found;
}

std::optional<HistoryQuery> history(const Unit&, const fs::path&, const Target& target) {
    if (!target.connection.engine || !has_sql_client(*target.connection.engine)) return std::nullopt;
    const Engine engine = *target.connection.engine;
    HistoryQuery query;
    query.table = "_prisma_migrations";
    if (engine == Engine::postgresql || engine == Engine::cockroachdb)
        query.schema = target.connection.schema.empty() ? "public" : target.connection.schema;
    query.select =
        "SELECT migration_name AS id, COALESCE(finished_at, started_at) AS " + quoted_name(engine, "at") +
        ", checksum, CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled_back'"
        " WHEN finished_at IS NOT NULL THEN 'applied' WHEN logs IS NULL THEN 'running' ELSE 'failed' END"
        " AS state, logs AS detail FROM " +
        qualified_name(engine, query.schema, query.table) + " ORDER BY started_at, migration_name";
    return query;
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    // One name may have several rows: a failed try that was rolled back, and the one that counts.
    std::set<std::string> applied;
    for (const auto& row : rows.rows)
        if (row.state == AppliedRow::State::applied) applied.insert(row.id);
    std::erase_if(rows.rows, [&](const AppliedRow& row) {
        return row.state != AppliedRow::State::applied && applied.contains(row.id);
    });
    for (auto& row : rows.rows) row.detail = cause_in_logs(row.detail);
    const bool edited_known = rows.source != HistorySource::none;
    History history = compare_by_id(files, std::move(rows));
    history.edited_known = edited_known;
    std::erase_if(history.edited, [&](const std::string& id) {
        auto file = std::find_if(files.begin(), files.end(), [&](const auto& one) { return one.id == id; });
        auto row = std::find_if(history.applied.rbegin(), history.applied.rend(),
                                [&](const auto& one) { return one.id == id; });
        return file != files.end() && row != history.applied.rend() && same_text(*file, row->checksum);
    });
    // A failed migration is not pending before it is resolved: `migrate deploy` stops at it.
    auto failed = [&](const auto& file) {
        return std::any_of(history.failed.begin(), history.failed.end(),
                           [&](const AppliedRow& row) { return row.id == file.id; });
    };
    std::erase_if(history.pending, failed);
    history.state = state_of(history);
    return history;
}

}  // namespace migrate::prisma
