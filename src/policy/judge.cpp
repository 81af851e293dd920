#include "policy/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "policy/matrix.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// Collects rules; the strictest decision wins.
class Bench {
  public:
    Bench(const UnitPlan& plan, const Caller& caller, const Consent& consent)
        : plan_(plan), caller_(caller), consent_(consent) {}

    void rule(Decision decision, std::string id, std::string message, std::vector<Next> next = {}) {
        verdict_.decision = std::max(verdict_.decision, decision);
        // A refusal names no way to force it.
        if (decision == Decision::refuse)
            std::erase_if(
                next, [](const Next& one) { return one.argv.size() > 2 && one.argv[2].starts_with("--"); });
        verdict_.rules.push_back({std::move(id), std::move(message), std::move(next), decision});
    }

    void note(std::string id, std::string message) {
        rule(Decision::allow, std::move(id), std::move(message));
    }

    /// Someone must say yes: a person is asked, nobody else is.
    void need_yes(const std::string& id, const std::string& message) {
        if (consent_.yes || consent_.approved) return;
        verdict_.ask_yes = true;
        rule(Decision::confirm, id, message, {again("--yes", "answers this")});
    }

    void need_confirmation(const std::string& id, const std::string& message) {
        if (consent_.approved) return;
        if (!caller_.person) return need_approval(id, message);
        if (consent_.yes) return;
        verdict_.ask_yes = true;
        rule(Decision::confirm, id, message, {again("--yes", "answers this")});
    }

    void need_name(const std::string& id, const std::string& message, const std::string& name) {
        if (consent_.approved) return;
        if (!caller_.person) return need_approval(id, message);
        if (std::find(consent_.confirmed.begin(), consent_.confirmed.end(), name) != consent_.confirmed.end())
            return;
        verdict_.ask_names.push_back(name);
        rule(Decision::confirm, id, message, {again("--confirm=" + name, "answers this")});
    }

    void need_approval(const std::string& id, const std::string& message) {
        if (consent_.approved) return;
        rule(Decision::approval, id,
             message + "; without a person at the terminal this needs an approval of the plan",
             {{By::person, {"migrate", "approve", "{plan_id}"}, "", "after reading the plan"},
              {By::you, {"migrate", "apply", "{plan_id}"}, "once it is approved", ""}});
    }

    const Caller& caller() const { return caller_; }
    const Consent& consent() const { return consent_; }
    Verdict take() { return std::move(verdict_); }

  private:
    Next again(const std::string& option, std::string why) const {
        return {By::person,
                {"migrate", std::string(to_string(plan_.verb)), option, "-u", plan_.unit},
                "",
                std::move(why)};
    }

    const UnitPlan& plan_;
    const Caller& caller_;
    const Consent& consent_;
    Verdict verdict_;
};

/// What would happen to the target, as the beginning of a sentence.
std::string doing(const UnitPlan& plan, Risk risk, const Target& target) {
    const char* what = risk == Risk::destroy  ? "would destroy data in"
                       : risk == Risk::revert ? "would revert work in"
                                              : "would change";
    return fmt::format("{} {} {}, which is {}", to_string(plan.verb), what, display(target.connection),
                       to_string(target.level));
}

bool leaves_nothing(const UnitPlan& plan, const Target& target) {
    auto seen = plan.applied_seen.find(target.name);
    if (seen == plan.applied_seen.end() || seen->second.empty()) return false;
    std::vector<std::string> left = seen->second;
    for (const auto& step : plan.steps) {
        if (step.target != target.name) continue;
        for (const auto& id : step.expect.applied_removed) std::erase(left, id);
        left.insert(left.end(), step.expect.applied_added.begin(), step.expect.applied_added.end());
    }
    return left.empty();
}

/// Whether reverting may lose values, or nobody can tell: a step is known to be harmless only where it says
/// so.
bool may_lose_values(const std::vector<const Step*>& steps) {
    return std::any_of(steps.begin(), steps.end(), [](const Step* step) {
        return step->risk >= Risk::revert && step->reversible != true;
    });
}

void judge_cell(Bench& bench, const UnitPlan& plan, const Target& target, Risk risk,
                const std::vector<const Step*>& steps) {
    const Cell cell = cell_of(risk, target.level);
    const std::string what = doing(plan, risk, target);
    const std::string id = fmt::format("matrix.{}.{}", to_string(risk), to_string(target.level));
    switch (cell.ask) {
        case Ask::nothing:
            break;
        case Ask::yes_if_lossy:
            if (!bench.caller().person || may_lose_values(steps))
                bench.need_yes(id, what + "; values may be lost");
            break;
        case Ask::yes:
            bench.need_yes(id, what);
            break;
        case Ask::confirm:
            bench.need_confirmation(id, what);
            break;
        case Ask::type_name:
            bench.need_name(id, what, confirm_name(target.connection));
            break;
        case Ask::type_name_or_refuse:
            if (bench.caller().person) {
                bench.need_name(id, what, confirm_name(target.connection));
            } else {
                bench.rule(Decision::refuse, id, what + ". Only a person at a terminal may do that",
                           {{By::you, {"migrate", "status", "-u", plan.unit}, "", "shows how things stand"}});
            }
            break;
        case Ask::refuse:
            bench.rule(Decision::refuse, id, what + ". That is never done here, whoever asks",
                       {{By::you, {"migrate", "status", "-u", plan.unit}, "", "shows how things stand"}});
            break;
    }
    if (cell.backup && !bench.consent().backup_proven)
        bench.rule(
            Decision::refuse, "backup.missing",
            what + ", and there is no proof of a fresh backup of it. Without one nothing is changed there");
    if (cell.check)
        bench.note("check.unavailable",
                   "the pre-deploy gate is not part of this version: the migrations were not linted");
}

void judge_history(Bench& bench, const UnitPlan& plan, const Target& target, const History& history) {
    if (plan.verb != Verb::run && plan.verb != Verb::redo) return;
    auto anomaly = [&](const char* id, const std::vector<std::string>& ids, const char* what) {
        if (ids.empty()) return;
        std::string message = fmt::format("{} {}: {}", ids.size(), what, fmt::join(ids, ", "));
        std::string name = fmt::format("history.{}", id);
        if (is_protected(target.level))
            bench.need_approval(name, message);
        else if (target.level == Level::staging)
            bench.need_confirmation(name, message);
        else
            bench.note(name, message);
    };
    anomaly("edited", history.edited, "applied migrations were edited since");
    anomaly("missing", history.missing, "applied migrations have no file any more");
    anomaly("out_of_order", history.out_of_order, "pending migrations are older than the last applied one");
    anomaly("will_skip", history.will_skip, "pending migrations will be skipped by the tool");
}

void judge_target(Bench& bench, const UnitPlan& plan, const Target& target,
                  const std::map<std::string, History>& histories, const Policy& policy) {
    std::vector<const Step*> steps;
    Risk risk = Risk::read;
    bool lossy = false;
    for (const auto& step : plan.steps) {
        if (step.target != target.name) continue;
        steps.push_back(&step);
        risk = std::max(risk, effective_risk(step, plan, target, policy));
        lossy |= !step.destructive.empty();
    }
    if (risk <= Risk::files) return;

    judge_cell(bench, plan, target, risk, steps);
    for (const Floor& floor : policy.floors)
        if (target.level >= floor.level && risk >= floor.risk) {
            std::string message = fmt::format("{}: {}", floor.source, doing(plan, risk, target));
            if (floor.decision == Decision::refuse)
                bench.rule(Decision::refuse, "policy.floor", message);
            else if (floor.decision == Decision::approval)
                bench.need_approval("policy.floor", message);
            else if (floor.decision == Decision::confirm)
                bench.need_confirmation("policy.floor", message);
        }
    if (lossy && risk == Risk::apply) {
        std::string message =
            fmt::format("a pending migration drops or rewrites data in {}", display(target.connection));
        if (is_protected(target.level))
            bench.need_name("destructive", message, confirm_name(target.connection));
        else
            bench.note("destructive", message);
    }
    if (auto history = histories.find(target.name); history != histories.end())
        judge_history(bench, plan, target, history->second);
    if (!plan.unclassified.empty()) {
        std::string message =
            fmt::format("nobody can say what this does: {}", fmt::join(plan.unclassified, " "));
        if (is_protected(target.level))
            bench.rule(Decision::refuse, "unclassified", message);
        else
            bench.need_yes("unclassified", message);
    }
    if (plan.verified == "none") {
        std::string message = "whether it succeeded could not be proven: this history cannot be read";
        if (is_protected(target.level))
            bench.rule(Decision::refuse, "verified.none", message);
        else
            bench.note("verified.none", message);
    }
}

}  // namespace

Risk effective_risk(const Step& step, const UnitPlan& plan, const Target& target, const Policy& policy) {
    Risk risk = step.risk;
    if (risk <= Risk::files) return risk;
    switch (plan.verb) {
        case Verb::seed:
            // Seeds delete before they insert more often than not.
            if (!policy.seeds_are_idempotent)
                risk = std::max(risk, is_protected(target.level) ? Risk::destroy : Risk::revert);
            break;
        case Verb::rollback:
        case Verb::redo:
            if (is_protected(target.level) && leaves_nothing(plan, target)) risk = Risk::destroy;
            break;
        case Verb::reset:
        case Verb::push:
            risk = Risk::destroy;
            break;
        default:
            break;
    }
    return risk;
}

Verdict judge(const UnitPlan& plan, const std::map<std::string, History>& histories, const Caller& caller,
              const Consent& consent, const Policy& policy) {
    Bench bench(plan, caller, consent);
    if (!caller.person && !consent.confirmed.empty())
        bench.rule(Decision::refuse, "policy.person_only",
                   "--confirm is a person's word, and nobody sits at this terminal");
    for (const auto& target : plan.targets)
        if (target.migrated) judge_target(bench, plan, target, histories, policy);
    // A step whose target nobody resolved is judged as if it were the worst one.
    for (const auto& step : plan.steps) {
        bool known = std::any_of(plan.targets.begin(), plan.targets.end(),
                                 [&](const Target& target) { return target.name == step.target; });
        if (!known && step.risk > Risk::files)
            bench.rule(Decision::refuse, "target.unknown",
                       fmt::format("{} would touch a database that could not be resolved", step.purpose));
    }
    return bench.take();
}

Error error_of(const Verdict& verdict, const UnitPlan& plan, const std::string& plan_id) {
    const char* code = verdict.decision == Decision::refuse     ? "policy.refused"
                       : verdict.decision == Decision::approval ? "policy.needs_approval"
                                                                : "policy.needs_confirmation";
    Error error{code, plan.unit + ": ", "Nothing was changed.", {}};
    std::vector<std::string> messages;
    for (const auto& rule : verdict.rules) {
        if (rule.id == "policy.person_only") error.code = rule.id;
        if (rule.decision != verdict.decision) continue;
        messages.push_back(rule.message);
        for (Next next : rule.next) {
            for (auto& word : next.argv)
                if (word == "{plan_id}") word = plan_id;
            error.next.push_back(std::move(next));
        }
    }
    error.message += fmt::format("{}", fmt::join(messages, "; "));
    return error;
}

}  // namespace migrate
