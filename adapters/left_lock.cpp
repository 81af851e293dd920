#include "adapters/left_lock.hpp"

#include <nlohmann/json.hpp>

#include "adapters/support/history_sql.hpp"
#include "db/database.hpp"

namespace migrate {

std::optional<HistoryQuery> left_lock_query(const Unit& unit, const std::filesystem::path& root,
                                            const Target& target) {
    // Knex (0.95 to 3): one row in a table beside the history's, named by its name and "_lock". Two rows are
    // a lock, too.
    if (unit.tool != Tool::knex || !target.connection.engine) return std::nullopt;
    auto query = adapter_of(unit.tool).history(unit, root, target);
    if (!query) return std::nullopt;
    query->table += "_lock";
    const std::string table = qualified_name(*target.connection.engine, query->schema, query->table);
    query->select =
        "SELECT 1 FROM " + table + " WHERE is_locked = 1 OR (SELECT count(*) FROM " + table + ") > 1";
    return query;
}

std::optional<std::string> session_lock_query(const Unit& unit, const Target& target) {
    // Prisma 3 to 7 (schema-engine): the one number for all databases. It waits for it for 10 s.
    if (unit.tool != Tool::prisma || target.connection.engine != Engine::postgresql) return std::nullopt;
    return "SELECT a.pid, a.usename, floor(extract(epoch FROM clock_timestamp() - coalesce(a.state_change, "
           "a.backend_start)))::int, a.state, a.query FROM pg_catalog.pg_locks l JOIN "
           "pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND "
           "l.classid = 0 AND l.objid = 72707369 AND a.datname = current_database()";
}

bool says_locked(const Unit& unit, std::string_view answer) {
    // The script of migrate_mongo/changelog.cpp.
    if (unit.tool != Tool::migrate_mongo) return false;
    const auto json = nlohmann::json::parse(answer, nullptr, false);
    return json.is_object() && json.contains("locked") && json["locked"].is_number() &&
           json["locked"].get<double>() > 0;
}

bool has_left_lock(const Unit& unit, const std::filesystem::path& root, const Target& target) {
    const auto query = left_lock_query(unit, root, target);
    if (!query) return false;
    auto session = db::open(target.connection, {});
    if (!session) return false;
    auto there = (*session)->table_exists(query->schema, query->table);
    if (!there || !*there) return false;
    auto rows = (*session)->query(query->select);
    return rows && !rows->rows.empty();
}

}  // namespace migrate
