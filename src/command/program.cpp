#include "command/program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "command/help.hpp"
#include "command/parse.hpp"
#include "command/table.hpp"
#include "report/color.hpp"
#include "report/json.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

/// Whether a global flag was said, for when parsing itself failed.
bool said(const Invocation& invocation, std::string_view flag) {
    auto end = std::find(invocation.argv.begin(), invocation.argv.end(), "--");
    return std::find(invocation.argv.begin(), end, flag) != end;
}

int show_help(const Invocation& invocation, const ParsedCommand& parsed) {
    bool bold = use_color(parsed.value("color"), invocation.env, invocation.stdout_tty);
    const Command& command = *parsed.command;
    fmt::print("{}", command.name.empty() ? program_help(bold) : command_help(command, bold));
    return 0;
}

int run_chosen(const Invocation& invocation) {
    auto parsed = parse_command_line(invocation.argv);
    if (!parsed) return report_error(invocation, "", parsed.error());
    if (parsed->given("help") || !parsed->command->run) return show_help(invocation, *parsed);
    return parsed->command->run(invocation, *parsed);
}

}  // namespace

Invocation invocation_of(int argc, char** argv, char** environment) {
    Invocation invocation;
    invocation.argv.assign(argv, argv + argc);
    for (char** entry = environment; entry && *entry; ++entry) {
        std::string_view pair(*entry);
        std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        invocation.env.variables.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    std::error_code gone;
    invocation.cwd = std::filesystem::current_path(gone);
    invocation.stdin_tty = ::isatty(STDIN_FILENO) == 1;
    invocation.stdout_tty = ::isatty(STDOUT_FILENO) == 1;
    invocation.stderr_tty = ::isatty(STDERR_FILENO) == 1;
    return invocation;
}

int run_program(const Invocation& invocation) {
    // A reader that goes away (`| head`) must not kill a migration half way; the failed write is seen below.
    std::signal(SIGPIPE, SIG_IGN);
    int status = 1;
    try {
        if (invocation.cwd.empty())
            status = report_error(invocation, "",
                                  {"root.missing",
                                   "the current directory does not exist any more",
                                   "Change into an existing directory and try again.",
                                   {}});
        else
            status = run_chosen(invocation);
    } catch (const std::exception& problem) {
        status =
            report_error(invocation, "",
                         {"internal",
                          std::string("unexpected: ") + problem.what(),
                          "This is a mistake in migrate itself; what it did so far stands in `migrate log`.",
                          {}});
    }
    if (std::fflush(stdout) != 0 && status == 0) {
        fmt::print(stderr, "error: cannot write the output\n");
        status = 1;
    }
    return status;
}

int report_error(const Invocation& invocation, const std::string& command, const Error& error) {
    int status = exit_status(error.code);
    if (said(invocation, "--json")) {
        CommandResult result;
        result.command = command;
        result.exit = status;
        result.errors = {error};
        result.next = error.next;
        fmt::print("{}", dump(envelope(result, {})));
    }
    if (!said(invocation, "--json") || (!said(invocation, "-q") && !said(invocation, "--quiet")))
        fmt::print(stderr, "{}",
                   error_text(error, Paint{use_color({}, invocation.env, invocation.stderr_tty)}));
    return status;
}

}  // namespace migrate
