#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "model/error.hpp"
#include "model/plan.hpp"

namespace migrate {

/// A plan as it is kept: what must be said again to make it anew, its canonical form, and until when it is
/// good. `migrate apply` makes the plan anew from `arguments` and compares.
struct KeptPlan {
    std::string id;
    std::string canonical;
    std::vector<std::string> arguments;  ///< verb and options, without --dry-run, --out, --json ...
    std::int64_t made_at = 0;            ///< seconds since the epoch
    std::int64_t valid_until = 0;
    std::string document;  ///< the `plan --json` document, for people and pipelines who read it
};

/// Where plans and approvals of this machine's user are kept.
struct PlanStore {
    std::filesystem::path plans;      ///< below the state directory
    std::filesystem::path approvals;  ///< below the home directory of the user's passwd entry

    /// Keeps a plan under its id, private to the user. Old ones are swept.
    Result<void> keep(const KeptPlan& plan) const;
    /// By id. Error: `plan.unknown`.
    Result<KeptPlan> find(const std::string& id) const;
    /// Notes a person's consent to one plan, good until the plan is not.
    Result<void> approve(const KeptPlan& plan, const std::string& user, std::int64_t now) const;
    /// Whether the plan is approved and the approval not used up.
    bool approved(const std::string& id, std::int64_t now) const;
    /// Uses an approval up; false if there was none (left).
    bool use_approval(const std::string& id) const;
};

/// `plan --out FILE`.
Result<void> write_plan(const std::filesystem::path& file, const KeptPlan& plan);

/// Reads such a file. Errors: `plan.unknown` (no such file), `plan.invalid` (which field is wrong; its id
/// does not belong to its content).
Result<KeptPlan> read_plan(const std::filesystem::path& file);

/// Whether it is still good at `now`; `plan.stale` if not, saying since when.
std::optional<Error> expired(const KeptPlan& plan, std::int64_t now);

}  // namespace migrate
