#include <fmt/format.h>

#include "command/man_page.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr Example kExamples[] = {
    {"migrate man > ~/.local/share/man/man1/migrate.1", "installs the manual page for `man migrate`"},
    {"migrate man | man -l -", "reads it at once"},
};

int man(const Invocation&, const ParsedCommand&) {
    fmt::print("{}", man_page(all_commands()));
    return 0;
}

}  // namespace

constinit const Command man_command{
    .name = "man",
    .group = Group::serve,
    .summary = "the manual page, in roff",
    .description = "Prints the manual page migrate(1), made from the same table as this help.",
    .examples = kExamples,
    .run = man,
};

}  // namespace migrate
