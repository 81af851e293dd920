#pragma once

namespace migrate {

/// Number of the plan format; part of every plan id, so that a plan of another format never matches.
inline constexpr int kPlanSchema = 1;

}  // namespace migrate
