#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// What the Node tools share about migration files and about what their status commands print.
namespace migrate::node {

/// MigrationFile.key of a file that is plainly meant as a migration and that the tool never loads: it ends
/// up in History.will_skip.
inline constexpr std::string_view kSkipped = "skipped";

/// 14 digits, a separator, and a JavaScript or TypeScript ending that is no declaration file.
bool looks_like_migration(std::string_view name);

/// The file `name` as a migration whose id is its name; `reversible` from what its `down` holds.
MigrationFile migration_file(const std::filesystem::path& root, const std::string& directory,
                             const std::string& name);

/// `migration.duplicate` where two files have one id; `why` says why that matters.
std::optional<Error> duplicate_error(const Unit& unit, const std::vector<MigrationFile>& files,
                                     std::string_view why);

/// compare_by_id, with the files marked kSkipped in will_skip instead of pending.
History compare_with_skipped(const std::vector<MigrationFile>& files, HistoryRows rows);

/// The lines of an output without terminal sequences, carriage returns and trailing blanks.
std::vector<std::string> plain_lines(std::string_view output);

/// A row of which only the id is known.
AppliedRow applied_row(std::string_view id);

/// `tool.failed`: the output of a status command did not look as it should.
tl::unexpected<Error> not_understood(const Unit& unit, std::string_view command);

}  // namespace migrate::node
