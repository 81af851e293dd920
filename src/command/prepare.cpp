// From a command line to plans with verdicts. Nothing in here changes anything.
#include <fmt/format.h>

#include <algorithm>

#include "command/flow.hpp"
#include "command/request.hpp"
#include "plan/live.hpp"
#include "plan/make.hpp"
#include "policy/plan_id.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// `generate` and `init` concern one unit.
std::optional<Error> must_be_one(const Selection& selection, const Request& request) {
    if (request.verb != Verb::generate || selection.units.size() < 2) return std::nullopt;
    std::vector<Next> next;
    for (const auto& one : selection.units)
        next.push_back({By::you, {"migrate", "generate", request.name, "-u", one.unit.id}, "", ""});
    return Error{"unit.ambiguous",
                 fmt::format("generate needs one unit, and {} are chosen", selection.units.size()),
                 "Nothing was changed.", std::move(next)};
}

/// Where only the application applies migrations, a verb that would is not ours to run.
std::optional<Error> not_ours_to_run(const Unit& unit, Verb verb) {
    bool ours = unit.how_run != HowRun::programmatic && unit.how_run != HowRun::manual;
    if (ours || !changes_something(verb) || verb == Verb::generate ||
        unit.commands.contains(std::string(to_string(verb))))
        return std::nullopt;
    std::string hint = unit.project_command.empty()
                           ? "A [[unit]] entry in migrate.toml with commands." +
                                 std::string(to_string(verb)) + " names the project's own way."
                           : "The project's own command: " + unit.project_command;
    return Error{"verb.unsupported",
                 fmt::format("{}: its migrations are applied {}", unit.id,
                             unit.how_run == HowRun::manual ? "by hand" : "only by the application itself"),
                 std::move(hint),
                 {}};
}

/// Nothing but SQLite's `run` creates a database.
std::optional<Error> must_exist(const GatheredUnit& one, const UnitPlan& plan) {
    if (risk_of(plan.steps) <= Risk::files) return std::nullopt;
    for (const auto& target : one.facts.targets) {
        auto history = one.facts.histories.find(target.name);
        if (history == one.facts.histories.end() || history->second.database_exists ||
            history->second.source == HistorySource::none)
            continue;
        bool sqlite_run = target.connection.engine == Engine::sqlite && plan.verb == Verb::run;
        if (sqlite_run) continue;
        Error error{"target.missing",
                    fmt::format("{}: there is no database {}", plan.unit, display(target.connection)),
                    "A wrong URL must not make a new, empty database. Create it, or correct the URL (" +
                        target.source + ").",
                    {{By::you,
                      {"migrate", "explain", "--target", "-u", plan.unit},
                      "",
                      "says where the URL comes from"}}};
        if (target.level <= Level::local)
            error.next.insert(
                error.next.begin(),
                {By::you, {"migrate", "setup", "-u", plan.unit}, "", "creates, migrates and seeds it"});
        return error;
    }
    return std::nullopt;
}

void plan_unit(GatheredUnit& one, UnitResult& result) {
    if (result.error) return;
    if (auto error = not_ours_to_run(one.selected.unit, one.request.verb)) {
        result.error = std::move(error);
        return;
    }
    auto plan = make_plan(one.selected.unit, one.request, one.facts);
    if (!plan) {
        result.error = plan.error();
        return;
    }
    if (auto error = must_exist(one, *plan)) {
        result.error = std::move(error);
        return;
    }
    if (auto error = must_be_own(one, *plan)) {
        result.error = std::move(error);
        return;
    }
    for (auto& step : plan->steps)
        if (step.native())
            for (const auto& [name, value] : one.child_env) step.env.try_emplace(name, value);
    add_live(*plan, one);
    result.plan = std::move(*plan);
}

/// Where a migration is no transaction, one that another run has under way looks like one that was left half
/// done. Whoever holds the lock is waited for, and the history read again.
void look_again(const Session& session, GatheredUnit& one, UnitResult& result, const Redactor& redactor) {
    if (!result.error || result.error->code != "migration.dirty") return;
    const auto wait = session.parsed->duration("wait").value_or(std::chrono::milliseconds(60'000));
    for (const auto& target : one.facts.targets) {
        if (!target.migrated) continue;
        auto lock = TargetLock::take(target, wait, TargetLock::IfMissing::error);
        if (!lock) {
            result.error = lock.error();
            return;
        }
    }
    const NativeCall with{&session.env(), &one.child_env, &redactor, one.request.environment,
                          one.readers.get()};
    result.error = read_again(one, result, session, with, {});
    plan_unit(one, result);
}

std::vector<const UnitPlan*> plans_of(const Prepared& prepared) {
    std::vector<const UnitPlan*> plans;
    for (const UnitResult& unit : prepared.result.units)
        if (unit.plan) plans.push_back(&*unit.plan);
    return plans;
}

/// What takes no part must not be named: that would make it an error.
Selection taking_part(const Prepared& prepared) {
    Selection selection;
    selection.deliberate = prepared.selection.deliberate;
    for (std::size_t i = 0; i < prepared.result.units.size(); ++i)
        if (prepared.result.units[i].skipped.empty()) selection.units.push_back(prepared.selection.units[i]);
    return selection.units.empty() ? prepared.selection : selection;
}

/// The command line that chooses the same units again here: --all where that is what they are.
std::vector<std::string> command_again(const Session& session, const Prepared& prepared) {
    const ParsedCommand& parsed = *session.parsed;
    const auto& units = prepared.selection.units;
    const bool whole =
        units.size() > 1 && units.size() == session.scan.units.size() &&
        std::all_of(units.begin(), units.end(), [](const SelectedUnit& one) { return one.target.empty(); });
    auto arguments = arguments_of(prepared.request, parsed, whole ? Selection{} : taking_part(prepared));
    if (whole) arguments.insert(arguments.begin() + 1, "--all");
    return arguments;
}

}  // namespace

/// What was chosen by a directory or pattern and cannot do the verb takes no part; what was named is an
/// error.
void skip_unable(UnitResult& result, bool named) {
    if (!result.error || named || result.error->code != "verb.unsupported") return;
    result.skipped = result.error->message;
    result.next = std::move(result.error->next);
    result.error.reset();
    result.state = State::skipped;
}

GatherSettings gather_settings(const Session& session) {
    GatherSettings settings;
    settings.root = session.root;
    settings.state_dir = session.state_dir;
    settings.process = session.env();
    settings.config = &session.config;
    settings.policy = &session.policy;
    settings.problems = session.scan.problems;
    settings.all_units = &session.scan.units;
    settings.ask_tool = session.parsed->given("native");
    settings.now = now_seconds();
    settings.environment_flag = session.parsed->value("env");
    settings.url_env = session.parsed->value("url-env").value_or("");
    settings.jobs = session.parsed->number("jobs").value_or(4);
    return settings;
}

Consent consent_of(const ParsedCommand& parsed) {
    Consent consent;
    consent.yes = parsed.given("yes");
    consent.confirmed = parsed.values("confirm");
    return consent;
}

Result<Prepared> prepare(const Session& session, const Request& request, const Consent& consent,
                         Redactor& redactor) {
    auto selection = selected(session);
    if (!selection) return tl::unexpected(selection.error());
    return prepare(session, std::move(*selection), request, consent, redactor);
}

Result<Prepared> prepare(const Session& session, Selection selection, const Request& request,
                         const Consent& consent, Redactor& redactor) {
    Prepared prepared;
    prepared.request = request;
    prepared.selection = std::move(selection);
    if (auto error = must_be_one(prepared.selection, request)) return tl::unexpected(*error);
    if (request.verb == Verb::rollback)
        std::reverse(prepared.selection.units.begin(), prepared.selection.units.end());

    GatherSettings settings = gather_settings(session);
    // Not hundreds of them: servers have limits.
    settings.keep_sessions = changes_something(request.verb) &&
                             prepared.selection.units.size() <= static_cast<std::size_t>(settings.jobs);
    prepared.result.command = std::string(to_string(request.verb));
    prepared.result.environment = session.environment;
    prepared.units = gather(prepared.selection.units, request, settings, redactor, prepared.result.errors);

    prepared.plan.verb = request.verb;
    prepared.plan.environment = session.environment.name;
    prepared.plan.root = session.root.string();
    prepared.plan.options = plan_options(request);
    prepared.result.units.reserve(prepared.units.size());
    for (auto& one : prepared.units) {
        UnitResult result = std::move(one.result);
        plan_unit(one, result);
        if (changes_something(request.verb)) look_again(session, one, result, redactor);
        skip_unable(result, one.selected.named);
        prepared.result.units.push_back(std::move(result));
    }
    const auto again = command_again(session, prepared);
    for (auto& result : prepared.result.units) {
        if (!result.plan) continue;
        result.plan->command = again;
    }
    identify(prepared);
    judge_all(session, prepared, consent, redactor);
    return prepared;
}

std::string canonical_of(const Prepared& prepared) {
    return canonical(prepared.plan, plans_of(prepared));
}

void identify(Prepared& prepared) {
    prepared.plan.id = prepared.result.plan_id = plan_id(prepared.plan, plans_of(prepared));
}

void judge_unit(const Session& session, Prepared& prepared, std::size_t at, const Consent& consent) {
    UnitPlan& plan = *prepared.result.units[at].plan;
    plan.verdict = judge(plan, prepared.units[at].facts.histories, session.caller, consent, session.policy);
    note_long_transactions(prepared.units[at], plan);
    for (auto& rule : plan.verdict.rules)
        for (auto& next : rule.next)
            std::replace(next.argv.begin(), next.argv.end(), std::string("{plan_id}"), prepared.plan.id);
}

void judge_all(const Session& session, Prepared& prepared, const Consent& consent, const Redactor& redactor) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        const UnitResult& result = prepared.result.units[i];
        if (!result.plan) continue;
        prepared.units[i].consent = with_proof(session, result, consent, redactor);
        judge_unit(session, prepared, i, *prepared.units[i].consent);
    }
}

std::chrono::milliseconds usual_validity(const Session& session) {
    return std::min<std::chrono::milliseconds>(std::chrono::minutes(15), session.policy.plan_max_age);
}

KeptPlan kept(const Session& session, const Prepared& prepared, std::int64_t valid) {
    KeptPlan plan;
    plan.id = prepared.plan.id;
    plan.canonical = canonical_of(prepared);
    plan.arguments = arguments_of(prepared.request, *session.parsed, taking_part(prepared));
    plan.made_at = now_seconds();
    plan.valid_until = plan.made_at + valid;
    plan.document = dump(envelope(prepared.result, {.plan = true}));
    return plan;
}

PlanStore store_of(const Session& session) {
    return {session.state_dir / "plans",
            std::filesystem::path(session.caller.home) / ".config/migrate/approvals"};
}

}  // namespace migrate
