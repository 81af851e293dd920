// Raw SQL: files, rows, and what the two say about each other.
#include <algorithm>
#include <map>

#include "adapters/sql/sql.hpp"
#include "sql/directory.hpp"
#include "sql/read_history.hpp"

namespace migrate::raw_sql {

namespace {

namespace fs = std::filesystem;
using sql::Convention;

bool holds(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// golang-migrate keeps one version: every file up to it counts as applied. Rows of the ledger come along as
/// further rows, for what they know.
HistoryRows spread(const std::vector<MigrationFile>& files, HistoryRows rows) {
    if (rows.rows.empty()) return rows;
    std::vector<AppliedRow> result;
    const AppliedRow& last = rows.rows.front();
    bool there = false;
    std::map<std::string_view, const AppliedRow*> known;
    for (std::size_t i = 1; i < rows.rows.size(); ++i) known.emplace(rows.rows[i].id, &rows.rows[i]);
    for (const MigrationFile& file : files) {
        const auto order = sql::compare_versions(file.key, last.id);
        if (order > 0) break;
        if (order == 0) {
            there = true;
            result.push_back(last);
            continue;
        }
        AppliedRow row;
        row.id = file.id;
        if (const auto found = known.find(file.id); found != known.end()) row = *found->second;
        result.push_back(std::move(row));
    }
    if (!there && last.id != "-1") result.push_back(last);
    for (std::size_t i = 1; i < rows.rows.size(); ++i)
        if (rows.rows[i].state == AppliedRow::State::running) result.push_back(rows.rows[i]);
    rows.rows = std::move(result);
    return rows;
}

/// sql-migrate's `down` reverts the file with the highest number, whenever it was applied (1.8.1,
/// migrate.go): its times have no say in the order.
HistoryRows by_number(HistoryRows rows) {
    std::stable_sort(rows.rows.begin(), rows.rows.end(), [](const AppliedRow& a, const AppliedRow& b) {
        return sql::is_before(a.id, b.id, Convention::sql_migrate);
    });
    return rows;
}

/// A row whose file is gone, and a pending file with the same content.
void find_renamed(History& history) {
    std::map<std::string, std::string> pending;
    for (const MigrationFile& file : history.pending)
        if (!file.checksum.empty()) pending.emplace(file.checksum, file.id);
    for (const AppliedRow& row : history.applied) {
        if (row.checksum.empty() || !holds(history.missing, row.id)) continue;
        if (auto found = pending.find(row.checksum); found != pending.end())
            history.renamed.emplace_back(row.id, found->second);
    }
}

}  // namespace

Result<std::vector<MigrationFile>> files(const Unit& unit, const fs::path& root) {
    const std::optional<Engine> engine =
        unit.engines.size() == 1 ? std::optional(unit.engines.front()) : std::nullopt;
    const sql::Project project = sql::project_of(unit, engine);
    auto directory = sql::list_migrations(root / project.directory, project.convention);
    if (!directory) return tl::unexpected(directory.error());
    std::string prefix = fs::path(project.directory).lexically_normal().generic_string() + "/";
    if (prefix == "./") prefix.clear();
    const bool pairs = project.convention == Convention::golang_migrate;
    const bool has_ways_back = sql::facts_of(project.convention).sections;
    std::vector<MigrationFile> result;
    result.reserve(directory->migrations.size());
    for (sql::MigrationName& migration : directory->migrations) {
        MigrationFile& file = result.emplace_back();
        file.id = std::move(migration.id);
        file.key = std::move(migration.version);
        file.files.push_back(prefix + migration.file);
        if (!migration.down_file.empty()) {
            file.down_file = prefix + migration.down_file;
            file.files.push_back(file.down_file);
        }
        // One that cannot be read as SQL keeps its place in the list: only running it is an error. Whether
        // its DOWN part does something is for those to read who want to revert it.
        if (migration.code) continue;
        if (pairs)
            file.reversible = !file.down_file.empty();
        else if (!has_ways_back)
            file.reversible = false;
    }
    return result;
}

std::optional<HistoryQuery> history(const Unit& unit, const fs::path&, const Target& target) {
    if (!target.connection.engine) return std::nullopt;
    const sql::Project project = sql::project_of(unit, target);
    const sql::Dialect dialect = sql::dialect_of(*target.connection.engine);
    HistoryQuery query;
    query.schema = project.table.schema;
    query.table = project.table.name;
    query.select = sql::select_statement(project.table, dialect, {});
    return query;
}

Result<HistoryRows> read(const Unit& unit, const fs::path&, const Target& target, db::Database& database) {
    return sql::read_history(database, sql::project_of(unit, target).table);
}

History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows) {
    const Convention convention = sql::convention_of(unit);
    const sql::ConventionFacts& facts = sql::facts_of(convention);
    const bool table_exists = rows.table_exists;
    auto columns = std::move(rows.columns);
    if (convention == Convention::golang_migrate) rows = spread(files, std::move(rows));
    if (convention == Convention::sql_migrate) rows = by_number(std::move(rows));
    History history = compare_by_id(files, std::move(rows));
    // What has begun and is not through is neither applied nor pending.
    std::erase_if(history.pending, [&](const MigrationFile& file) {
        return std::any_of(history.failed.begin(), history.failed.end(),
                           [&](const AppliedRow& row) { return row.id == file.id; });
    });
    std::erase_if(history.out_of_order, [&](const std::string& id) {
        return std::none_of(history.pending.begin(), history.pending.end(),
                            [&](const MigrationFile& file) { return file.id == id; });
    });
    history.columns = std::move(columns);
    history.ordered_by_file = !facts.own_table && convention != Convention::goose;
    history.edited_known =
        history.edited_known || (facts.own_table && (!table_exists || holds(history.columns, "checksum")));
    find_renamed(history);
    history.state = state_of(history);
    return history;
}

const MigrationFile* file_of(const std::vector<MigrationFile>& files, std::string_view id) {
    for (const MigrationFile& file : files)
        if (file.id == id) return &file;
    return nullptr;
}

std::string full_id(const Context& context, const std::string& given) {
    std::vector<std::string> ids;
    for (const MigrationFile& file : context.facts.files) ids.push_back(file.id);
    if (context.history)
        for (const AppliedRow& row : context.history->applied)
            if (!holds(ids, row.id)) ids.push_back(row.id);
    if (holds(ids, given)) return given;
    std::vector<std::string> found;
    for (const MigrationFile& file : context.facts.files) {
        const std::string name = fs::path(file.files.front()).filename().string();
        const std::string stem = name.substr(0, name.find('.'));
        const std::size_t number = std::min(stem.find_first_not_of("0123456789"), stem.size());
        const std::string title = number < stem.size() ? stem.substr(number + 1) : "";
        if (given == name || given == stem || given == stem.substr(0, number) || given == file.key ||
            given == title)
            found.push_back(file.id);
    }
    return found.size() == 1 ? found.front() : given;
}

}  // namespace migrate::raw_sql
