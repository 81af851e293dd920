#include <fmt/format.h>

#include <algorithm>

#include "command/completion.hpp"
#include "command/options.hpp"
#include "command/table.hpp"
#include "report/shell_words.hpp"

namespace migrate {

namespace {

constexpr std::string_view kMachinery = R"zsh(
_migrate_units() {
    local -a units
    units=("${(@f)$(${~_migrate_program} detect --names 2>/dev/null)}")
    compadd -a -- units
}

_migrate() {
    local curcontext=$curcontext state line
    local _migrate_program=$words[1]
    typeset -A opt_args
    _arguments -C $_migrate_global '1:verb:_migrate_verbs' '*:: :->rest'
    [[ $state == rest ]] && _migrate_verb $line[1]
}

_migrate "$@"
)zsh";

/// Text inside a specification of _arguments, where brackets and colons mean something.
std::string explained(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string action_of(ValueKind kind, std::string_view choices) {
    switch (kind) {
        case ValueKind::unit:
            return "_migrate_units";
        case ValueKind::file:
            return "_files";
        case ValueKind::directory:
            return "_files -/";
        case ValueKind::command_name:
            return "_migrate_verbs";
        case ValueKind::choice: {
            std::string words(choices);
            std::replace(words.begin(), words.end(), '|', ' ');
            return "(" + words + ")";
        }
        case ValueKind::none:
        case ValueKind::text:
        case ValueKind::number:
        case ValueKind::duration:
            break;
    }
    return " ";
}

/// "(-u --unit --all)": the option itself, unless it is repeatable, and what cannot stand beside it.
std::string exclusions(const Option& option) {
    std::string list;
    if (!option.repeatable) {
        list += "--" + std::string(option.name);
        if (option.short_name != 0) list += std::string(" -") + option.short_name;
    }
    std::string_view others = option.excludes;
    while (!others.empty()) {
        std::string_view other = others.substr(0, others.find(' '));
        list += (list.empty() ? "--" : " --") + std::string(other);
        others.remove_prefix(std::min(other.size() + 1, others.size()));
    }
    return list.empty() ? "" : "(" + list + ")";
}

/// The specifications of one option, a line each.
std::string specifications(const Option& option) {
    std::string head = exclusions(option) + (option.repeatable ? "*" : "");
    std::string value;
    if (option.kind != ValueKind::none)
        value = (option.optional_value ? "::" : ":") + explained(option.value) + ":" +
                action_of(option.kind, option.choices);
    std::string sign = option.kind == ValueKind::none ? "" : option.optional_value ? "=-" : "=";
    std::string text = shell_word(head + "--" + std::string(option.name) + sign + "[" +
                                  explained(option.help) + "]" + value) +
                       "\n";
    if (option.short_name != 0)
        text += shell_word(head + "-" + option.short_name + (option.kind == ValueKind::none ? "" : "+") +
                           "[" + explained(option.help) + "]" + value) +
                "\n";
    return text;
}

std::string indented(std::string_view lines, std::string_view end) {
    std::string out;
    while (!lines.empty()) {
        std::string_view line = lines.substr(0, lines.find('\n'));
        out += "                " + std::string(line) + std::string(end) + "\n";
        lines.remove_prefix(line.size() + 1);
    }
    return out;
}

}  // namespace

std::string zsh_completion(std::span<const Command* const> commands) {
    std::string verbs, cases, global;
    for (const Option& option : kGlobalOptions.options) global += specifications(option);
    for (const Command* command : commands) {
        if (command->hidden || command->name.empty()) continue;
        std::string name(command->name);
        for (std::string_view called : {command->name, command->alias})
            if (!called.empty())
                verbs +=
                    "        " + shell_word(std::string(called) + ":" + std::string(command->summary)) + "\n";
        std::string lines;
        for (const OptionSet& set : option_sets(*command))
            for (const Option& option : set.options)
                if (!option.hidden) lines += specifications(option);
        for (const Positional& word : command->positionals)
            lines += shell_word((word.repeatable ? "*:"
                                 : word.required ? ":"
                                                 : "::") +
                                explained(word.name) + ":" + action_of(word.kind, word.choices)) +
                     "\n";
        if (!command->native_args.empty()) lines += "'*::ARGS:_files'\n";
        cases += fmt::format("        {}{})\n            _arguments -s -S \\\n{}            ;;\n", name,
                             command->alias.empty() ? "" : "|" + std::string(command->alias),
                             indented(lines, " \\"));
        // The last line must not be continued.
        std::size_t last = cases.rfind(" \\\n");
        cases.erase(last, 2);
    }
    return fmt::format(
        "#compdef migrate\n# zsh completion for migrate, made by `migrate completion zsh`\n\n"
        "_migrate_verbs() {{\n    local -a verbs=(\n{}    )\n    _describe verb verbs\n}}\n\n"
        "_migrate_global=(\n{})\n\n"
        "_migrate_verb() {{ # VERB\n    case $1 in\n{}    esac\n}}\n{}",
        verbs, global, cases, kMachinery);
}

}  // namespace migrate
