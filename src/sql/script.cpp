#include "sql/script.hpp"

namespace migrate::sql {

Result<Script> load_script(const Project& project, Dialect dialect, const std::filesystem::path& root,
                           const ApplyMigration& apply) {
    Script script;
    script.direction = apply.down ? Direction::down : Direction::up;
    const bool stored = apply.path.empty();
    script.name = stored ? "stored way back of " + apply.id : apply.path;
    const Part part = stored                                                           ? Part::stored_down
                      : apply.down && project.convention == Convention::golang_migrate ? Part::down_file
                                                                                       : Part::whole;
    auto parsed = stored ? parse_own(apply.down_sql, project.convention, dialect, script.name, part)
                         : parse_file(root / apply.path, project.convention, dialect, script.name, part);
    if (!parsed) return tl::unexpected(parsed.error());
    script.parsed = std::move(*parsed);
    if (apply.down && !script.parsed->reversible())
        return fail("migration.irreversible", script.name + ": there is no way back",
                    "Nothing was executed. Write a migration that undoes it, and apply that.");
    return script;
}

}  // namespace migrate::sql
