#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>

#include "command/ask.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/parse.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "command/table.hpp"
#include "policy/plan_id.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kConsentOptions, &kRunOptions};
constexpr Positional kWhat[] = {{.name = "PLAN",
                                 .kind = ValueKind::file,
                                 .required = true,
                                 .help = "a plan's id, or a file that `plan --out` wrote"}};
constexpr Option kApplyOptions[] = {
    {.name = "key-env",
     .kind = ValueKind::text,
     .value = "VARIABLE",
     .help = "the variable with an Ed25519 private key, whose signature is the approval"},
};
constexpr Example kApplyExamples[] = {
    {"migrate apply p_0123456789abcdef", "runs exactly that plan, if nothing has moved since"},
    {"migrate apply plan.json", "the same from a file, on any machine"},
    {"migrate apply plan.json --key-env APPROVAL_KEY", "in a pipeline whose reviewers release the key"},
};
constexpr Example kApproveExamples[] = {
    {"migrate approve p_0123456789abcdef", "shows the plan and asks a person for consent to it"},
};

Result<KeptPlan> find_plan(const Session& session, const std::string& what) {
    if (what.starts_with("p_") && what.size() == 18) return store_of(session).find(what);
    return read_plan(session.invocation->cwd / what);
}

/// The kept plan's own command line, with the options that say how to run it.
Result<ParsedCommand> arguments_of(const KeptPlan& plan, const ParsedCommand& parsed) {
    auto verb = verb_from(plan.arguments.front());
    const Command* command = verb ? find_command(to_string(*verb)) : nullptr;
    if (!command)
        return fail("plan.invalid", "the plan's verb is unknown: " + plan.arguments.front(),
                    "Nothing was run.");
    auto words = std::span(plan.arguments).subspan(1);
    auto made = parse_arguments(*command, words);
    if (!made) return tl::unexpected(made.error());
    for (const auto& [name, values] : parsed.options) made->options[name] = values;
    return made;
}

int apply(const Invocation& invocation, const ParsedCommand& parsed) {
    auto here = open_session(invocation, parsed);
    if (!here) return report_error(invocation, "apply", here.error());
    auto plan = find_plan(*here, parsed.positional(0).value_or(""));
    if (!plan) return finish(*here, "apply", plan.error());
    if (auto late = expired(*plan, now_seconds())) return finish(*here, "apply", *late);
    auto command = arguments_of(*plan, parsed);
    if (!command) return finish(*here, "apply", command.error());

    auto session = open_session(invocation, *command);
    if (!session) return report_error(invocation, "apply", session.error());
    auto verb = verb_from(plan->arguments.front());
    auto request = request_of(*command, *verb, command->positional(0).value_or(""));
    if (!request) return finish(*session, "apply", request.error());
    request->now = "{now}";

    Redactor redactor;
    Consent consent = consent_of(parsed);
    PlanStore store = store_of(*session);
    consent.approved = store.approved(plan->id, now_seconds());
    auto prepared = prepare(*session, *request, consent, redactor);
    if (!prepared) return finish(*session, "apply", prepared.error());
    prepared->result.command = "apply";
    if (prepared->plan.id != plan->id) {
        Error stale{"plan.stale",
                    fmt::format("things moved since the plan was made: {}",
                                fmt::join(differences(plan->canonical, canonical_of(*prepared)), "; ")),
                    "Nothing was changed. Make a new plan and read it.",
                    {}};
        std::vector<std::string> again{"migrate", "plan"};
        again.insert(again.end(), plan->arguments.begin(), plan->arguments.end());
        stale.next.push_back({By::you, std::move(again), "", ""});
        return finish(*session, "apply", stale);
    }
    SignedPlan signature;
    if (auto variable = parsed.value("key-env")) {
        auto made = sign_plan(*session, *prepared, *variable, plan->valid_until, redactor);
        if (!made) return finish(*session, "apply", made.error());
        signature = std::move(*made);
        if (!signature.sha256.empty()) {
            consent.approved = true;
            judge_all(*session, *prepared, consent, redactor);
        }
    }
    obtain_consent(*session, *prepared, consent);
    auto spent = signature.sha256.empty() ? spend_approval(*session, *prepared, consent)
                                          : spend_signature(*session, *prepared, signature);
    if (spent) return finish(*session, "apply", *spent);
    return carry_out(*session, *prepared, consent, redactor, true);
}

/// A kept plan as a person reads it: what would be done where.
std::string text_of(const KeptPlan& plan) {
    const Json document = Json::parse(plan.document, nullptr, false);
    std::string text = fmt::format("plan {}: {}\n", plan.id, fmt::join(plan.arguments, " "));
    if (!document.is_object() || !document.contains("units")) return text;
    for (const auto& unit : document["units"]) {
        text += unit.value("id", "") + "\n";
        for (const auto& target : unit.value("targets", Json::array()))
            text +=
                fmt::format("  {} {}{}/{}  {}\n", target.value("engine", "database"),
                            target["host"].is_string() ? target["host"].get<std::string>() : "",
                            target["port"].is_number() ? fmt::format(":{}", target["port"].get<int>()) : "",
                            target["database"].is_string() ? target["database"].get<std::string>() : "",
                            target.value("level", ""));
        for (const auto& step : unit.value("steps", Json::array())) {
            text += fmt::format("  {:>3}  {:<8}{}\n", step.value("n", 0), step.value("risk", ""),
                                step.value("purpose", ""));
            for (const auto& what : step.value("destructive", Json::array()))
                text += fmt::format("       destroys: {}\n", what.get<std::string>());
        }
        for (const auto& rule : unit.value("verdict", Json::object()).value("rules", Json::array()))
            text += fmt::format("  {}\n", rule.value("message", ""));
    }
    return text;
}

int approve(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "approve", session.error());
    auto plan = find_plan(*session, parsed.positional(0).value_or(""));
    if (!plan) return finish(*session, "approve", plan.error());
    if (!session->caller.person)
        return finish(*session, "approve",
                      Error{"policy.person_only",
                            "only a person at a terminal can approve a plan",
                            "Nothing was approved.",
                            {{By::person, {"migrate", "approve", plan->id}, "", ""}}});
    if (auto late = expired(*plan, now_seconds())) return finish(*session, "approve", *late);
    auto answer = ask(text_of(*plan) + "Type the plan's id to approve it:");
    if (answer != plan->id)
        return finish(
            *session, "approve",
            Error{"policy.needs_approval", "the plan was not approved", "Nothing was changed.", {}});
    auto written = store_of(*session).approve(*plan, session->caller.user, now_seconds());
    if (!written) return finish(*session, "approve", written.error());
    CommandResult result;
    result.command = "approve";
    result.plan_id = plan->id;
    result.environment = session->environment;
    result.next.push_back({By::you, {"migrate", "apply", plan->id}, "", "runs it, once"});
    return finish(*session, result, {}, "approved " + plan->id + "\n");
}

}  // namespace

constinit const Command apply_command{
    .name = "apply",
    .group = Group::judge,
    .summary = "run exactly one plan, if nothing has moved",
    .description =
        "Computes the plan anew and refuses any difference. Where the policy asks for it, the plan must have "
        "been approved, by a person on this machine or by the signature of a key that the policy file or the "
        "database's mark lists for the environment; an approval is used up by the run.",
    .positionals = kWhat,
    .options = kApplyOptions,
    .shared = kShared,
    .examples = kApplyExamples,
    .run = apply,
};

constinit const Command approve_command{
    .name = "approve",
    .group = Group::judge,
    .summary = "consent to one plan",
    .description =
        "Shows a plan and takes a person's consent to it, for one run of `migrate apply` on this machine.",
    .positionals = kWhat,
    .examples = kApproveExamples,
    .run = approve,
};

}  // namespace migrate
