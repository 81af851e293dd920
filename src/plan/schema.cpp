#include "plan/schema.hpp"

#include "adapters/adapter.hpp"
#include "db/schema.hpp"
#include "sql/project.hpp"

namespace migrate {

namespace {

std::string history_table_of(const Unit& unit, const Target& target, const std::filesystem::path& root) {
    if (unit.tool == Tool::sql) return sql::project_of(unit, target).table.name;
    const Adapter& adapter = adapter_of(unit.tool);
    if (!adapter.history) return "";
    auto query = adapter.history(unit, root, target);
    return query ? query->table : "";
}

}  // namespace

Result<std::string> schema_of(const Unit& unit, const Target& target, const std::filesystem::path& root) {
    auto session = db::open(target.connection, {});
    if (!session && session.error().code == "target.unresolved")
        return fail("verb.unsupported", unit.id + ": its schema cannot be read: " + session.error().message,
                    session.error().hint);
    if (!session) return tl::unexpected(session.error());
    return db::schema_text(**session, {target.connection.schema, history_table_of(unit, target, root)});
}

}  // namespace migrate
