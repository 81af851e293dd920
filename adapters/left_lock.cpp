#include "adapters/left_lock.hpp"

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
