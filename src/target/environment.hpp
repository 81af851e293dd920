#pragma once
#include <optional>
#include <string>

#include "model/caller.hpp"
#include "model/error.hpp"
#include "model/result.hpp"
#include "model/unit.hpp"

namespace migrate {

/// --env > MIGRATE_ENV > the framework's own variable, for that framework only > [defaults] env > development
/// (contract, section 5.1). The source is "--env", "MIGRATE_ENV", the variable's name, "migrate.toml" or
/// "default". `unit` is nullptr where the name is asked for no unit in particular. Error: `usage` for a name
/// that cannot be part of a file name.
Result<EnvironmentName> environment_name(const std::optional<std::string>& flag, const Environment& process,
                                         const Unit* unit, const std::string& configured_default);

/// Whether the caller named it, by --env or MIGRATE_ENV. Then the process environment must not disagree with
/// `.env.NAME`, and evidence against the name is a contradiction.
bool named_by_caller(const EnvironmentName& environment);

}  // namespace migrate
