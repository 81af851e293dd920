#include "sql/entry.hpp"

#include "base/files.hpp"
#include "sql/directory.hpp"
#include "sql/text.hpp"

namespace migrate::sql {

namespace {

/// What some tables hold of a migration's neighbours and names stands in the folder.
const MigrationDirectory* directory_of(const Project& project, const std::filesystem::path& root,
                                       RunCache& cache) {
    if (project.convention != Convention::golang_migrate && project.convention != Convention::supabase)
        return nullptr;
    if (!cache.directory) {
        auto listed = list_migrations(root / project.directory, project.convention);
        if (!listed) return nullptr;
        cache.directory = std::move(*listed);
    }
    return &*cache.directory;
}

}  // namespace

Entry entry_of(const Project& project, const std::filesystem::path& root, const ApplyMigration& apply,
               const Script& script, RunCache& cache) {
    Entry entry;
    entry.id = apply.id;
    entry.down_text = script.parsed->down_text;
    if (!apply.path.empty()) entry.checksum = checksum_of(*script.parsed->text);
    entry.count = static_cast<int>(script.statements().size());
    if (project.convention == Convention::supabase)
        for (const Statement& statement : script.parsed->up) entry.statements.emplace_back(statement.text);
    const MigrationDirectory* directory = directory_of(project, root, cache);
    if (!directory) return entry;
    for (const MigrationName& migration : directory->migrations) {
        if (migration.id == apply.id) {
            entry.title = migration.title;
            // A pair's way back stands in a file of its own; whether it can be read is the rollback's
            // business.
            if (!apply.down && !migration.down_file.empty())
                if (auto down =
                        read_file(root / project.directory / migration.down_file, std::uintmax_t{1} << 30))
                    if (auto text = normalised(*down)) entry.down_text = std::move(*text);
        }
        if (!migration.version.empty() && compare_versions(migration.version, apply.id) < 0)
            entry.before = migration.version;
    }
    return entry;
}

}  // namespace migrate::sql
