#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/policy_file.hpp"
#include "model/caller.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"

namespace migrate {

/// The consent that the caller brings. Asking a person adds to it.
struct Consent {
    bool yes = false;                    ///< --yes, or answered so
    std::vector<std::string> confirmed;  ///< names of databases, by --confirm or typed: one for each target
    bool approved = false;               ///< an approval of exactly this plan is there, not used up
    bool backup_proven = false;          ///< a proof of backup, fresh and of this very target
    std::string backup = {};             ///< which, or why there is none: a clause for people
};

/// What the policy files and the repository say beyond the contract; see tightened(). Seeds are named by the
/// ids of their units.
using Policy = PolicyRules;

/// The risk that counts for a step on a target (contract, section 6, "which verb is what"): `seed` by what
/// the tables hold, `baseline` and `resolve` as `revert`, `reset` and `push` as `destroy`, and a rollback
/// after which, at any moment, nothing is applied on a protected target as `destroy`.
Risk effective_risk(const Step& step, const UnitPlan& plan, const Target& target, const Policy& policy);

/// Judges one unit's plan: the strictest target counts, every reason is a rule of the verdict. Pure; nothing
/// in a repository, a flag or the environment makes it milder than the matrix. Rules have stable ids; a
/// `refuse` never names an option, a `confirm` names the one that answers it.
Verdict judge(const UnitPlan& plan, const std::map<std::string, History>& histories, const Caller& caller,
              const Consent& consent, const Policy& policy);

/// The error that a verdict other than `allow` ends a command with: `policy.refused`,
/// `policy.needs_approval`, `policy.person_only`, `policy.needs_confirmation`.
Error error_of(const Verdict& verdict, const UnitPlan& plan, const std::string& plan_id);

}  // namespace migrate
