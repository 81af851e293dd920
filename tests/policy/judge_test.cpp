#include "policy/judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "policy/matrix.hpp"
#include "target/url.hpp"

using namespace migrate;

namespace {

constexpr std::array kLevels{Level::scratch, Level::local, Level::staging, Level::shared, Level::production};
constexpr std::array kRisks{Risk::read, Risk::files, Risk::apply, Risk::revert, Risk::destroy};

Target target_at(Level level, std::string name = "default", std::string database = "shop") {
    Target target;
    target.name = std::move(name);
    target.connection = parse_url("postgres://u:hunter2@db.example.com/" + database).value();
    target.level = level;
    return target;
}

Step native(Risk risk, std::string target = "default") {
    Step step;
    step.target = std::move(target);
    step.action = Native{};
    step.risk = risk;
    return step;
}

template <class Action>
Step built_in(Action action, Risk risk) {
    Step step = native(risk);
    step.action = std::move(action);
    return step;
}

UnitPlan plan_of(Verb verb, Level level, std::vector<Step> steps) {
    UnitPlan plan;
    plan.unit = "apps/api:knex";
    plan.verb = verb;
    plan.environment = "development";
    plan.targets = {target_at(level)};
    plan.steps = std::move(steps);
    plan.verified = "direct";
    return plan;
}

const Caller kPerson{true, {}, "ada", "/home/ada"};
const Caller kNobody{false, {}, "ci", "/home/ci"};

Verdict judged(const UnitPlan& plan, const Caller& caller = kPerson, const Consent& consent = {},
               const Policy& policy = {}, const std::map<std::string, History>& histories = {}) {
    return judge(plan, histories, caller, consent, policy);
}

std::string ids(const Verdict& verdict) {
    std::string text(to_string(verdict.decision));
    for (const auto& rule : verdict.rules) text += " " + rule.id;
    return text;
}

std::string line_of(const Next& next) {
    std::string line;
    for (const auto& word : next.argv) line += (line.empty() ? "" : " ") + word;
    return line;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------
// The contract's table once more, by hand and in other words, against which every combination is held.

namespace {

/// "-" nothing, "yes" --yes or asked, "name" the typed name or an approval, "person" the typed name and
/// nothing else, "approval", "never"; "+b" a proof of backup too. Columns: scratch, local, staging, shared,
/// production.
constexpr std::array<std::array<std::string_view, 5>, 5> kPersonWords{{
    {"-", "-", "-", "-", "-"},
    {"-", "-", "-", "-", "-"},
    {"-", "-", "-", "name", "name+b"},
    {"-", "yes", "yes", "name+b", "name+b"},
    {"yes", "person", "never", "never", "never"},
}};
constexpr std::array<std::array<std::string_view, 5>, 5> kNobodyWords{{
    {"-", "-", "-", "-", "-"},
    {"-", "-", "-", "-", "-"},
    {"-", "-", "-", "approval", "approval+b"},
    {"-", "yes", "approval", "approval+b", "approval+b"},
    {"yes", "never", "never", "never", "never"},
}};

struct Combination {
    int risk = 0, level = 0;
    bool person = false, yes = false, approved = false, backup = false;
    int confirm = 0;  ///< 0 none, 1 the right name, 2 a wrong one
    bool unclassified = false, unverified = false, destructive = false, finding = false;
    int floor = 0;  ///< 0 none, else confirm, approval, refuse from (staging, apply) on
};

Decision answer_to(std::string_view word, const Combination& c) {
    if (word == "yes") return c.yes || c.approved ? Decision::allow : Decision::confirm;
    if (word == "name") return c.approved || c.confirm == 1 ? Decision::allow : Decision::confirm;
    if (word == "person") return c.confirm == 1 ? Decision::allow : Decision::confirm;
    if (word == "approval") return c.approved ? Decision::allow : Decision::approval;
    return word == "never" ? Decision::refuse : Decision::allow;
}

Decision expected(const Combination& c) {
    const bool is_protected = c.level >= 3;
    Decision worst = Decision::allow;
    auto count = [&](Decision decision) { worst = std::max(worst, decision); };
    if (!c.person && c.confirm != 0) count(Decision::refuse);
    std::string_view word = (c.person ? kPersonWords : kNobodyWords)[c.risk][c.level];
    if (word.ends_with("+b")) {
        if (!c.backup) count(Decision::refuse);
        word.remove_suffix(2);
    }
    count(answer_to(word, c));
    if (c.unclassified) count(answer_to(is_protected ? "never" : "yes", c));
    if (c.risk < 2) return worst;
    if (c.unverified && is_protected) count(Decision::refuse);
    if (c.destructive && c.risk == 2 && is_protected) count(answer_to("approval", c));
    if (c.finding && c.level >= 2) count(answer_to(is_protected ? "approval" : "yes", c));
    if (c.floor != 0 && c.level >= 2)
        count(answer_to(c.floor == 1   ? (c.person ? "yes" : "approval")
                        : c.floor == 2 ? "approval"
                                       : "never",
                        c));
    return worst;
}

Decision actual(const Combination& c) {
    Step step = native(kRisks[c.risk]);
    if (c.destructive) step.destructive = {"DROP TABLE a"};
    UnitPlan plan = plan_of(Verb::run, kLevels[c.level], {step});
    if (c.unclassified) plan.unclassified = {"--odd"};
    if (c.unverified) plan.verified = "none";
    Consent consent{c.yes, {}, c.approved, c.backup};
    if (c.confirm != 0) consent.confirmed = {c.confirm == 1 ? "shop" : "other"};
    Policy policy;
    if (c.floor != 0)
        policy.floors = {{Level::staging, Risk::apply, static_cast<Decision>(c.floor), "policy.toml:1"}};
    std::map<std::string, History> histories;
    if (c.finding) histories["default"].edited = {"0001"};
    Verdict verdict = judged(plan, c.person ? kPerson : kNobody, consent, policy, histories);
    // What holds of every verdict.
    for (const auto& rule : verdict.rules) {
        if (rule.message.find("hunter2") != std::string::npos) FAIL("a verdict shows a password");
        if (rule.decision == Decision::allow) continue;
        if (rule.next.empty()) FAIL("a rule names nothing to do next: " << rule.id);
        for (const auto& next : rule.next) {
            const std::string line = line_of(next);
            const bool option =
                line.find("--yes") != std::string::npos || line.find("--confirm") != std::string::npos;
            if (option != (rule.decision == Decision::confirm)) FAIL("wrong kind of next step: " << line);
        }
    }
    return verdict.decision;
}

int bits_of(const Combination& c) {
    return c.person | c.yes << 1 | c.approved << 2 | c.backup << 3 | c.unclassified << 4 | c.unverified << 5 |
           c.destructive << 6 | c.finding << 7;
}

/// Each combination is judged once, however many tests look at it.
Decision decision(const Combination& c) {
    static std::vector<std::optional<Decision>> known(256 * 5 * 5 * 3 * 4);
    auto& one = known[(((bits_of(c) * 5 + c.risk) * 5 + c.level) * 3 + c.confirm) * 4 + c.floor];
    if (!one) one = actual(c);
    return *one;
}

template <class F>
void every_combination(F f) {
    for (int bits = 0; bits < 256; ++bits)
        for (int risk = 0; risk < 5; ++risk)
            for (int level = 0; level < 5; ++level)
                for (int confirm = 0; confirm < 3; ++confirm)
                    for (int floor = 0; floor < 4; ++floor) {
                        Combination c;
                        c.risk = risk;
                        c.level = level;
                        c.confirm = confirm;
                        c.floor = floor;
                        c.person = bits & 1;
                        c.yes = bits & 2;
                        c.approved = bits & 4;
                        c.backup = bits & 8;
                        c.unclassified = bits & 16;
                        c.unverified = bits & 32;
                        c.destructive = bits & 64;
                        c.finding = bits & 128;
                        f(c);
                    }
}

}  // namespace

TEST_CASE(
    "every combination of risk, level, caller, consent, fault and policy is judged as the contract says") {
    long wrong = 0, total = 0;
    std::string first;
    every_combination([&](const Combination& c) {
        ++total;
        const Decision is = decision(c), should = expected(c);
        if (is == should) return;
        if (wrong++ == 0)
            first = std::string(to_string(kRisks[c.risk])) + " on " +
                    std::string(to_string(kLevels[c.level])) + (c.person ? " by a person" : " by nobody") +
                    (c.yes ? ", yes" : "") + (c.approved ? ", approved" : "") + (c.backup ? ", backup" : "") +
                    ", confirm " + std::to_string(c.confirm) + (c.unclassified ? ", unclassified" : "") +
                    (c.unverified ? ", unverified" : "") + (c.destructive ? ", destructive" : "") +
                    (c.finding ? ", finding" : "") + ", floor " + std::to_string(c.floor) + ": is " +
                    std::string(to_string(is)) + ", should be " + std::string(to_string(should));
    });
    CHECK(total == 76800);
    CHECK_MESSAGE(wrong == 0, first);
}

TEST_CASE("no verb, consent, caller or policy lets a destroying step touch a protected target") {
    long allowed = 0, total = 0;
    for (Verb verb : all_verbs())
        for (Level level : {Level::shared, Level::production})
            for (int bits = 0; bits < 64; ++bits) {
                UnitPlan plan = plan_of(verb, level, {native(Risk::destroy)});
                plan.applied_seen["default"] = {"1", "2"};
                if (bits & 1) plan.no_rows = plan.no_user_tables = {"default"};
                Consent consent{true, {}, bool(bits & 2), bool(bits & 4)};
                const Caller& caller = bits & 8 ? kPerson : kNobody;
                if (bits & 16) consent.confirmed = {"shop", "shop"};
                Policy policy;
                policy.idempotent_seeds = {"apps/api:knex"};
                if (bits & 32) policy.floors = {{Level::scratch, Risk::apply, Decision::confirm, "p:1"}};
                ++total;
                if (judged(plan, caller, consent, policy).decision != Decision::refuse) ++allowed;
            }
    CHECK(total == static_cast<long>(all_verbs().size()) * 128);
    CHECK(allowed == 0);
}

TEST_CASE("consent never makes a verdict stricter, and a policy or repository never milder") {
    long wrong = 0;
    every_combination([&](const Combination& c) {
        const Decision now = decision(c);
        Combination more = c;
        more.yes = more.approved = more.backup = true;
        if (decision(more) > now) ++wrong;
        Combination looser = c;
        looser.floor = 0;
        if (decision(looser) > now) ++wrong;
        Combination careless = c;
        careless.unclassified = careless.unverified = careless.destructive = careless.finding = false;
        if (decision(careless) > now) ++wrong;
    });
    CHECK(wrong == 0);
}

// ---------------------------------------------------------------------------------------------------------

TEST_CASE("a confirm names the option that answers it, on the command that was asked") {
    UnitPlan plan = plan_of(Verb::rollback, Level::local, {native(Risk::revert)});
    Verdict verdict = judged(plan, kNobody);
    REQUIRE(verdict.rules.size() == 1);
    CHECK(line_of(verdict.rules[0].next[0]) == "migrate rollback --yes -u apps/api:knex");
    CHECK(verdict.rules[0].next[0].by == By::you);
    plan.environment = "qa";
    CHECK(line_of(judged(plan, kNobody).rules[0].next[0]) ==
          "migrate rollback --yes -u apps/api:knex --env qa");
    plan.command = {"rollback", "--steps=2", "--unit=api", "--", "--verbose"};
    CHECK(line_of(judged(plan, kNobody).rules[0].next[0]) ==
          "migrate rollback --yes --steps=2 --unit=api -- --verbose");

    Verdict named = judged(plan_of(Verb::run, Level::shared, {native(Risk::apply)}));
    CHECK(ids(named) == "confirm matrix.apply.shared");
    CHECK(named.ask_names == std::vector<std::string>{"shop"});
    CHECK(line_of(named.rules[0].next[0]) == "migrate run --confirm=shop -u apps/api:knex");
    CHECK(named.rules[0].next[0].by == By::person);
}

TEST_CASE("an approval is asked for as plan, approve, apply") {
    UnitPlan plan = plan_of(Verb::run, Level::shared, {native(Risk::apply)});
    Verdict verdict = judged(plan, kNobody);
    CHECK(ids(verdict) == "approval matrix.apply.shared");
    Error error = error_of(verdict, plan, "p_0123456789abcdef");
    CHECK(error.code == "policy.needs_approval");
    CHECK(exit_status(error.code) == 4);
    REQUIRE(error.next.size() == 3);
    CHECK(line_of(error.next[0]) == "migrate plan run -u apps/api:knex");
    CHECK(line_of(error.next[1]) == "migrate approve p_0123456789abcdef");
    CHECK(error.next[1].by == By::person);
    CHECK(line_of(error.next[2]) == "migrate apply p_0123456789abcdef");
}

TEST_CASE("a refusal says what would have happened and names a harmless command") {
    UnitPlan plan = plan_of(Verb::reset, Level::production, {native(Risk::destroy)});
    Verdict verdict = judged(plan);
    Error error = error_of(verdict, plan, "p_0123456789abcdef");
    CHECK(error.code == "policy.refused");
    CHECK(error.message ==
          "apps/api:knex: reset would destroy data in postgresql://db.example.com:5432/shop, which is "
          "production. That is "
          "never done here, whoever asks");
    REQUIRE(error.next.size() == 1);
    CHECK(line_of(error.next[0]) == "migrate status -u apps/api:knex");
}

TEST_CASE("--confirm from no person is refused, also where nothing was needed") {
    UnitPlan plan = plan_of(Verb::run, Level::local, {native(Risk::apply)});
    Consent consent;
    consent.confirmed = {"shop"};
    Verdict verdict = judged(plan, kNobody, consent);
    CHECK(ids(verdict) == "refuse policy.person_only");
    CHECK(error_of(verdict, plan, "p").code == "policy.person_only");
    CHECK(judged(plan, kPerson, consent).decision == Decision::allow);
}

TEST_CASE("every target wants its own name") {
    UnitPlan plan = plan_of(Verb::run, Level::shared, {native(Risk::apply, "a"), native(Risk::apply, "b")});
    plan.targets = {target_at(Level::shared, "a"), target_at(Level::shared, "b")};
    Consent consent;
    consent.confirmed = {"shop"};
    CHECK(judged(plan, kPerson, consent).ask_names == std::vector<std::string>{"shop"});
    consent.confirmed = {"shop", "shop"};
    CHECK(judged(plan, kPerson, consent).decision == Decision::allow);
}

TEST_CASE("the strictest target counts") {
    UnitPlan plan = plan_of(Verb::run, Level::local, {native(Risk::apply), native(Risk::apply, "other")});
    plan.targets.push_back(target_at(Level::production, "other"));
    CHECK(judged(plan, kNobody).decision == Decision::refuse);
    CHECK(judged(plan, kNobody, {false, {}, true, true}).decision == Decision::allow);
}

TEST_CASE("production owes a proof of backup, and the gate that is not there is said to be missing") {
    UnitPlan plan = plan_of(Verb::run, Level::production, {native(Risk::apply)});
    Consent consent{false, {"shop"}, false, false};
    CHECK(ids(judged(plan, kPerson, consent)) == "refuse backup.missing check.unavailable");
    consent.backup_proven = true;
    CHECK(ids(judged(plan, kPerson, consent)) == "allow backup.proven check.unavailable");
    consent.backup_proven = false;
    plan.no_user_tables = {"default"};
    CHECK(ids(judged(plan, kPerson, consent)) == "allow check.unavailable");
}

TEST_CASE("seeds: apply on empty tables, revert elsewhere, destroy on protected targets unless idempotent") {
    auto risk = [](Level level, bool empty, bool idempotent, Risk row = Risk::revert) {
        UnitPlan plan = plan_of(Verb::seed, level, {native(row)});
        if (empty) plan.no_rows = {"default"};
        Policy policy;
        if (idempotent) policy.idempotent_seeds = {plan.unit};
        return effective_risk(plan.steps[0], plan, plan.targets[0], policy);
    };
    CHECK(risk(Level::local, false, false, Risk::apply) == Risk::revert);
    CHECK(risk(Level::local, true, false) == Risk::apply);
    CHECK(risk(Level::staging, false, false) == Risk::revert);
    CHECK(risk(Level::shared, false, false) == Risk::destroy);
    CHECK(risk(Level::production, false, false, Risk::apply) == Risk::destroy);
    CHECK(risk(Level::production, true, false) == Risk::apply);
    CHECK(risk(Level::production, false, true) == Risk::revert);
    CHECK(risk(Level::local, true, true, Risk::destroy) == Risk::destroy);
    CHECK(risk(Level::shared, false, false, Risk::read) == Risk::read);
    UnitPlan other = plan_of(Verb::seed, Level::shared, {native(Risk::revert)});
    Policy policy;
    policy.idempotent_seeds = {"another:unit"};
    CHECK(effective_risk(other.steps[0], other, other.targets[0], policy) == Risk::destroy);
}

TEST_CASE("a rollback that leaves nothing applied on a protected target destroys") {
    auto decision = [](Level level, std::vector<std::string> removed, Verb verb = Verb::rollback) {
        Step down = native(Risk::revert);
        down.expect.applied_removed = std::move(removed);
        UnitPlan plan = plan_of(verb, level, {down});
        plan.applied_seen["default"] = {"1", "2"};
        if (verb == Verb::redo) {
            Step up = native(Risk::apply);
            up.expect.applied_added = down.expect.applied_removed;
            plan.steps.push_back(up);
        }
        return judged(plan, kPerson, {true, {"shop"}, false, true}).decision;
    };
    CHECK(decision(Level::shared, {"2"}) == Decision::allow);
    CHECK(decision(Level::shared, {"1", "2"}) == Decision::refuse);
    CHECK(decision(Level::local, {"1", "2"}) == Decision::allow);
    // What is put back afterwards was gone all the same.
    CHECK(decision(Level::shared, {"1", "2"}, Verb::redo) == Decision::refuse);
    CHECK(decision(Level::shared, {"2"}, Verb::redo) == Decision::allow);
    // Nobody can rule it out where the plan does not say what is removed.
    CHECK(decision(Level::shared, {}) == Decision::refuse);
}

TEST_CASE("on a local target a person is asked about a revert, unless there are no values to lose") {
    UnitPlan plan = plan_of(Verb::rollback, Level::local, {native(Risk::revert)});
    CHECK(ids(judged(plan, kPerson)) == "confirm matrix.revert.local");
    plan.no_rows = {"default"};
    CHECK(judged(plan, kPerson).decision == Decision::allow);
    CHECK(judged(plan, kNobody).decision == Decision::confirm);
    CHECK(judged(plan, kNobody, {true, {}, false, false}).decision == Decision::allow);
}

TEST_CASE("baseline and resolve revert; where history rows alone change, the copy of them is the backup") {
    Consent consent{false, {"shop"}, false, false};
    Step copy = built_in(CopyHistory{"t"}, Risk::read), change = built_in(ChangeHistory{}, Risk::apply);
    CHECK(judged(plan_of(Verb::resolve, Level::shared, {copy, change}), kPerson, consent).decision ==
          Decision::allow);
    CHECK(ids(judged(plan_of(Verb::resolve, Level::shared, {change}), kPerson, consent)) ==
          "refuse backup.missing");
    CHECK(ids(judged(plan_of(Verb::resolve, Level::shared, {change, copy}), kPerson, consent)) ==
          "refuse backup.missing");
    CHECK(judged(plan_of(Verb::baseline, Level::shared, {copy, native(Risk::revert)}), kPerson, consent)
              .decision == Decision::allow);
    Step executes = built_in(ExecuteSql{}, Risk::apply);
    CHECK(ids(judged(plan_of(Verb::resolve, Level::shared, {copy, executes}), kPerson, consent)) ==
          "refuse backup.missing");
    CHECK(ids(judged(plan_of(Verb::baseline, Level::local, {change}), kNobody)) ==
          "confirm matrix.revert.local");
    // --resume goes on with the migration itself.
    Step resume = built_in(ApplyMigration{}, Risk::apply);
    CHECK(judged(plan_of(Verb::resolve, Level::local, {resume}), kNobody).decision == Decision::allow);
    CHECK(judged(plan_of(Verb::resolve, Level::local, {native(Risk::apply)}), kNobody).decision ==
          Decision::allow);
}

TEST_CASE("reset and push destroy, whatever their row says") {
    for (Verb verb : {Verb::reset, Verb::push}) {
        CHECK(judged(plan_of(verb, Level::staging, {native(Risk::apply)})).decision == Decision::refuse);
        CHECK(judged(plan_of(verb, Level::local, {native(Risk::apply)}), kNobody, {true, {}, true, true})
                  .decision == Decision::refuse);
        CHECK(ids(judged(plan_of(verb, Level::local, {native(Risk::apply)}))) ==
              "confirm matrix.destroy.local");
        CHECK(ids(judged(plan_of(verb, Level::scratch, {native(Risk::apply)}), kNobody)) ==
              "confirm matrix.destroy.scratch");
    }
}

TEST_CASE("no approval stands in for the person who destroys a local database") {
    UnitPlan plan = plan_of(Verb::reset, Level::local, {native(Risk::destroy)});
    CHECK(judged(plan, kPerson, {true, {}, true, true}).decision == Decision::confirm);
    CHECK(judged(plan, kPerson, {false, {"shop"}, false, false}).decision == Decision::allow);
}

TEST_CASE("a pending migration that drops needs an approval of its own on a protected target") {
    Step step = native(Risk::apply);
    step.destructive = {"DROP COLUMN email"};
    Consent consent{true, {"shop"}, false, true};
    CHECK(ids(judged(plan_of(Verb::run, Level::shared, {step}), kPerson, consent)) == "approval destructive");
    CHECK(ids(judged(plan_of(Verb::run, Level::local, {step}))) == "allow destructive");
    consent.approved = true;
    CHECK(judged(plan_of(Verb::run, Level::shared, {step}), kPerson, consent).decision == Decision::allow);
}

TEST_CASE("what the history shows is a warning, a confirmation or an approval, before a run alone") {
    std::map<std::string, History> histories;
    histories["default"].edited = {"1"};
    histories["default"].missing = {"2"};
    histories["default"].out_of_order = {"3"};
    histories["default"].will_skip = {"4"};
    const std::string all = " history.edited history.missing history.out_of_order history.will_skip";
    auto judge_at = [&](Verb verb, Level level, const Caller& caller, bool yes = false) {
        return ids(judged(plan_of(verb, level, {native(Risk::apply)}), caller, {yes, {}, false, true}, {},
                          histories));
    };
    CHECK(judge_at(Verb::run, Level::local, kNobody) == "allow" + all);
    CHECK(judge_at(Verb::run, Level::staging, kNobody) == "confirm" + all);
    CHECK(judge_at(Verb::run, Level::staging, kNobody, true) == "allow");
    CHECK(judge_at(Verb::run, Level::shared, kPerson) == "approval matrix.apply.shared" + all);
    CHECK(judge_at(Verb::resolve, Level::local, kNobody) == "allow");
}

TEST_CASE("a database that the project never migrates is left alone, one that nobody knows is not touched") {
    UnitPlan plan = plan_of(Verb::run, Level::local, {native(Risk::apply)});
    plan.targets[0].migrated = false;
    CHECK(ids(judged(plan)) == "refuse target.left_alone");
    plan = plan_of(Verb::run, Level::local, {native(Risk::apply, "elsewhere")});
    CHECK(ids(judged(plan)) == "refuse target.unknown");
    plan.steps[0].risk = Risk::files;
    CHECK(judged(plan).decision == Decision::allow);
}

TEST_CASE("scratch databases are made beside no protected one") {
    Step make = built_in(CreateScratch{}, Risk::files), use = native(Risk::apply, "scratch");
    make.target = "scratch";
    CHECK(judged(plan_of(Verb::generate, Level::local, {make, use}), kNobody).decision == Decision::allow);
    CHECK(ids(judged(plan_of(Verb::generate, Level::shared, {make, use}))) == "refuse scratch.server");
    CHECK(ids(judged(plan_of(Verb::generate, Level::shared, {native(Risk::apply)}), kPerson,
                     {false, {"shop"}, false, true})) == "refuse scratch.only");
}

TEST_CASE("what cannot be verified or understood is refused on protected targets") {
    UnitPlan plan = plan_of(Verb::status, Level::shared, {native(Risk::read)});
    plan.unclassified = {"--odd"};
    CHECK(ids(judged(plan)) == "refuse unclassified");
    plan = plan_of(Verb::run, Level::staging, {native(Risk::apply)});
    plan.unclassified = {"--odd"};
    CHECK(ids(judged(plan, kNobody)) == "confirm unclassified");
    plan = plan_of(Verb::run, Level::local, {native(Risk::apply)});
    plan.verified = "none";
    CHECK(ids(judged(plan)) == "allow verified.none");
}

TEST_CASE("what a file makes stricter is stricter from that level and risk on") {
    Policy policy;
    policy.floors = {{Level::local, Risk::revert, Decision::refuse, "migrate.toml:9"}};
    Verdict verdict = judged(plan_of(Verb::rollback, Level::staging, {native(Risk::revert)}), kPerson,
                             {true, {}, false, false}, policy);
    CHECK(ids(verdict) == "refuse policy.floor");
    CHECK(verdict.rules[0].message.find("migrate.toml:9") != std::string::npos);
    CHECK(judged(plan_of(Verb::run, Level::staging, {native(Risk::apply)}), kNobody, {}, policy).decision ==
          Decision::allow);
    CHECK(judged(plan_of(Verb::rollback, Level::scratch, {native(Risk::revert)}), kNobody, {}, policy)
              .decision == Decision::allow);
}

TEST_CASE("nothing to do needs no consent") {
    CHECK(judged(plan_of(Verb::run, Level::production, {}), kNobody).decision == Decision::allow);
}
