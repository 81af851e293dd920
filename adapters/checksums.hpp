#pragma once
#include <filesystem>
#include <vector>

#include "adapters/adapter.hpp"

namespace migrate {

/// Fills in the checksums of files that a tool's own files() leaves out, because every file would have to be
/// read for them: raw SQL's. What was computed is kept below `kept` (not where that is empty), per directory,
/// so that the next run reads only what has changed since (base/known_sums.hpp).
void add_checksums(const Unit& unit, const std::filesystem::path& root, const std::filesystem::path& kept,
                   std::vector<MigrationFile>& files);

}  // namespace migrate
