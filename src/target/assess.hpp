#pragma once
#include <optional>
#include <vector>

#include "model/result.hpp"
#include "target/level.hpp"
#include "target/resolve.hpp"

namespace migrate {

/// Everything that the levels of a unit's targets are decided from without asking a server. `policy` is what
/// the policy files declare.
LevelFacts level_facts_of(const Unit& unit, const std::vector<TargetSource>& sources,
                          const EnvironmentName& environment, const ResolveInputs& inputs,
                          const std::vector<DeclaredLevel>& policy = {});

/// Decides a resolved target's level and sets it with its evidence. Error: `policy.refused` where a name that
/// the caller gave contradicts the evidence.
std::optional<Error> assess(Target& target, const LevelFacts& facts);

}  // namespace migrate
