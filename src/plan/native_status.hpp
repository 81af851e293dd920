#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "model/caller.hpp"
#include "run/redact.hpp"

namespace migrate {

/// What a history that no client of ours can read is read with: the step that the adapter makes for `status`.
struct NativeStatus {
    const Environment* process = nullptr;                        ///< what the child inherits
    const std::map<std::string, EnvValue>* child_env = nullptr;  ///< the variables that lead to the database
    const Redactor* redactor = nullptr;
    std::string environment;  ///< its name: --env of the native tool
};

/// The step that reads the history of `target`, where the adapter understands what it prints (read_status)
/// and it is one native step that only reads. nullopt elsewhere: nothing that may write is run for a
/// `status`.
std::optional<Step> status_step(const Unit& unit, const std::filesystem::path& root, const Target& target,
                                const std::string& environment);

/// Reads one target's history and compares it with the unit's files: over a connection of ours, else by that
/// step, with a time limit of 60 s. Errors: `target.unreachable` (nothing answers on host and
/// port), `tool.missing`, `tool.timeout`, `tool.failed`.
Result<History> read_history_of(const Unit& unit, const std::vector<MigrationFile>& files,
                                const Target& target, const std::filesystem::path& root,
                                const NativeStatus& with);

}  // namespace migrate
