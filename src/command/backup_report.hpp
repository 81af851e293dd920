#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backup/backup.hpp"
#include "command/flow.hpp"

// What `backup` and `restore` share.
namespace migrate {

/// A backup as it stands in the document.
nlohmann::ordered_json to_json(const Backup& backup);

/// Ends the command; the document also holds what stands in `more`.
int finish_with(const Session& session, CommandResult& result, const nlohmann::ordered_json& more,
                const std::string& text);

/// The units chosen, with their targets. Several need no --all: a backup changes nothing.
Result<std::vector<GatheredUnit>> units_of(const Session& session, Redactor& redactor, CommandResult& result);

}  // namespace migrate
