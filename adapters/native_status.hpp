#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// `status --native`: what the tool itself says. Where that is not the truth stands in docs/adapters/.
namespace migrate {

/// What a tool's own status command wrote, and its exit status.
struct NativeAnswer {
    std::string_view out, err;
    int exit = 0;
};

/// The step that asks the tool itself about `target`, from those that the adapter plans for `status`. nullopt
/// where the tool has no such command.
std::optional<Step> native_status_step(const Unit& unit, const std::vector<Step>& planned,
                                       const Target& target);

/// What was answered, as a history with the source `native`. Error `tool.failed` where these are not the
/// words of a status.
Result<History> native_history(const Unit& unit, const std::vector<MigrationFile>& files,
                               const NativeAnswer& answer);

}  // namespace migrate
