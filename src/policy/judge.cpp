#include "policy/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "policy/bench.hpp"
#include "policy/matrix.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// What was typed: `restore` is no verb of a tool.
std::string_view name_of(const UnitPlan& plan) {
    return plan.command.empty() ? to_string(plan.verb) : std::string_view(plan.command.front());
}

/// What would happen to the target, as the beginning of a sentence.
std::string doing(const UnitPlan& plan, Risk risk, const Target& target) {
    const char* what = risk == Risk::destroy  ? "would destroy data in"
                       : risk == Risk::revert ? "would revert or overwrite work in"
                                              : "would change";
    return fmt::format("{} {} {}, which is {}", name_of(plan), what, display(target.connection),
                       to_string(target.level));
}

/// `resolve` and `baseline` that change history rows alone, and copy them out first: the copy is the backup.
/// A tool's own command for it has the risk `revert`; one that also executes migrations has `apply`.
bool changes_history_only(const UnitPlan& plan, const Target& target) {
    if (plan.verb != Verb::baseline && plan.verb != Verb::resolve) return false;
    bool copied = false;
    for (const auto& step : plan.steps) {
        if (step.target != target.name) continue;
        if (std::holds_alternative<CopyHistory>(step.action)) {
            copied = true;
            continue;
        }
        if (step.risk <= Risk::files) continue;
        const bool rows = std::holds_alternative<ChangeHistory>(step.action) ||
                          (step.native() && step.risk == Risk::revert && step.destructive.empty());
        if (!copied || !rows) return false;
    }
    return copied;
}

/// Whether a revert may lose values. What the database holds is not counted yet, so only a database without
/// rows is known to lose none.
bool may_lose_values(const UnitPlan& plan, const Target& target) {
    return !plan.no_rows.contains(target.name) && !plan.no_user_tables.contains(target.name);
}

void judge_cell(Bench& bench, const UnitPlan& plan, const Target& target, Risk risk) {
    const Cell cell = cell_of(risk, target.level);
    const std::string what = doing(plan, risk, target);
    const std::string id = fmt::format("matrix.{}.{}", to_string(risk), to_string(target.level));
    switch (cell.ask) {
        case Ask::nothing:
            break;
        case Ask::yes_if_lossy:
            if (!bench.caller().person || may_lose_values(plan, target))
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
            bench.need_name_of_person(id, what, confirm_name(target.connection));
            break;
        case Ask::refuse:
            bench.refuse(id, what + ". That is never done here, whoever asks");
            break;
    }
    const bool owed =
        cell.backup && !plan.no_user_tables.contains(target.name) && !changes_history_only(plan, target);
    const std::string& proof = bench.consent().backup;
    if (owed && !bench.consent().backup_proven)
        bench.refuse("backup.missing",
                     what + ", and nothing proves that there is a fresh backup of it" +
                         (proof.empty() ? "" : ": " + proof),
                     "backup");
    else if (owed)
        bench.note("backup.proven", "a fresh backup is there: " + proof);
    if (cell.check)
        bench.note("check.unavailable",
                   "the pre-deploy gate is not part of this version: the migrations were not linted");
}

void judge_floors(Bench& bench, const UnitPlan& plan, const Target& target, Risk risk, const Policy& policy) {
    for (const Floor& floor : policy.floors) {
        if (target.level < floor.level || risk < floor.risk) continue;
        std::string message =
            fmt::format("{}, and {} asks for more there", doing(plan, risk, target), floor.source);
        switch (floor.decision) {
            case Decision::refuse:
                bench.refuse("policy.floor", std::move(message));
                break;
            case Decision::approval:
                bench.need_approval("policy.floor", message);
                break;
            case Decision::confirm:
                bench.need_confirmation("policy.floor", message);
                break;
            case Decision::allow:
                break;
        }
    }
}

/// What the comparison of files and history found, before migrations are applied.
void judge_history(Bench& bench, const UnitPlan& plan, const Target& target, const History& history) {
    if (plan.verb != Verb::run && plan.verb != Verb::redo) return;
    auto finding = [&](const char* id, const std::vector<std::string>& ids, const char* what) {
        if (ids.empty()) return;
        const std::string name = fmt::format("history.{}", id);
        const std::string message = fmt::format("{} {}: {}", ids.size(), what, fmt::join(ids, ", "));
        if (is_protected(target.level))
            bench.need_approval(name, message);
        else if (target.level == Level::staging)
            bench.need_yes(name, message);
        else
            bench.note(name, message);
    };
    finding("edited", history.edited, "applied migrations were edited since");
    finding("missing", history.missing, "applied migrations have no file any more");
    finding("out_of_order", history.out_of_order, "pending migrations are older than the last applied one");
    finding("will_skip", history.will_skip, "pending migrations would be skipped by the tool without a word");
}

/// A command line with words that no table knows could do anything.
void judge_unclassified(Bench& bench, const UnitPlan& plan, const Target& target) {
    if (plan.unclassified.empty()) return;
    std::string message = fmt::format("{} would run a command in which nobody can say what this does: {}",
                                      name_of(plan), fmt::join(plan.unclassified, " "));
    if (is_protected(target.level))
        bench.refuse("unclassified", std::move(message), "doctor");
    else
        bench.need_yes("unclassified", message);
}

/// A freeze stops everything but understanding and ending what has failed.
void judge_frozen(Bench& bench, const UnitPlan& plan, const Target& target) {
    auto frozen = plan.frozen.find(target.name);
    if (frozen == plan.frozen.end() || plan.verb == Verb::resolve) return;
    bench.refuse("frozen",
                 fmt::format("{} would change {}, which is {}. A person ends that with `migrate unfreeze`",
                             name_of(plan), display(target.connection), frozen->second));
}

void judge_target(Bench& bench, const UnitPlan& plan, const Target& target,
                  const std::map<std::string, History>& histories, const Policy& policy) {
    Risk risk = Risk::read;
    bool concerned = false, destructive = false;
    for (const auto& step : plan.steps) {
        if (step.target != target.name) continue;
        concerned = true;
        const Risk step_risk = effective_risk(step, plan, target, policy);
        risk = std::max(risk, step_risk);
        destructive = destructive || (step_risk == Risk::apply && !step.destructive.empty());
    }
    if (!concerned) return;
    judge_unclassified(bench, plan, target);
    if (risk <= Risk::files) return;

    judge_frozen(bench, plan, target);
    if (!target.migrated)
        bench.refuse("target.left_alone",
                     doing(plan, risk, target) + ", a database that the project itself never migrates");
    if (is_protected(target.level) && (plan.verb == Verb::generate || plan.verb == Verb::diff))
        bench.refuse("scratch.only",
                     doing(plan, risk, target) +
                         ". What needs a database to work on uses a scratch one, never a protected one");
    judge_cell(bench, plan, target, risk);
    judge_floors(bench, plan, target, risk, policy);
    if (destructive) {
        std::string message =
            fmt::format("a pending migration drops or rewrites data in {}", display(target.connection));
        if (is_protected(target.level))
            bench.need_approval("destructive", message);
        else
            bench.note("destructive", std::move(message));
    }
    if (auto history = histories.find(target.name); history != histories.end())
        judge_history(bench, plan, target, history->second);
    if (plan.verified == "none") {
        if (is_protected(target.level))
            bench.refuse(
                "verified.none",
                doing(plan, risk, target) + ", and whether it succeeded could not be read from its history",
                "doctor");
        else
            bench.note("verified.none", "whether it succeeds cannot be proven: the history cannot be read");
    }
}

/// Steps whose database is none of the resolved ones: a scratch database that the plan itself makes, or one
/// that nobody knows.
void judge_other_steps(Bench& bench, const UnitPlan& plan) {
    auto is_target = [&](const std::string& name) {
        return std::any_of(plan.targets.begin(), plan.targets.end(),
                           [&](const Target& t) { return t.name == name; });
    };
    std::set<std::string> made;
    bool scratch = false;
    for (const auto& step : plan.steps) {
        if (std::holds_alternative<CreateScratch>(step.action)) {
            made.insert(step.target);
            scratch = true;
        }
        if (is_target(step.target) || made.contains(step.target) || step.risk <= Risk::files) continue;
        bench.refuse("target.unknown",
                     fmt::format("\"{}\" would touch a database that could not be resolved", step.purpose),
                     "doctor");
    }
    for (const auto& target : plan.targets)
        if (scratch && is_protected(target.level))
            bench.refuse("scratch.server",
                         fmt::format("{} would make a scratch database beside {}, which is {}", name_of(plan),
                                     display(target.connection), to_string(target.level)));
}

}  // namespace

Verdict judge(const UnitPlan& plan, const std::map<std::string, History>& histories, const Caller& caller,
              const Consent& consent, const Policy& policy) {
    Bench bench(plan, caller, consent);
    if (!caller.person && !consent.confirmed.empty())
        bench.refuse("policy.person_only", "--confirm is a person's word, and nobody sits at this terminal");
    for (const auto& target : plan.targets) judge_target(bench, plan, target, histories, policy);
    judge_other_steps(bench, plan);
    return bench.take();
}

Error error_of(const Verdict& verdict, const UnitPlan& plan, const std::string& plan_id) {
    const char* code = verdict.decision == Decision::refuse     ? "policy.refused"
                       : verdict.decision == Decision::approval ? "policy.needs_approval"
                                                                : "policy.needs_confirmation";
    Error error{code, plan.unit + ": ", "Nothing was changed.", {}};
    std::vector<std::string> messages;
    for (const auto& rule : verdict.rules) {
        if (rule.decision != verdict.decision) continue;
        if (rule.id == "policy.person_only") error.code = rule.id;
        messages.push_back(rule.message);
        for (Next next : rule.next) {
            for (auto& word : next.argv)
                if (word == "{plan_id}") word = plan_id;
            // Several rules name the same way out.
            bool known = std::any_of(error.next.begin(), error.next.end(),
                                     [&](const Next& one) { return one.argv == next.argv; });
            if (!known) error.next.push_back(std::move(next));
        }
    }
    error.message += fmt::format("{}", fmt::join(messages, "; "));
    return error;
}

}  // namespace migrate
