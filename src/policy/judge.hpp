#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/caller.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"

namespace migrate {

/// The consent that the caller brings. Asking a person adds to it.
struct Consent {
    bool yes = false;                    ///< --yes, or answered so
    std::vector<std::string> confirmed;  ///< names of databases, by --confirm or typed
    bool approved = false;               ///< an approval of exactly this plan is there, not used up
    bool backup_proven = false;          ///< a proof of backup, fresh and of this very target
};

/// What the policy files and the repository say beyond the contract. Repositories only tighten.
struct Policy {
    std::vector<Floor> floors;
    bool seeds_are_idempotent = false;  ///< policy file only
};

/// The risk that counts for a step on a target: the higher of what its row says and what the verb is
/// (contract, section 6): seeds, resolve and baseline, a rollback that leaves nothing applied.
Risk effective_risk(const Step& step, const UnitPlan& plan, const Target& target, const Policy& policy);

/// Judges one unit's plan: the strictest target counts, every reason is a rule of the verdict. Pure; nothing
/// in a repository, a flag or the environment makes it milder than the matrix. A `refuse` never names an
/// option, a `confirm` names the one that answers it.
Verdict judge(const UnitPlan& plan, const std::map<std::string, History>& histories, const Caller& caller,
              const Consent& consent, const Policy& policy);

/// The error that a verdict other than `allow` ends a command with: `policy.refused`,
/// `policy.needs_approval`, `policy.person_only`, `policy.needs_confirmation`.
Error error_of(const Verdict& verdict, const UnitPlan& plan, const std::string& plan_id);

}  // namespace migrate
