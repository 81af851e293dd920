#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "command/completion.hpp"
#include "command/options.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::string_view kMachinery =
    R"fish(# fish completion for migrate, made by `migrate completion fish`

function __migrate_units
    set -l program (commandline -opc)[1]
    $program detect --names 2>/dev/null
end

complete -c migrate -f
)fish";

/// A word in fish's single quotes, where only the quote and the backslash are special.
std::string fish_word(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// What completes a value: "-x -a '...'".
std::string values_of(ValueKind kind, std::string_view choices) {
    switch (kind) {
        case ValueKind::unit:
            return " -x -a '(__migrate_units)'";
        case ValueKind::file:
            return " -r -F";
        case ValueKind::directory:
            return " -x -a '(__fish_complete_directories)'";
        case ValueKind::choice: {
            std::string words(choices);
            std::replace(words.begin(), words.end(), '|', ' ');
            return " -x -a " + fish_word(words);
        }
        case ValueKind::none:
            return "";
        case ValueKind::command_name:
        case ValueKind::text:
        case ValueKind::number:
        case ValueKind::duration:
            break;
    }
    return " -x";
}

std::string option_line(const Option& option, const std::string& condition) {
    std::string line = "complete -c migrate" + condition + " -l " + std::string(option.name);
    if (option.short_name != 0) line += std::string(" -s ") + option.short_name;
    // fish takes the next word as the value of any option that needs one; one that may be left out needs
    // none.
    if (!option.optional_value) line += values_of(option.kind, option.choices);
    return line + " -d " + fish_word(option.help) + "\n";
}

std::string names_of(const Command& command) {
    return std::string(command.name) + (command.alias.empty() ? "" : " " + std::string(command.alias));
}

std::string seen(const std::string& names) {
    return " -n '__fish_seen_subcommand_from " + names + "'";
}

}  // namespace

std::string fish_completion(std::span<const Command* const> commands) {
    std::string verbs, options, verb_names;
    std::vector<std::pair<const OptionSet*, std::string>> shared;  // a set, and the verbs that have it
    for (const Command* command : commands) {
        if (command->hidden || command->name.empty()) continue;
        for (std::string_view name : {command->name, command->alias})
            if (!name.empty())
                verbs += fmt::format("complete -c migrate -n __fish_use_subcommand -a {} -d {}\n", name,
                                     fish_word(command->summary));
        verb_names += (verb_names.empty() ? "" : " ") + names_of(*command);
        for (const Option& option : command->options)
            if (!option.hidden) options += option_line(option, seen(names_of(*command)));
        for (const OptionSet* set : command->shared) {
            auto known =
                std::find_if(shared.begin(), shared.end(), [&](const auto& s) { return s.first == set; });
            if (known == shared.end())
                shared.emplace_back(set, names_of(*command));
            else
                known->second += " " + names_of(*command);
        }
    }
    for (const auto& [set, names] : shared)
        for (const Option& option : set->options)
            if (!option.hidden) options += option_line(option, seen(names));
    for (const Option& option : kGlobalOptions.options) options += option_line(option, "");
    for (const Command* command : commands) {
        if (command->hidden || command->positionals.empty()) continue;
        const Positional& first = command->positionals.front();
        std::string words = first.kind == ValueKind::command_name ? " -x -a " + fish_word(verb_names)
                                                                  : values_of(first.kind, first.choices);
        if (words != " -x") options += "complete -c migrate" + seen(names_of(*command)) + words + "\n";
    }
    return std::string(kMachinery) + "\n" + verbs + "\n" + options;
}

}  // namespace migrate
