#include "command/man_page.hpp"

#include <fmt/format.h>

#include <set>

#include "command/exit_statuses.hpp"
#include "command/help.hpp"
#include "command/options.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

/// Date of the version that CMakeLists.txt names.
constexpr std::string_view kReleased = "2026-11-21";

/// Text as roff shows it: backslashes and dashes stay what they are, and no line is taken for a request.
std::string roff(std::string_view text) {
    std::string out;
    bool line_begins = true;
    for (char c : text) {
        if (line_begins && (c == '.' || c == '\'')) out += "\\&";
        line_begins = c == '\n';
        switch (c) {
            case '\\':
                out += "\\e";
                break;
            case '-':
                out += "\\-";
                break;
            case '`':
                out += "\\(ga";
                break;
            case '\'':
                out += "\\(aq";
                break;
            case '^':
                out += "\\(ha";
                break;
            case '~':
                out += "\\(ti";
                break;
            default:
                out += c;
        }
    }
    return out;
}

/// The same in lines of a readable length.
std::string lines(std::string_view text) {
    return roff(wrapped(text, 70, 0));
}

/// Paragraphs, each after the first behind .PP, so that they line up with the heading's text.
std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t end = text.find("\n\n");
        out += (out.empty() ? "" : ".PP\n") + lines(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return out;
}

std::string section(std::string_view title) {
    return ".SH " + std::string(title) + "\n";
}

/// An indented entry: its tag in bold, and its text.
std::string entry(std::string_view tag, std::string_view text) {
    return ".TP\n\\fB" + roff(tag) + "\\fR\n" + lines(text);
}

std::string option_entry(const Option& option) {
    std::string text(option.help);
    if (option.kind == ValueKind::choice) text += ": " + std::string(option.choices);
    if (option.repeatable) text += " (repeatable)";
    return entry(spelling(option), text);
}

std::string option_entries(std::span<const Option> options) {
    std::string text;
    for (const Option& option : options)
        if (!option.hidden) text += option_entry(option);
    return text;
}

std::string command_section(const Command& command) {
    std::string text =
        ".SS " + roff(command.name) + (command.alias.empty() ? "" : ", " + roff(command.alias)) + "\n";
    text += ".B " + roff(usage_line(command)) + "\n.PP\n" + paragraphs(command.description);
    for (const Positional& word : command.positionals) text += entry(word.name, word.help);
    text += option_entries(command.options);
    if (command.shared.empty()) return text;
    std::string titles;
    for (const OptionSet* set : command.shared)
        titles += (titles.empty() ? "" : ", ") + std::string(set->title);
    return text + ".PP\nAlso takes the options under " + roff(titles) + " in OPTIONS.\n";
}

std::string shared_options(std::span<const Command* const> commands) {
    std::string text;
    std::vector<const OptionSet*> sets;
    for (const Command* command : commands)
        for (const OptionSet* set : command->shared)
            if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(set);
    sets.push_back(&kGlobalOptions);
    for (const OptionSet* set : sets) text += ".SS " + roff(set->title) + "\n" + option_entries(set->options);
    return text;
}

std::string examples(std::span<const Command* const> commands) {
    std::string text;
    for (const Command* command : commands)
        if (!command->hidden)
            for (const Example& example : command->examples) text += entry(example.line, example.does);
    return text;
}

}  // namespace

std::string man_page(std::span<const Command* const> commands) {
    std::string text = fmt::format(".TH MIGRATE 1 \"{}\" \"migrate {}\"\n", kReleased, MIGRATE_VERSION);
    text += section("NAME") + "migrate \\- one command for every migration tool in a repository\n";
    text += section("SYNOPSIS") + ".B migrate\n.RI [ OPTIONS ]\n.RI [ VERB ]\n";
    text += section("DESCRIPTION") +
            paragraphs(
                "migrate finds every database migration tool in a repository, translates its verbs into each "
                "tool's own commands, and never lets anybody destroy a production database.\n\n"
                "Without a verb it prints what is here, where it points, and what to type next.");
    text += section("VERBS");
    for (const Command* command : commands)
        if (!command->hidden && !command->name.empty()) text += command_section(*command);
    text += section("OPTIONS") + shared_options(commands);
    text += section("EXIT STATUS");
    for (const ExitStatus& exit : kExitStatuses) text += entry(std::to_string(exit.status), exit.means);
    text += section("ENVIRONMENT");
    text += entry("MIGRATE_ENV", "the environment, where --env is not given");
    text += entry("FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE",
                  "colour, where --color is not given; the first that is set decides");
    text += entry("CI", "nothing is ever asked, and no line moves");
    text += entry("XDG_STATE_HOME",
                  "where the audit log, plans, output of native tools and checksums are kept, below "
                  "migrate/; "
                  "default: ~/.local/state");
    text += section("FILES");
    text +=
        entry("migrate.toml", "units, order and environments of a repository; may only tighten the policy");
    text += entry("~/.config/migrate/policy.toml", "the user's policy");
    text += entry("/etc/migrate/policy.toml", "the system's policy");
    text += section("EXAMPLES") + examples(commands);
    return text;
}

}  // namespace migrate
