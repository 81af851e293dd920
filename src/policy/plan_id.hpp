#pragma once
#include <span>
#include <string>
#include <string_view>

#include "model/plan.hpp"

namespace migrate {

/// Everything about a plan that matters, as canonical JSON: sorted keys, no spaces, UTF-8. Nothing of one
/// machine or moment is in it: no launch prefix, absolute path, time, name of a temporary thing or secret;
/// and no verdict, which depends on the caller.
std::string canonical(const Plan& plan);
/// The same of a plan whose units stand elsewhere.
using UnitPlans = std::span<const UnitPlan* const>;
std::string canonical(const Plan& head, UnitPlans units);

/// "p_" + the first 16 hex digits of the sha256 of canonical().
std::string plan_id(const Plan& plan);
std::string plan_id(const Plan& head, UnitPlans units);
/// The same of a canonical() that is there already.
std::string plan_id_of(std::string_view canonical);

/// What identifies a database in a plan: its marker's id, else engine, host as configured, port, database,
/// schema.
std::string fingerprint(const Target& target, const std::string& root);

/// Where two canonical plans differ, one line a difference, at most `limit`: "units[0].steps[1].argv[2]:
/// 20240102_a, now 20240103_b".
std::vector<std::string> differences(const std::string& kept, const std::string& fresh,
                                     std::size_t limit = 12);

}  // namespace migrate
