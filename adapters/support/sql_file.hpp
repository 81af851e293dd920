#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/history.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"

// Migrations whose text is SQL, as Prisma and Drizzle keep them: what a file holds, and the way back that
// this program keeps beside it, for neither tool has one.
namespace migrate {

/// Whether a text holds any SQL besides comments and white space.
bool has_statement(std::string_view sql);

/// What a file drops or rewrites, one line each; empty where it cannot be read.
std::vector<std::string> destructive_statements(const std::filesystem::path& root, const std::string& path,
                                                Engine engine);

/// Fills what a step that applies `files` must do: migrations, expect, reversible, destructive.
void expect_applied_sql(Step& step, const std::vector<MigrationFile>& files,
                        const std::filesystem::path& root, Engine engine);

/// How one row of a history is undone.
struct Undo {
    AppliedRow row;
    const MigrationFile* file = nullptr;  ///< nullptr where it is gone
    std::string forget;                   ///< the DELETE of its row
};

/// The steps that revert `undo` in this order: copy the history out, then for each its down file (or the
/// DOWN text of the ledger) and its row. Error `migration.irreversible` where one has neither, before any step.
Result<std::vector<Step>> revert_by_down_files(std::string_view tool, const std::string& unit,
                                               const Target& target, const std::string& table,
                                               const std::vector<Undo>& undo,
                                               const std::filesystem::path& root);

}  // namespace migrate
