#include <fmt/format.h>

#include <algorithm>

#include "command/completion.hpp"
#include "command/options.hpp"
#include "command/table.hpp"
#include "report/shell_words.hpp"

namespace migrate {

namespace {

/// What does not depend on the table. The words are cut from the line itself, because bash breaks them at ':'
/// and '='; candidates are never expanded, because they may be names of directories in a strange repository.
constexpr std::string_view kMachinery = R"bash(
_migrate() {
    local line=${COMP_LINE:0:COMP_POINT} program=${COMP_WORDS[0]}
    local verb='' wants='' prefix='' value candidate kind place=0 i
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    local cur=${words[${#words[@]} - 1]}
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        if [[ -n $wants ]]; then
            wants=''
            continue
        fi
        case ${words[i]} in
            --) compopt -o default; COMPREPLY=(); return ;;
            --*=*) ;;
            -*) _migrate_takes_value "$verb" "${words[i]}" && wants=${words[i]} ;;
            *)
                if [[ -n $verb ]]; then
                    ((place++))
                else
                    verb=${words[i]}
                    _migrate_full_name
                fi
                ;;
        esac
    done
    value=$cur
    if [[ -n $wants ]]; then
        kind=$(_migrate_kind "$verb" "$wants")
    elif [[ $cur == --*=* ]]; then
        prefix=${cur%%=*}=
        value=${cur#*=}
        kind=$(_migrate_kind "$verb" "${cur%%=*}")
    elif [[ $cur == -* ]]; then
        kind=options
    elif [[ -z $verb ]]; then
        kind=verbs
    else
        kind=$(_migrate_kind "$verb" "$place")
    fi
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate && $candidate == "$value"* ]] || continue
        printf -v candidate %q "$candidate"
        COMPREPLY+=("$prefix$candidate")
    done < <(_migrate_candidates "$kind" "$verb" "$value" "$program")
    [[ $kind == directories ]] && compopt -o filenames
    [[ $kind == files ]] && compopt -o filenames
    # Bash replaces only what stands behind the last ':' or '='.
    local tail=$cur
    [[ $COMP_WORDBREAKS == *:* ]] && tail=${tail##*:}
    [[ $COMP_WORDBREAKS == *=* ]] && tail=${tail##*=}
    local kept=${cur%"$tail"}
    [[ -n $kept ]] && COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    return 0
}

_migrate_candidates() { # KIND VERB VALUE PROGRAM
    case $1 in
        verbs) printf '%s\n' "${_migrate_verbs[@]}" ;;
        options) _migrate_options "$2" ;;
        units) "${4/#\~\//$HOME/}" detect --names 2>/dev/null ;;
        files) compgen -f -- "$3" ;;
        directories) compgen -d -- "$3" ;;
        choices:*) tr '|' '\n' <<<"${1#choices:}" ;;
    esac
}

complete -F _migrate migrate
)bash";

std::string kind_of(ValueKind kind, std::string_view choices) {
    switch (kind) {
        case ValueKind::unit:
            return "units";
        case ValueKind::file:
            return "files";
        case ValueKind::directory:
            return "directories";
        case ValueKind::command_name:
            return "verbs";
        case ValueKind::choice:
            return "choices:" + std::string(choices);
        case ValueKind::none:
        case ValueKind::text:
        case ValueKind::number:
        case ValueKind::duration:
            break;
    }
    return "";
}

/// The pattern that fits an option of a verb ("*": of any), in both spellings.
std::string pattern(std::string_view verb, const Option& option) {
    std::string before = verb == "*" ? "*' " : "'" + std::string(verb) + " ";
    std::string text = before + "--" + std::string(option.name) + "'";
    if (option.short_name != 0) text += "|" + before + "-" + option.short_name + "'";
    return text;
}

std::string names_of(std::span<const Option> options) {
    std::string names;
    for (const Option& option : options)
        if (!option.hidden) names += " --" + std::string(option.name);
    return names;
}

/// The bodies of the script's `case` commands.
struct Cases {
    std::string verbs, aliases, options, values, kinds;

    void add(std::string_view verb, std::span<const Option> of) {
        for (const Option& option : of) {
            if (option.hidden || option.kind == ValueKind::none) continue;
            if (!option.optional_value)
                values += fmt::format("        {}) return 0 ;;\n", pattern(verb, option));
            add_kind(pattern(verb, option), kind_of(option.kind, option.choices));
        }
    }
    void add_kind(const std::string& what, const std::string& kind) {
        if (!kind.empty()) kinds += fmt::format("        {}) echo {} ;;\n", what, shell_word(kind));
    }
};

}  // namespace

std::string bash_completion(std::span<const Command* const> commands) {
    Cases cases;
    std::vector<const OptionSet*> shared{&kGlobalOptions};
    cases.options = fmt::format("        '') printf '%s\\n'{} ;;\n", names_of(kGlobalOptions.options));
    for (const Command* command : commands) {
        if (command->hidden || command->name.empty()) continue;
        cases.verbs += " " + std::string(command->name);
        if (!command->alias.empty()) {
            cases.verbs += " " + std::string(command->alias);
            cases.aliases += fmt::format("        {}) verb={} ;;\n", command->alias, command->name);
        }
        std::string names;
        for (const OptionSet& set : option_sets(*command)) names += names_of(set.options);
        cases.options += fmt::format("        {}) printf '%s\\n'{} ;;\n", command->name, names);
        cases.add(command->name, command->options);
        for (std::size_t place = 0; place < command->positionals.size(); ++place)
            cases.add_kind(fmt::format("'{} {}'", command->name, place),
                           kind_of(command->positionals[place].kind, command->positionals[place].choices));
        for (const OptionSet* set : command->shared)
            if (std::find(shared.begin(), shared.end(), set) == shared.end()) shared.push_back(set);
    }
    for (const OptionSet* set : shared) cases.add("*", set->options);
    return fmt::format(
        "# bash completion for migrate, made by `migrate completion bash`\n\n"
        "_migrate_verbs=({})\n\n"
        "_migrate_full_name() {{ # sets verb, which may be an alias\n    case $verb in\n{}        *) ;;\n    "
        "esac\n}}\n\n"
        "_migrate_options() {{ # VERB\n    case $1 in\n{}    esac\n}}\n\n"
        "_migrate_takes_value() {{ # VERB OPTION\n    case \"$1 $2\" in\n{}    esac\n    return 1\n}}\n\n"
        "_migrate_kind() {{ # VERB OPTION-OR-PLACE\n    case \"$1 $2\" in\n{}    esac\n}}\n{}",
        cases.verbs.empty() ? "" : cases.verbs.substr(1), cases.aliases, cases.options, cases.values,
        cases.kinds, kMachinery);
}

}  // namespace migrate
