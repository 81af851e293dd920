#include "command/completion.hpp"

#include "command/options.hpp"
#include "command/table.hpp"
#include "run/process.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

constexpr Option kOptions[] = {
    {.name = "to", .kind = ValueKind::text, .value = "ID", .help = "up to ID; it's [included]"},
    {.name = "secret-hook", .help = "for shells", .hidden = true},
};
constexpr Positional kShell[] = {
    {.name = "SHELL", .kind = ValueKind::choice, .choices = "bash|zsh|fish", .help = "which"}};
const OptionSet* const kShared[] = {&kUnitOptions, &kRunOptions};
const Command kRun{.name = "run",
                   .alias = "up",
                   .summary = "apply: what is pending",
                   .options = kOptions,
                   .shared = kShared,
                   .native_args = "ARGS"};
const Command kComplete{.name = "completion", .summary = "a script", .positionals = kShell};
const Command kHidden{.name = "internal", .summary = "not shown", .hidden = true};
const Command* const kCommands[] = {&kRun, &kComplete, &kHidden};

/// What bash offers for a line with the cursor at its end, as it would replace the last word's last part.
std::vector<std::string> offered(const std::string& line,
                                 const std::string& script = bash_completion(kCommands)) {
    Tree tree{{"migrate.bash", script},
              {"migrate", "#!/bin/sh\nprintf '%s\\n' apps/api:prisma apps/web:knex 'odd $(touch pwned)'\n"},
              {"some dir/x", ""},
              {"some.toml", ""}};
    tree.executable("migrate");
    ProcessSpec spec;
    spec.argv = {
        "bash",
        "--norc",
        "-c",
        "source ./migrate.bash; COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=(./migrate); compopt() { :; }; "
        "_migrate; printf '%s\\n' \"${COMPREPLY[@]}\"",
        "bash",
        line};
    spec.cwd = tree.path();
    spec.env = {{"PATH", "/usr/bin:/bin"}, {"COMP_WORDBREAKS", " \t\n\"'><=;|&(:"}};
    ProcessResult result = run_process(spec);
    CHECK(result.err.text().empty());
    CHECK_FALSE(tree.exists("pwned"));
    std::vector<std::string> words;
    std::string text = result.out.text();
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = text.find('\n', at);
        if (end > at) words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    std::sort(words.begin(), words.end());
    return words;
}

using Words = std::vector<std::string>;

bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("bash completes verbs and their aliases, but not hidden ones") {
    CHECK(offered("migrate ") == Words{"completion", "run", "up"});
    CHECK(offered("migrate r") == Words{"run"});
    CHECK(offered("migrate --root /tmp -q u") == Words{"up"});
    CHECK(offered("migrate xyz").empty());
}

TEST_CASE("bash completes the options of the verb that stands in the line") {
    CHECK(offered("migrate run --t") == Words{"--timeout", "--to"});
    CHECK(offered("migrate up --to") == Words{"--to"});
    CHECK(offered("migrate --js") == Words{"--json"});
    Words all = offered("migrate run -");
    CHECK(contains(all, "--unit"));
    CHECK(contains(all, "--json"));
    CHECK_FALSE(contains(all, "--secret-hook"));
    CHECK_FALSE(contains(offered("migrate completion -"), "--unit"));
}

TEST_CASE("bash completes values: unit ids, choices, directories, words") {
    CHECK(offered("migrate run -u ") ==
          Words{"apps/api:prisma", "apps/web:knex", "odd\\ \\$\\(touch\\ pwned\\)"});
    CHECK(offered("migrate run --unit apps/a") == Words{"apps/api:prisma"});
    CHECK(offered("migrate run --unit apps/api:pr") == Words{"prisma"});  // bash replaces what follows ':'
    CHECK(offered("migrate run --unit=apps/w") == Words{"apps/web:knex"});
    CHECK(offered("migrate run --continue ") == Words{"always", "dependencies-successful", "never"});
    CHECK(offered("migrate run --color=n") == Words{"never"});
    CHECK(offered("migrate run --root so") == Words{"some\\ dir"});
    CHECK(offered("migrate completion z") == Words{"zsh"});
    CHECK(offered("migrate run --to ").empty());
    CHECK(offered("migrate run -- --uni").empty());
}

TEST_CASE("the script of the real table works in bash") {
    CHECK(contains(offered("migrate ver", bash_completion(all_commands())), "version"));
}

TEST_CASE("scripts for zsh and fish name every verb and option, safely quoted") {
    std::string zsh = zsh_completion(kCommands);
    CHECK(zsh.starts_with("#compdef migrate\n"));
    CHECK(zsh.find("'run:apply: what is pending'") != std::string::npos);
    CHECK(zsh.find(R"('(--to)--to=[up to ID; it'\''s \[included\]]:ID: ')") != std::string::npos);
    CHECK(zsh.find("'*--unit=[") != std::string::npos);
    CHECK(zsh.find(":UNIT:_migrate_units'") != std::string::npos);
    CHECK(zsh.find("run|up)") != std::string::npos);
    CHECK(zsh.find("secret-hook") == std::string::npos);
    CHECK(zsh.find("internal") == std::string::npos);
    std::string fish = fish_completion(kCommands);
    CHECK(fish.find("-a run -d 'apply: what is pending'") != std::string::npos);
    CHECK(fish.find("-n '__fish_seen_subcommand_from run up' -l to -x -d 'up to ID; it\\'s [included]'") !=
          std::string::npos);
    CHECK(fish.find("-l unit -s u -x -a '(__migrate_units)'") != std::string::npos);
    CHECK(fish.find("secret-hook") == std::string::npos);
    CHECK(fish.find("internal") == std::string::npos);
}
