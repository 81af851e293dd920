#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/probes.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"
#include "run/redact.hpp"
#include "target/resolve.hpp"

namespace migrate {

/// What a project's own configuration answered.
struct ProbeAnswer {
    std::vector<Target> targets;  ///< resolved like any other, without a level
    std::string settings;         ///< Django: the settings module that counts; "" elsewhere
};

/// Asks the unit's own configuration which databases it would use, in its own language: contract, section
/// 5.3. The process gets the environment and `child_env`, which native tools of this unit get too, has a time
/// limit of 60 s, and answers on a descriptor that only we read; what it prints is shown to nobody. The
/// redactor learns the credentials of the answer.
///
/// Under another name than `development` an answer counts only where that name selects something (an entry
/// of migrate.toml, `.env.NAME`) or a variable of the process environment holds it: the configuration's own
/// default is development's.
///
/// Errors: `target.unknown` (what it said instead, without any value), `target.unresolved` (a variable that
/// is not set), `tool.missing` (the runtime, or a package it needs), `environment.undefined`.
Result<ProbeAnswer> ask_project(const Unit& unit, const Probe& probe, const ResolveInputs& inputs,
                                const std::map<std::string, EnvValue>& child_env, Redactor& redactor);

/// The variables that the probe and the native tools are given, so that both find the same database: those of
/// the files that belong to the environment's name, and in `development` also of a plain `.env`.
Result<std::map<std::string, EnvValue>> probe_environment(const Unit& unit, const Probe& probe,
                                                          const ResolveInputs& inputs);

}  // namespace migrate
