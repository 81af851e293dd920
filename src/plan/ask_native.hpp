#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "model/caller.hpp"
#include "model/plan.hpp"
#include "model/unit.hpp"
#include "run/conversation.hpp"
#include "run/process.hpp"
#include "run/redact.hpp"

namespace migrate {

/// Programs that stay open to read the histories of one unit's targets, by the target's name.
using NativeReaders = std::map<std::string, Conversation>;

/// What a native tool is asked with while a plan is still being made.
struct NativeCall {
    const Environment* process = nullptr;                        ///< what the child inherits
    const std::map<std::string, EnvValue>* child_env = nullptr;  ///< the variables that lead to the database
    const Redactor* redactor = nullptr;
    std::string environment;           ///< its name: --env of the native tool
    NativeReaders* readers = nullptr;  ///< where such programs are kept; nullptr: for one answer alone
};

/// How long a native step that only reads may take.
constexpr std::chrono::seconds kAskingLimit{60};

/// How such a step is started.
ProcessSpec spec_of(const Step& step, const std::filesystem::path& root, const NativeCall& with);

/// Runs a native step that only reads, with that limit. Its stdout stands in `collected`, up to
/// 16 MiB, not redacted.
ProcessResult ask_native(const Step& step, const std::filesystem::path& root, const NativeCall& with);

/// What a call that is not ok means: `tool.missing`, `tool.timeout`, `tool.failed`.
Error failure_of(const ProcessResult& done, const Unit& unit, const Step& step,
                 const std::filesystem::path& root);

}  // namespace migrate
