#include "backup/rehearse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backup/rehearsal_mark.hpp"
#include "backup/restore.hpp"

namespace migrate {

namespace {

using Counts = std::map<std::string, std::uint64_t>;

/// Names as SQL writes them. Partitions are counted, and not once more in the table that they are parts of.
Result<std::vector<std::string>> tables_of(db::Database& database) {
    std::string_view select;
    switch (database.engine()) {
        case Engine::postgresql:
            select =
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
                "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT "
                "LIKE "
                "'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT 1 FROM "
                "pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND "
                "d.deptype = "
                "'e')";
            break;
        case Engine::mysql:
        case Engine::mariadb:
            select =
                "SELECT concat('`', replace(table_name, '`', '``'), '`') FROM information_schema.tables "
                "WHERE "
                "table_schema = DATABASE() AND table_type = 'BASE TABLE'";
            break;
        default: {
            auto names = database.tables();
            if (!names) return tl::unexpected(names.error());
            for (auto& name : *names) name = database.quoted(name);
            return names;
        }
    }
    auto rows = database.query(select);
    if (!rows) return tl::unexpected(rows.error());
    std::vector<std::string> names;
    for (auto& row : rows->rows) names.push_back(row[0].value_or(""));
    return names;
}

/// "" where the table is as it was.
std::string difference(const Counts& found, const std::string& table, const RowBound& bound) {
    const auto there = found.find(table);
    if (there == found.end()) return table + " is not in it";
    if (there->second >= bound.least && there->second <= bound.most) return "";
    return fmt::format("{} has {} rows in it, and had {}{}", table, there->second, bound.least,
                       bound.most > bound.least ? fmt::format(" to {}", bound.most) : "");
}

Connection copied_file(const Target& target, const Backup& backup) {
    Connection connection = target.connection;
    connection.database = backup.path.string();
    connection.parameters.clear();
    return connection;
}

}  // namespace

Result<Counts> count_rows(db::Database& database) {
    auto tables = tables_of(database);
    if (!tables) return tl::unexpected(tables.error());
    Counts counts;
    for (const auto& table : *tables) {
        auto rows = database.query("SELECT count(*) FROM " + table);
        if (!rows) return tl::unexpected(rows.error());
        counts[table] = std::strtoull(rows->rows.at(0)[0].value_or("0").c_str(), nullptr, 10);
    }
    return counts;
}

RowBounds bounds_of(const Counts& before, const Counts& behind) {
    RowBounds bounds;
    for (const auto& [table, rows] : before) {
        const auto later = behind.find(table);
        // A table that went while the dump was taken need not be in it.
        if (later != behind.end())
            bounds[table] = {std::min(rows, later->second), std::max(rows, later->second)};
    }
    return bounds;
}

Result<std::string> rehearse(const Target& target, const Backup& backup, const RowBounds& rows,
                             const DumpSettings& settings) {
    std::optional<Restored> made;
    std::optional<RehearsalMark> mark;
    if (backup.engine != Engine::sqlite) {
        // With the id's own random part: no other database is ever called so.
        const std::string suffix =
            fmt::format("rehearsal_{}_{}", settings.name, backup.id.substr(backup.id.rfind('_') + 1));
        auto begun = RehearsalMark::make(settings.rehearsals, target.connection, name_beside(target, suffix));
        if (!begun) return tl::unexpected(begun.error());
        mark.emplace(std::move(*begun));
        auto restored = restore_beside(target, backup, suffix, settings.programs,
                                       [&](const Connection& empty) { return mark->write_into(empty); });
        if (!restored) return tl::unexpected(restored.error());
        made = std::move(*restored);
    }
    Result<Counts> found = [&]() -> Result<Counts> {
        auto session = db::open(made ? made->connection : copied_file(target, backup), {});
        if (!session) return tl::unexpected(session.error());
        return count_rows(**session);
    }();
    if (made && remove_restored(*made)) mark->forget();
    if (!found) return tl::unexpected(found.error());
    std::uint64_t all = 0;
    for (const auto& [table, bound] : rows) {
        if (const std::string what = difference(*found, table, bound); !what.empty())
            return fail("backup.damaged", "the dump restores, but not what was dumped: " + what,
                        "The dump was thrown away; the database is as it was.");
        all += found->at(table);
    }
    return fmt::format("{} {} with {} rows, as they were", made ? "restored and counted:" : "counted:",
                       rows.size() == 1 ? std::string("1 table") : fmt::format("{} tables", rows.size()),
                       all);
}

}  // namespace migrate
