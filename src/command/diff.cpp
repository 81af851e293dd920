#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/request.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::array<const OptionSet*, 3> kShared{&kUnitOptions, &kEnvironmentOptions, &kRunOptions};
constexpr Option kOptions[] = {
    {.name = "exit-code", .help = "end with status 3 where there is a difference"},
};
constexpr Example kExamples[] = {
    {"migrate diff",
     "what the models have that the database or the migrations have not, as the tool says it"},
    {"migrate diff --all --exit-code", "all units; ends with 3 where one differs"},
};

int diff(const Invocation& invocation, const ParsedCommand& parsed) {
    return run_verb(invocation, parsed, Verb::diff, "");
}

}  // namespace

constinit const Command diff_command{
    .name = "diff",
    .group = Group::look,
    .summary = "models against migrations and database",
    .description =
        "Lets each tool compare what it can compare: models, migrations, database. Where a comparison needs "
        "a "
        "database to build in, it is a scratch one, never on a protected server. Changes nothing.",
    .options = kOptions,
    .shared = kShared,
    .examples = kExamples,
    .run = diff,
};

}  // namespace migrate
