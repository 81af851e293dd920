#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/caller.hpp"
#include "model/error.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate {

/// What the resolver may look at besides the unit: contract, section 5.2.
struct ResolveInputs {
    std::filesystem::path root;  ///< absolute scan root; dotenv files are read below it
    std::string environment = "development";
    bool named = false;   ///< the name came from --env or MIGRATE_ENV, see EnvironmentName
    std::string url_env;  ///< --url-env NAME, "" where not given
    Environment process;  ///< the process environment
    const Config* config = nullptr;
};

/// Where a unit's databases are, statically: `[unit.environments.NAME]`, else `[environments.NAME]`, else the
/// tool's own section of that name, else the process environment, else `.env.NAME`, else (`development`) what
/// the tool itself reads without a name. Nothing falls through to another environment.
///
/// `sources` is what the adapter read from the tool's configuration. Literals and fields may hold
/// `${NAME}`, `${NAME:fallback}` and `${env.NAME}`, which are looked up the same way; a field that is no text
/// (the port) may stand so in `fields.parameters["port"]`. Gaps that the tool's client library fills
/// (PGHOST ...) are filled here. An answer of a probe is passed as a source of kind `literal` or `fields`
/// whose `environment_section` is the environment's name.
///
/// Errors, all exit 2: `environment.undefined`, `target.unresolved` (the variable is named), `target.unknown`
/// (a probe is needed; `why` is the message), `target.shadowed`, `config.invalid` (a dotenv file).
Result<std::vector<Target>> resolve_targets(const Unit& unit, const std::vector<TargetSource>& sources,
                                            const ResolveInputs& inputs);

/// The variables that a child (probe or native tool) must be given so that it finds the same database: those
/// of the environment's dotenv files that the process does not set. Empty in `development` where the tool
/// reads its files itself. All of them are treated as secret.
Result<std::map<std::string, EnvValue>> child_environment(const Unit& unit,
                                                          const std::vector<TargetSource>& sources,
                                                          const ResolveInputs& inputs);

/// A unit together with what its adapter read.
struct UnitSources {
    const Unit* unit = nullptr;
    std::vector<TargetSource> sources;
};

/// Faults that only several units together show: a variable of the shell that overrides different values in
/// two units' files (`target.shadowed`), one `url_env` for units of different databases (`config.invalid`).
std::optional<Error> conflict_between(std::span<const UnitSources> units, const ResolveInputs& inputs);

}  // namespace migrate
