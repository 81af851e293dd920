#include <fmt/format.h>

#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kVerbOptions, &kUnitOptions, &kEnvironmentOptions};
constexpr Positional kWords[] = {
    {.name = "VERB", .required = true, .help = "the verb to plan: run, rollback, generate ..."},
    {.name = "NAME", .help = "for generate: the migration's name"},
};
constexpr Option kOptions[] = {
    {.name = "out",
     .kind = ValueKind::file,
     .value = "FILE",
     .help = "also write the plan there, for `migrate apply FILE`"},
    {.name = "sql", .help = "print the SQL that would run, as far as it is known before"},
    {.name = "valid",
     .kind = ValueKind::duration,
     .value = "DURATION",
     .help = "how long the plan is good; default: 15m, at most 24h"},
    kExitCodeOption,
};
constexpr Example kExamples[] = {
    {"migrate plan run", "what `migrate run` would do here, its verdict and its plan id"},
    {"migrate plan run --all --out plan.json", "the same for all units, kept in a file for another job"},
    {"migrate plan run --sql -q > pending.sql", "what would be executed, for a review"},
    {"migrate plan rollback --steps 2 --json", "the steps as JSON"},
};

/// What setup applies depends on databases that it makes first: it is shown, and has no id to be applied by.
int plan_setup(const Invocation& invocation, const ParsedCommand& parsed) {
    for (const char* option : {"out", "sql", "valid"})
        if (parsed.given(option))
            return report_error(invocation, "plan",
                                {"usage",
                                 fmt::format("plan setup takes no --{}", option),
                                 "What setup applies depends on databases that it makes first. For local "
                                 "databases that are there: migrate plan run",
                                 {}});
    ParsedCommand shown = parsed;
    shown.command = &setup_command;
    shown.positionals.clear();
    shown.options["dry-run"] = {""};
    return setup_command.run(invocation, shown);
}

int plan(const Invocation& invocation, const ParsedCommand& parsed) {
    std::string word = parsed.positional(0).value_or("");
    auto verb = verb_from(word);
    if (word == setup_command.name) return plan_setup(invocation, parsed);
    if (!verb)
        return report_error(invocation, "plan",
                            {"usage", "no verb is called " + word, "For example: migrate plan run", {}});
    auto request = request_of(parsed, *verb, parsed.positional(1).value_or(""));
    if (!request) return report_error(invocation, "plan", request.error());
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "plan", session.error());
    request->now = "{now}";
    return show_plan(*session, *request);
}

}  // namespace

constinit const Command plan_command{
    .name = "plan",
    .group = Group::judge,
    .summary = "steps, verdict and plan id; changes nothing",
    .description =
        "Prints the exact steps of a verb, the verdict of the policy and the plan's id. The id is the same "
        "for the same plan on another machine; `migrate apply` takes it and runs exactly this, if nothing "
        "has moved since.",
    .positionals = kWords,
    .options = kOptions,
    .shared = kShared,
    .native_args = "ARGS",
    .examples = kExamples,
    .run = plan,
};

}  // namespace migrate
