#include "command/help.hpp"

#include <algorithm>

#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::size_t kWidth = 80;

std::string heading(std::string_view title, bool bold) {
    return bold ? "\x1b[1m" + std::string(title) + "\x1b[0m\n" : std::string(title) + "\n";
}

/// A name and what it means in two columns; a name too long for its column has a line of its own.
std::string row(std::string_view name, std::string_view text, std::size_t column) {
    std::string left = "  " + std::string(name);
    std::string right = wrapped(text, kWidth, column);
    if (left.size() + 2 > column) return left + "\n" + right;
    return left + right.substr(std::min(left.size(), right.size()));
}

std::string option_row(const Option& option) {
    std::string name = option.short_name == 0 ? "    " + spelling(option) : spelling(option);
    std::string text(option.help);
    if (option.kind == ValueKind::choice) {
        std::string choices(option.choices);
        std::replace(choices.begin(), choices.end(), '|', ' ');
        text += ": " + choices;
    }
    if (option.repeatable) text += " (repeatable)";
    return row(name, text, 26);
}

std::string word_row(const Positional& positional) {
    return row(positional.name, positional.help, 26);
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string out, line;
    const std::string margin(indent, ' ');
    auto end_line = [&] {
        if (!line.empty()) out += margin + line + "\n";
        line.clear();
    };
    while (!text.empty()) {
        if (text.front() == '\n') {
            end_line();
            if (text.starts_with("\n\n")) {
                out += "\n";
                text.remove_prefix(1);
            }
            text.remove_prefix(1);
            continue;
        }
        if (text.front() == ' ') {
            text.remove_prefix(1);
            continue;
        }
        std::string_view word = text.substr(0, text.find_first_of(" \n"));
        if (!line.empty() && indent + line.size() + 1 + word.size() > width) end_line();
        line += (line.empty() ? "" : " ") + std::string(word);
        text.remove_prefix(word.size());
    }
    end_line();
    return out;
}

std::string spelling(const Option& option) {
    std::string text = option.short_name == 0 ? "" : std::string{'-', option.short_name} + ", ";
    text += "--" + std::string(option.name);
    if (option.kind == ValueKind::none) return text;
    return text +
           (option.optional_value ? "[=" + std::string(option.value) + "]" : " " + std::string(option.value));
}

std::string usage_line(const Command& command) {
    std::string line = "migrate";
    if (!command.name.empty()) line += " " + std::string(command.name);
    line += " [OPTIONS]";
    for (const Positional& positional : command.positionals) {
        std::string word = std::string(positional.name) + (positional.repeatable ? "..." : "");
        line += positional.required ? " " + word : " [" + word + "]";
    }
    if (!command.native_args.empty()) line += " [-- " + std::string(command.native_args) + "]";
    return line;
}

std::string command_help(const Command& command, bool bold) {
    std::string text = "migrate " + std::string(command.name) + ": " + std::string(command.summary) + "\n\n";
    text += heading("Usage", bold) + "  " + usage_line(command) + "\n";
    if (!command.alias.empty()) text += "  migrate " + std::string(command.alias) + " is the same\n";
    if (!command.description.empty()) text += "\n" + wrapped(command.description, kWidth, 0);
    if (!command.positionals.empty()) {
        text += "\n" + heading("Arguments", bold);
        for (const Positional& positional : command.positionals) text += word_row(positional);
    }
    for (const OptionSet& set : option_sets(command)) {
        text += "\n" + heading(set.title, bold);
        for (const Option& option : set.options)
            if (!option.hidden) text += option_row(option);
    }
    if (!command.examples.empty()) {
        text += "\n" + heading("Examples", bold);
        for (const Example& example : command.examples)
            text += "  " + std::string(example.line) + "\n" + wrapped(example.does, kWidth, 6);
    }
    return text;
}

std::string program_help(bool bold) {
    std::string text = "migrate: one command for every migration tool in a repository\n\n";
    text += heading("Usage", bold);
    text += row("migrate", "what is here, where it points, and what to type next", 27);
    text += row("migrate VERB [OPTIONS]", "one of the verbs below", 27);
    for (Group group : all_groups()) {
        std::string rows;
        for (const Command* command : all_commands()) {
            if (command->group != group || command->hidden || command->name.empty()) continue;
            std::string name(command->name);
            if (!command->positionals.empty() && command->positionals.front().required)
                name += " " + std::string(command->positionals.front().name);
            if (!command->alias.empty()) name += ", " + std::string(command->alias);
            rows += row(name, command->summary, 19);
        }
        if (!rows.empty()) text += "\n" + heading(title_of(group), bold) + rows;
    }
    text += "\n`migrate VERB --help` shows a verb's options, with examples.\n";
    return text;
}

}  // namespace migrate
