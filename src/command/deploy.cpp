// `deploy`: everything that is pending, phase by phase over all units.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "command/table.hpp"
#include "db/database.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions, &kRunOptions};
constexpr Example kExamples[] = {
    {"migrate deploy --env production", "backs up, applies what is pending, and verifies, over all units"},
    {"migrate deploy --dry-run", "shows what would be applied, and the verdict"},
};

/// A deployment concerns all units where none is named.
ParsedCommand of_all_units(ParsedCommand parsed) {
    if (!parsed.given("unit") && !parsed.given("affected")) parsed.options["all"] = {""};
    return parsed;
}

bool owes_backup(const UnitPlan& plan) {
    return std::any_of(plan.verdict.rules.begin(), plan.verdict.rules.end(),
                       [](const Rule& rule) { return rule.id == "backup.missing"; });
}

/// Where a backup is all that is missing, the verdict is the one that there will be once it is taken.
void count_on_backups(const Session& session, Prepared& prepared, const Consent& consent) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        UnitResult& unit = prepared.result.units[i];
        if (!unit.plan || !owes_backup(*unit.plan)) continue;
        Consent assumed = consent;
        assumed.backup_proven = true;
        assumed.backup = "the one that is taken before anything runs";
        const Verdict without = unit.plan->verdict;
        judge_unit(session, prepared, i, assumed);
        if (unit.plan->verdict.decision == Decision::refuse) unit.plan->verdict = without;
    }
}

/// The way on after an approval is this command again, not `apply`: it takes the backups.
void go_on_by_deploy(const ParsedCommand& given, Prepared& prepared) {
    std::vector<std::string> again{"migrate", "deploy"};
    for (const char* option : {"env", "unit", "affected", "url-env"})
        for (const auto& value : given.values(option))
            again.push_back(fmt::format("--{}{}{}", option, value.empty() ? "" : "=", value));
    for (auto& unit : prepared.result.units) {
        if (!unit.plan) continue;
        for (auto& rule : unit.plan->verdict.rules)
            for (auto& next : rule.next)
                if (next.argv.size() > 1 && next.argv[1] == "apply") next.argv = again;
    }
}

std::vector<bool> owing_backups(const Prepared& prepared) {
    std::vector<bool> owing;
    for (const auto& unit : prepared.result.units) owing.push_back(unit.plan && owes_backup(*unit.plan));
    return owing;
}

/// A dump takes long: it is not begun for a plan that is refused, or waits for an approval.
void take_backups(const Session& session, Prepared& prepared, const std::vector<bool>& owing,
                  const Redactor& redactor) {
    for (std::size_t i = 0; i < owing.size(); ++i) {
        UnitResult& unit = prepared.result.units[i];
        if (!owing[i]) continue;
        auto made = back_up_protected(session, unit, redactor);
        if (!made) {
            unit.error = made.error();
            return;
        }
        for (const auto& backup : *made)
            unit.text += fmt::format("  backed up {}\n            {}\n", backup.id, backup.verified);
    }
}

/// The last word: with the backups that are really there, and with what a person answered for each unit.
void judge_again(const Session& session, Prepared& prepared, const Consent& consent,
                 const Redactor& redactor) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        GatheredUnit& one = prepared.units[i];
        UnitResult& unit = prepared.result.units[i];
        if (!unit.plan || unit.error) continue;
        one.consent = with_proof(session, unit, one.consent.value_or(consent), redactor);
        judge_unit(session, prepared, i, *one.consent);
        if (unit.plan->verdict.decision != Decision::allow)
            unit.error = error_of(unit.plan->verdict, *unit.plan, prepared.plan.id);
    }
}

/// [[verify]]: SQL that must return no row once everything is applied.
void verify(const Session& session, Prepared& prepared) {
    for (const auto& check : session.config.verify) {
        auto unit = std::find_if(
            prepared.result.units.begin(), prepared.result.units.end(),
            [&](const UnitResult& one) { return one.unit.id == check.unit || one.unit.alias == check.unit; });
        if (unit == prepared.result.units.end() || !unit->skipped.empty() || unit->targets.empty()) continue;
        auto database = db::open(unit->targets.front().target.connection, {});
        auto rows = database ? (*database)->query(check.sql) : tl::unexpected(database.error());
        if (rows && rows->rows.empty()) {
            unit->text += fmt::format("  verified  {}\n", check.name);
            continue;
        }
        const std::size_t count = rows ? rows->rows.size() : 0;
        const std::string what =
            rows ? fmt::format("{} row{} otherwise", count, count == 1 ? " says" : "s say")
                 : rows.error().message;
        const std::string environment = "--env=" + session.environment.name;
        unit->error = Error{
            "run.verify_failed",
            fmt::format("{}: {}: {}", unit->unit.id, check.name, what),
            fmt::format("{}: the migrations are applied, and this check of the data fails.", check.source),
            {{By::you, {"migrate", "status", "-u", unit->unit.id, environment}, "", "how things stand now"},
             {By::you,
              {"migrate", "plan", "rollback", "-u", unit->unit.id, environment},
              "the change is to be taken back",
              "shows how"}}};
        return;
    }
}

int deploy(const Invocation& invocation, const ParsedCommand& given) {
    const ParsedCommand parsed = of_all_units(given);
    auto request = request_of(parsed, Verb::run, "");
    if (!request) return report_error(invocation, "deploy", request.error());
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "deploy", session.error());
    request->now = "{now}";
    if (parsed.given("dry-run")) return show_plan(*session, *request);

    Redactor redactor;
    Consent consent = consent_of(parsed);
    auto prepared = prepare(*session, *request, consent, redactor);
    if (!prepared) return finish(*session, "deploy", prepared.error());
    prepared->result.command = "deploy";
    const PlanStore store = store_of(*session);
    const auto valid = std::chrono::duration_cast<std::chrono::seconds>(usual_validity(*session));
    consent.approved = store.approved(prepared->plan.id, now_seconds());
    if (consent.approved) judge_all(*session, *prepared, consent, redactor);
    const std::vector<bool> owing = owing_backups(*prepared);
    count_on_backups(*session, *prepared, consent);
    go_on_by_deploy(given, *prepared);
    if (!consent.approved)  // so that it can be
        if (auto written = store.keep(kept(*session, *prepared, valid.count())); !written)
            prepared->result.errors.push_back(written.error());
    obtain_consent(*session, *prepared, consent);
    if (!has_error(prepared->result)) {
        take_backups(*session, *prepared, owing, redactor);
        judge_again(*session, *prepared, consent, redactor);
    }
    if (auto error = spend_approval(*session, *prepared, consent)) return finish(*session, "deploy", *error);
    return carry_out(*session, *prepared, consent, redactor, consent.approved,
                     [&](Prepared& done, RunObserver&) { verify(*session, done); });
}

}  // namespace

constinit const Command deploy_command{
    .name = "deploy",
    .group = Group::database,
    .summary = "back up, apply what is pending, verify, over all units",
    .description =
        "Phase by phase over all units: judge, take the backups that are owed, judge again, run, verify. "
        "Nothing runs anywhere before every unit has passed. Afterwards the queries of [[verify]] in "
        "migrate.toml must return no row. Where an approval is needed, it says of which plan; once that is "
        "given, the same command goes on. The migrations are not linted.",
    .shared = kShared,
    .examples = kExamples,
    .run = deploy,
};

}  // namespace migrate
