#pragma once
#include <filesystem>

#include "model/plan.hpp"
#include "sql/history_table.hpp"
#include "sql/project.hpp"
#include "sql/runner.hpp"
#include "sql/script.hpp"

namespace migrate::sql {

/// What is recorded about the migration that a script is a part of. Some tables also hold its neighbours and
/// names, which stand in the folder; `cache` keeps the folder for the next one.
Entry entry_of(const Project& project, const std::filesystem::path& root, const ApplyMigration& apply,
               const Script& script, RunCache& cache);

}  // namespace migrate::sql
