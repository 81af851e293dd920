#include <fmt/format.h>

#include "command/help.hpp"
#include "command/table.hpp"
#include "report/color.hpp"

namespace migrate {

namespace {

constexpr Positional kPositionals[] = {{.name = "VERB",
                                        .kind = ValueKind::command_name,
                                        .help = "the verb to explain; without one, all are listed"}};
constexpr Example kExamples[] = {{"migrate help version", "the same as `migrate version --help`"}};

int help(const Invocation& invocation, const ParsedCommand& parsed) {
    bool bold = use_color(parsed.value("color"), invocation.env, invocation.stdout_tty);
    const Command* command = find_command(parsed.positional(0).value_or(""));
    fmt::print("{}", command && !command->name.empty() ? command_help(*command, bold) : program_help(bold));
    return 0;
}

}  // namespace

constinit const Command help_command{
    .name = "help",
    .group = Group::serve,
    .summary = "what a verb does, its options and examples",
    .description = "Prints what `migrate VERB --help` prints, or the list of all verbs.",
    .positionals = kPositionals,
    .examples = kExamples,
    .hidden = true,
    .run = help,
};

}  // namespace migrate
