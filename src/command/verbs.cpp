// The commands of the verbs that change something. They differ in what they say of themselves; what they do
// is run_verb().
#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/request.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions, &kRunOptions};

/// The same with the verb's own options before them.
constexpr std::array<const OptionSet*, 5> with(const OptionSet& own) {
    return {&own, &kUnitOptions, &kEnvironmentOptions, &kConsentOptions, &kRunOptions};
}
constexpr auto kGenerateSets = with(kGenerateOptions), kStepSets = with(kStepOptions),
               kRollbackSets = with(kRollbackOptions);

template <Verb verb>
int change(const Invocation& invocation, const ParsedCommand& parsed) {
    return run_verb(invocation, parsed, verb, parsed.positional(0).value_or(""));
}

constexpr Positional kName[] = {
    {.name = "NAME", .required = true, .help = "what the migration does: add_posts"}};
constexpr Example kGenerateExamples[] = {
    {"migrate generate add_posts", "writes a migration from what changed in the models"},
    {"migrate generate backfill_totals --empty -u ledger", "writes a blank one in the unit called ledger"},
};
constexpr Example kRunExamples[] = {
    {"migrate run", "applies what is pending in the unit at or above the current directory"},
    {"migrate run --all --dry-run", "shows what would be applied everywhere, and changes nothing"},
    {"migrate run -u ledger --to 20240214120000_create_entries.sql",
     "applies up to and including that migration"},
};
constexpr Example kRollbackExamples[] = {
    {"migrate rollback", "reverts the last migration"},
    {"migrate rollback --steps 3 --dry-run", "shows how the last three would be reverted"},
    {"migrate rollback --to 20240110090000_create_accounts.sql",
     "reverts everything behind it; it stays applied"},
};
constexpr Example kRedoExamples[] = {{"migrate redo", "reverts the last migration and applies it again"}};
constexpr Example kSeedExamples[] = {{"migrate seed -u ledger", "runs the seeds of the unit called ledger"}};
constexpr Example kPullExamples[] = {
    {"migrate pull -u apps/web", "writes the database's schema into the project's schema files"}};
constexpr Example kBaselineExamples[] = {
    {"migrate baseline -u ledger",
     "records all migrations as applied in a database that has their tables already"}};
constexpr Example kResetExamples[] = {
    {"migrate reset -u ledger --dry-run",
     "shows what the tool's reset would do; on protected databases it is refused"}};
constexpr Example kPushExamples[] = {
    {"migrate push -u apps/web --dry-run", "shows the tool's push; on protected databases it is refused"}};

}  // namespace

constinit const Command generate_command{
    .name = "generate",
    .alias = "create",
    .group = Group::files,
    .summary = "a new migration from model changes",
    .description =
        "Writes a new migration file in the unit's own format: from the models where the tool can compare "
        "them, else empty. Never prompts, applies nothing and never uses a protected database.",
    .positionals = kName,
    .shared = kGenerateSets,
    .native_args = "ARGS",
    .examples = kGenerateExamples,
    .run = change<Verb::generate>,
};

constinit const Command pull_command{
    .name = "pull",
    .group = Group::files,
    .summary = "update the schema files from the database",
    .description = "Lets the tool write the project's schema files from the database, where the tool can.",
    .shared = kShared,
    .native_args = "ARGS",
    .examples = kPullExamples,
    .run = change<Verb::pull>,
};

constinit const Command run_command{
    .name = "run",
    .alias = "up",
    .group = Group::database,
    .summary = "apply pending migrations",
    .description =
        "Applies pending migrations and nothing else. All chosen units are planned and judged before the "
        "first "
        "one is touched; each runs under a lock on its database, and its history is read again afterwards: "
        "an "
        "exit status of 0 from a tool proves nothing.",
    .shared = kStepSets,
    .native_args = "ARGS",
    .examples = kRunExamples,
    .run = change<Verb::run>,
};

constinit const Command rollback_command{
    .name = "rollback",
    .alias = "down",
    .group = Group::database,
    .summary = "revert the last migration, or more",
    .description =
        "Reverts applied migrations, newest first: the last one, or as many as asked for. What cannot be "
        "reverted is said before anything runs.",
    .shared = kRollbackSets,
    .native_args = "ARGS",
    .examples = kRollbackExamples,
    .run = change<Verb::rollback>,
};

constinit const Command redo_command{
    .name = "redo",
    .group = Group::database,
    .summary = "revert and apply the last migration again",
    .description = "Rollback and run of the last migration as one plan.",
    .shared = kShared,
    .examples = kRedoExamples,
    .run = change<Verb::redo>,
};

constinit const Command seed_command{
    .name = "seed",
    .group = Group::database,
    .summary = "run the unit's seeds",
    .description =
        "Runs the seeds from where the project keeps them. Seeds delete before they insert more often than "
        "not, so they count as reverting, and are refused on protected databases.",
    .shared = kShared,
    .native_args = "ARGS",
    .examples = kSeedExamples,
    .run = change<Verb::seed>,
};

constinit const Command baseline_command{
    .name = "baseline",
    .group = Group::database,
    .summary = "adopt an existing database",
    .description =
        "Records migrations as applied without running them, in a database that has their tables already.",
    .shared = kStepSets,
    .examples = kBaselineExamples,
    .run = change<Verb::baseline>,
};

constinit const Command reset_command{
    .name = "reset",
    .group = Group::database,
    .summary = "the tool's destructive reset, never on protected data",
    .description =
        "The tool's own shortcut that destroys and builds anew. Refused on every protected database, "
        "whatever "
        "the flags.",
    .shared = kShared,
    .examples = kResetExamples,
    .run = change<Verb::reset>,
};

constinit const Command push_command{
    .name = "push",
    .group = Group::database,
    .summary = "the tool's schema push, never on protected data",
    .description =
        "The tool's own shortcut that changes the schema without a migration. Refused on every protected "
        "database, whatever the flags.",
    .shared = kShared,
    .examples = kPushExamples,
    .run = change<Verb::push>,
};

}  // namespace migrate
