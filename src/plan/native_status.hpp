#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "plan/ask_native.hpp"
#include "plan/read_sessions.hpp"

namespace migrate {

/// The step that reads the history of `target`, where no connection of ours can, the adapter understands what
/// it prints (read_status) and it is one native step that only reads. nullopt elsewhere: nothing that may
/// write is run for a `status`.
std::optional<Step> status_step(const Unit& unit, const std::filesystem::path& root, const Target& target,
                                const std::string& environment);

/// What that step answers, as it is; not redacted, so never shown. Errors: as below.
Result<std::string> ask_status(const Unit& unit, const Step& step, const Target& target,
                               const std::filesystem::path& root, const NativeCall& with);

/// Reads one target's history and compares it with the unit's files: over a connection of ours, else by that
/// step, with a time limit of 60 s; a program that stays open (adapters/probes.hpp) is asked again where
/// `with` keeps it. Errors: `target.unreachable` (nothing answers on host and
/// port), `tool.missing`, `tool.timeout`, `tool.failed`.
Result<History> read_history_of(const Unit& unit, const std::vector<MigrationFile>& files,
                                const Target& target, const std::filesystem::path& root,
                                const NativeCall& with, ReadSessions& sessions);

}  // namespace migrate
