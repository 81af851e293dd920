#pragma once
#include <optional>
#include <vector>

#include "model/result.hpp"
#include "target/level.hpp"
#include "target/resolve.hpp"

namespace migrate {

/// Decides a resolved target's level from everything that is known without asking the server, and sets it
/// with its evidence. `policy` is what the policy files declare. Error: `policy.refused` where a name that
/// the caller gave contradicts the evidence.
std::optional<Error> assess(Target& target, const Unit& unit, const std::vector<TargetSource>& sources,
                            const EnvironmentName& environment, const ResolveInputs& inputs,
                            const std::vector<DeclaredLevel>& policy = {});

}  // namespace migrate
