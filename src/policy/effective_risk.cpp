#include <algorithm>
#include <set>

#include "policy/judge.hpp"

namespace migrate {

namespace {

bool is_idempotent(const Policy& policy, const std::string& unit) {
    const auto& names = policy.idempotent_seeds;
    return std::find(names.begin(), names.end(), unit) != names.end();
}

/// Seeds delete before they insert more often than not.
Risk seed_risk(const UnitPlan& plan, const Target& target, const Policy& policy) {
    if (plan.no_rows.contains(target.name) || plan.no_user_tables.contains(target.name)) return Risk::apply;
    if (is_protected(target.level) && !is_idempotent(policy, plan.unit)) return Risk::destroy;
    return Risk::revert;
}

/// Whether the steps on the target leave nothing applied, be it for a moment (a `redo` of the only migration
/// loses as much as its rollback). Where the plan does not say what a rollback removes, nobody can rule it
/// out.
bool leaves_nothing(const UnitPlan& plan, const Target& target) {
    auto seen = plan.applied_seen.find(target.name);
    std::set<std::string> applied;
    if (seen != plan.applied_seen.end()) applied.insert(seen->second.begin(), seen->second.end());
    bool removes = false;
    for (const auto& step : plan.steps) {
        if (step.target != target.name) continue;
        for (const auto& id : step.expect.applied_removed) applied.erase(id);
        removes = removes || !step.expect.applied_removed.empty();
        if (removes && applied.empty()) return true;
        applied.insert(step.expect.applied_added.begin(), step.expect.applied_added.end());
    }
    return !removes;
}

}  // namespace

Risk effective_risk(const Step& step, const UnitPlan& plan, const Target& target, const Policy& policy) {
    if (step.risk <= Risk::files || step.risk == Risk::destroy) return step.risk;
    switch (plan.verb) {
        case Verb::seed:
            return seed_risk(plan, target, policy);
        case Verb::rollback:
        case Verb::redo: {
            const bool reverts = step.risk == Risk::revert || !step.expect.applied_removed.empty();
            if (!reverts && plan.verb == Verb::redo) return step.risk;
            if (is_protected(target.level) && leaves_nothing(plan, target)) return Risk::destroy;
            return Risk::revert;
        }
        case Verb::baseline:
            return Risk::revert;
        case Verb::resolve: {
            // --resume goes on with the migration itself: a native `run`, or its next statements.
            const auto* apply = std::get_if<ApplyMigration>(&step.action);
            const bool resumes = step.native() || (apply && !apply->down);
            return resumes ? step.risk : Risk::revert;
        }
        case Verb::reset:
        case Verb::push:
            return Risk::destroy;
        default:
            return step.risk;
    }
}

}  // namespace migrate
