#pragma once
#include <filesystem>
#include <string>

#include "model/plan.hpp"
#include "sql/journal.hpp"
#include "sql/migration_file.hpp"
#include "sql/project.hpp"

namespace migrate::sql {

/// What is executed: parsed text and where messages say it stands.
struct Script {
    std::string name;
    std::shared_ptr<const ParsedMigration> parsed;
    Direction direction = Direction::up;

    /// The statements of its direction.
    const std::vector<Statement>& statements() const {
        return direction == Direction::down ? parsed->down : parsed->up;
    }
};

/// Reads what a step would execute, from its file or from the stored way back.
/// Errors: `migration.invalid`; `migration.irreversible` where a way back is asked for and there is none.
Result<Script> load_script(const Project& project, Dialect dialect, const std::filesystem::path& root,
                           const ApplyMigration& apply);

}  // namespace migrate::sql
