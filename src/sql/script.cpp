#include "sql/script.hpp"

#include "base/files.hpp"

namespace migrate::sql {

Result<Script> load_script(const Project& project, Dialect dialect, const std::filesystem::path& root,
                           const ApplyMigration& apply) {
    Script script;
    script.direction = apply.down ? Direction::down : Direction::up;
    std::optional<std::string> bytes;
    Part part = Part::whole;
    if (apply.path.empty()) {
        script.name = "stored way back of " + apply.id;
        bytes = apply.down_sql;
        part = Part::stored_down;
    } else {
        script.name = apply.path;
        bytes = read_file(root / apply.path, std::uintmax_t{1} << 30);
        if (apply.down && project.convention == Convention::golang_migrate) part = Part::down_file;
    }
    if (!bytes) return fail("migration.invalid", script.name + ": cannot be read", "Nothing was executed.");
    auto parsed = parse_own(std::move(*bytes), project.convention, dialect, script.name, part);
    if (!parsed) return tl::unexpected(parsed.error());
    script.parsed = std::move(*parsed);
    if (apply.down && !script.parsed->reversible())
        return fail("migration.irreversible", script.name + ": there is no way back",
                    "Nothing was executed. Write a migration that undoes it, and apply that.");
    return script;
}

}  // namespace migrate::sql
