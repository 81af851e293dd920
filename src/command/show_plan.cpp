// A plan and nothing else: what `plan` and --dry-run print.
#include <fmt/format.h>

#include <algorithm>

#include "command/flow.hpp"
#include "plan/sql_text.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

/// `plan --sql`: what each unit's steps would execute, as its text.
void add_sql(const Session& session, Prepared& prepared, const Redactor& redactor) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        const GatheredUnit& gathered = prepared.units[i];
        UnitResult& result = prepared.result.units[i];
        if (!result.plan) continue;
        const NativeCall with{&session.env(), &gathered.child_env, &redactor, gathered.request.environment,
                              gathered.readers.get()};
        auto text = sql_text(gathered.selected.unit, gathered.request, gathered.facts, *result.plan, with);
        if (text)
            result.text = *text;
        else
            result.error = text.error();
    }
}

bool has_steps(const CommandResult& result) {
    return std::any_of(result.units.begin(), result.units.end(),
                       [](const UnitResult& unit) { return unit.plan && !unit.plan->steps.empty(); });
}

/// Nothing but a script on stdout; what is wrong goes to stderr.
int print_script(const Session& session, const CommandResult& result) {
    for (const auto& unit : result.units) {
        fmt::print("{}", unit.text);
        if (unit.error) fmt::print(stderr, "{}", error_text(*unit.error, session.err));
    }
    for (const auto& error : result.errors) fmt::print(stderr, "{}", error_text(error, session.err));
    if (!session.quiet()) fmt::print(stderr, "{}", next_text(result.next, session.err));
    return result.exit;
}

}  // namespace

int show_plan(const Session& session, const Request& request) {
    Redactor redactor;
    auto prepared = prepare(session, request, consent_of(*session.parsed), redactor);
    if (!prepared) return finish(session, "plan", prepared.error());
    prepared->result.command = "plan";
    auto valid = session.parsed->duration("valid").value_or(usual_validity(session));
    if (valid > session.policy.plan_max_age)
        return finish(
            session, "plan",
            Error{"usage",
                  fmt::format(
                      "--valid is longer than a plan may be good for: {} min",
                      std::chrono::duration_cast<std::chrono::minutes>(session.policy.plan_max_age).count()),
                  "plan.max_age says so; the contract allows 24 hours at most.",
                  {}});
    KeptPlan plan = kept(session, *prepared, std::chrono::duration_cast<std::chrono::seconds>(valid).count());
    if (auto file = session.parsed->value("out")) {
        auto written = write_plan(session.invocation->cwd / *file, plan);
        if (!written) return finish(session, "plan", written.error());
    }
    if (prepared->result.errors.empty()) {
        auto written = store_of(session).keep(plan);
        if (!written)
            prepared->result.errors.push_back(written.error());
        else if (has_steps(prepared->result))
            prepared->result.next.push_back({By::you,
                                             {"migrate", "apply", plan.id},
                                             "",
                                             "runs exactly this, if nothing has moved since"});
    }
    if (session.parsed->given("sql")) {
        add_sql(session, *prepared, redactor);
        prepared->result.exit = worst_exit(prepared->result.exit, exit_of(prepared->result));
    }
    if (session.parsed->given("exit-code") && has_steps(prepared->result))
        prepared->result.exit = worst_exit(prepared->result.exit, 3);
    if (session.parsed->given("sql") && !session.json()) return print_script(session, prepared->result);
    return finish(session, prepared->result, {.plan = true}, plan_text(prepared->result, session.out));
}

}  // namespace migrate
