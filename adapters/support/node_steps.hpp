#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// What the plans of the Node tools share: one database, native steps with the same environment, lists of
// migrations as `expect` holds them.
namespace migrate::node {

/// The one database of a unit and what is known of its history; both null where not among the facts.
struct Known {
    const Target* target = nullptr;
    const History* history = nullptr;
    /// Whether files and rows could be compared. Where not, steps are planned without `expect`.
    bool readable() const { return history && history->source != HistorySource::none; }
};
Known known(const Facts& facts);

/// The native step of `verb` and `variant` for the unit's version, with the environment that every step of
/// these tools gets: NO_COLOR, NODE_ENV (no tool sets it from its own --env), and TS_NODE_TRANSPILE_ONLY
/// where ts-node loads TypeScript.
/// Error `verb.unsupported` where the table says so.
Result<Step> step(const Adapter& adapter, const Unit& unit, const Request& request, const Target* target,
                  Verb verb, std::string_view variant, const Holes& holes, std::string purpose);

std::vector<std::string> ids_of(const std::vector<MigrationFile>& files);
std::vector<std::string> ids_of(const std::vector<AppliedRow>& rows);

/// false if one of them is known to have no way back, true if all are known to have one.
std::optional<bool> reversible(const std::vector<MigrationFile>& files);

/// The file of an id, or nullptr.
const MigrationFile* file_of(const std::vector<MigrationFile>& files, std::string_view id);

bool contains(const std::vector<std::string>& ids, std::string_view id);

/// "1 migration", "3 migrations".
std::string count_of(std::size_t n);

/// A name for a new migration that is safe in file names and class names: everything but letters,
/// digits, '_' and '-' becomes one '_'. Error `usage` where nothing is left.
Result<std::string> safe_name(std::string_view name);

/// The nearest package.json at or above `directory` (relative to the root) says "type": "module".
bool is_module_package(const std::filesystem::path& root, const std::string& directory);

/// `name` below the unit's root, relative to the scan root.
std::string in_unit(const Unit& unit, std::string_view name);

/// A WriteFile step.
Step write_step(std::string path, std::string content);

}  // namespace migrate::node
