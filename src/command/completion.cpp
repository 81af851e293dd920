#include "command/completion.hpp"

#include <fmt/format.h>

#include "command/table.hpp"

namespace migrate {

namespace {

constexpr Positional kPositionals[] = {{.name = "SHELL",
                                        .kind = ValueKind::choice,
                                        .required = true,
                                        .choices = "bash|zsh|fish",
                                        .help = "the shell that will read the script: bash, zsh or fish"}};

constexpr Example kExamples[] = {
    {"migrate completion bash > ~/.local/share/bash-completion/completions/migrate",
     "completes verbs, options and unit ids in every new bash"},
    {"migrate completion zsh > ~/.zfunc/_migrate", "the same for zsh, where ~/.zfunc is in fpath"},
    {"migrate completion fish > ~/.config/fish/completions/migrate.fish", "the same for fish"},
};

int completion(const Invocation&, const ParsedCommand& parsed) {
    std::string shell = parsed.positional(0).value_or("");
    auto script = shell == "bash" ? bash_completion : shell == "zsh" ? zsh_completion : fish_completion;
    fmt::print("{}", script(all_commands()));
    return 0;
}

}  // namespace

constinit const Command completion_command{
    .name = "completion",
    .group = Group::serve,
    .summary = "a script that makes a shell complete migrate",
    .description =
        "Prints a script for the shell, made from the same table as this help. Unit ids are completed "
        "by asking `migrate detect`, which runs nothing and connects to nothing.",
    .positionals = kPositionals,
    .examples = kExamples,
    .run = completion,
};

}  // namespace migrate
