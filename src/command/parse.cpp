#include "command/parse.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>

#include "base/duration.hpp"
#include "base/nearest.hpp"
#include "command/foreign.hpp"
#include "command/options.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

using Words = std::vector<std::string>;

/// What CLI11 reports for an optional value that was left out.
constexpr std::string_view kNoValue = "true";

/// Stands for `migrate` without a command where no command of the table has the empty name.
constexpr Command kNoCommand{};

/// A word as an error may repeat it: a URL may hold a password.
std::string shown(std::string_view word) {
    if (word.find("://") != std::string_view::npos) return "(a URL)";
    constexpr std::size_t kLongest = 60;
    return '"' + std::string(word.substr(0, kLongest)) + (word.size() > kLongest ? "...\"" : "\"");
}

std::string called(const Command& command) {
    return command.name.empty() ? "migrate" : "migrate " + std::string(command.name);
}

tl::unexpected<Error> usage(const Command& command, std::string message, std::string hint = "") {
    Words help{"migrate"};
    if (!command.name.empty()) help.emplace_back(command.name);
    help.emplace_back("--help");
    return fail("usage", called(command) + ": " + std::move(message), std::move(hint),
                {{By::you, std::move(help), "", "lists the options, with examples"}});
}

bool takes_next_word(const Option& option) {
    return option.kind != ValueKind::none && !option.optional_value;
}

std::string spelled(const Option& option) {
    return "--" + std::string(option.name);
}

std::vector<const Option*> options_of(const Command& command) {
    std::vector<const Option*> all;
    for (const OptionSet& set : option_sets(command))
        for (const Option& option : set.options) all.push_back(&option);
    return all;
}

/// The option that this word is in full ("--unit", "-u"), without an attached value.
const Option* exactly(std::span<const Option* const> options, std::string_view word) {
    for (const Option* option : options) {
        if (word.size() > 2 && word.starts_with("--") && word.substr(2) == option->name) return option;
        if (word.size() == 2 && word[0] == '-' && option->short_name != 0 && word[1] == option->short_name)
            return option;
    }
    return nullptr;
}

/// Where the command's name stands: the first word that is neither an option nor the value of one.
std::size_t command_at(const Words& words) {
    std::vector<const Option*> shared;
    for (const OptionSet* set :
         {&kGlobalOptions, &kUnitOptions, &kEnvironmentOptions, &kConsentOptions, &kRunOptions})
        for (const Option& option : set->options) shared.push_back(&option);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].size() < 2 || words[i][0] != '-') return i;
        const Option* option = exactly(shared, words[i]);
        if (option && takes_next_word(*option)) ++i;
    }
    return words.size();
}

bool asks_for_help(const Words& words) {
    return std::any_of(words.begin(), words.end(),
                       [](const std::string& w) { return w == "--help" || w == "-h"; });
}

/// The command that was probably meant; "" where none is near.
std::string meant_command(std::string_view word) {
    std::vector<std::string_view> names;
    for (const Command* command : all_commands()) {
        if (command->hidden || command->name.empty()) continue;
        names.push_back(command->name);
        if (!command->alias.empty()) names.push_back(command->alias);
    }
    std::string_view elsewhere = command_for_foreign_word(word);
    return elsewhere.empty() ? nearest(word, names) : std::string(elsewhere);
}

tl::unexpected<Error> unknown_command(const std::string& word) {
    std::string meant = meant_command(word);
    std::string hint = "`migrate --help` lists the commands.";
    Words next{"migrate", "--help"};
    if (!meant.empty()) {
        hint = "Did you mean `migrate " + meant + "`?";
        next = {"migrate", meant, "--help"};
    } else if (word.find('/') != std::string::npos && word.find("://") == std::string::npos) {
        hint = "A unit is chosen with -u: `migrate status -u " + word + "`.";
    }
    return fail("usage", "there is no command " + shown(word), hint,
                {{By::you, next, "", "says what there is"}});
}

tl::unexpected<Error> unknown_option(const Command& command, const std::string& word) {
    std::string name = word.substr(0, word.find('='));
    std::vector<std::string> spellings;
    for (const Option* option : options_of(command)) spellings.push_back(spelled(*option));
    std::vector<std::string_view> candidates(spellings.begin(), spellings.end());
    // "-unit" for "--unit" is a frequent slip; CLI11 reports it as it stood.
    std::string sought = name.starts_with("--") ? name : "-" + name;
    std::string meant = nearest(sought, candidates);
    std::string hint;
    if (!meant.empty()) hint = "Did you mean " + meant + "?";
    if (meant.empty() && !command.native_args.empty())
        hint = "What is meant for the native tool stands after `--`: " + called(command) + " -- " + name;
    return usage(command, "unknown option " + shown(name), hint);
}

/// What CLI11 would let through and no one means: `--env --json` (a variable in a script was empty),
/// `--env=`, for which it would take the next word, and `-unit x`, which it would read as `--unit nit x`.
Result<void> check_values_are_there(const Command& command, const Words& words) {
    std::vector<const Option*> options = options_of(command);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        std::size_t equals = word.find('=');
        if (equals != std::string::npos) {
            const Option* flag = exactly(options, word.substr(0, equals));
            if (flag && flag->kind == ValueKind::none)
                return usage(command, spelled(*flag) + " takes no value");
        }
        if (word.starts_with("--") && equals != std::string::npos && equals + 1 == word.size()) {
            const Option* option = exactly(options, word.substr(0, equals));
            if (option && option->kind != ValueKind::none)
                return usage(command, spelled(*option) + "= has no value");
        }
        if (word.size() > 2 && word[0] == '-' && word[1] != '-' &&
            exactly(options, "-" + word.substr(0, equals)))
            return unknown_option(command, word);
        const Option* option = exactly(options, word);
        if (!option || !takes_next_word(*option)) continue;
        std::string needs =
            spelled(*option) + " needs a value: " + spelled(*option) + " " + std::string(option->value);
        if (i + 1 == words.size() || words[i + 1].empty()) return usage(command, needs);
        if (words[i + 1].size() > 1 && words[i + 1][0] == '-')
            return usage(command, needs,
                         "A value that begins with a dash is written " + spelled(*option) + "=" +
                             std::string(option->value) + ".");
        ++i;
    }
    return {};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        std::size_t end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string listed(std::string_view choices) {
    std::string text;
    for (std::string_view choice : split(choices, '|'))
        text += (text.empty() ? "" : ", ") + std::string(choice);
    return text;
}

std::optional<int> number_from(std::string_view text) {
    int number = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// What is wrong with a value of that kind; "" if nothing.
std::string problem_with(ValueKind kind, std::string_view choices, const std::string& value) {
    if (kind == ValueKind::number && number_from(value).value_or(0) < 1)
        return "takes a number from 1, not " + shown(value);
    if (kind == ValueKind::duration && !parse_duration(value))
        return "takes a duration like 90s, 5m or 2h, not " + shown(value);
    if (kind == ValueKind::command_name && !find_command(value)) {
        std::string meant = meant_command(value);
        return "takes the name of a verb, not " + shown(value) +
               (meant.empty() ? "" : "; did you mean " + meant + "?");
    }
    if (kind == ValueKind::choice) {
        auto known = split(choices, '|');
        if (std::find(known.begin(), known.end(), value) == known.end()) {
            std::string meant = nearest(value, known);
            return "takes one of " + listed(choices) + ", not " + shown(value) +
                   (meant.empty() ? "" : "; did you mean " + meant + "?");
        }
    }
    return "";
}

Result<void> check_option(const Command& command, const Option& option, const Words& values) {
    if (option.kind != ValueKind::none && !option.repeatable && values.size() > 1)
        return usage(command, spelled(option) + " is given " + std::to_string(values.size()) + " times");
    for (const std::string& value : values) {
        if (value.empty()) continue;  // left out
        std::string problem = problem_with(option.kind, option.choices, value);
        if (!problem.empty()) return usage(command, spelled(option) + " " + problem);
    }
    return {};
}

Result<void> check_exclusions(const ParsedCommand& parsed) {
    for (const Option* option : options_of(*parsed.command))
        for (std::string_view other : split(option->excludes, ' '))
            if (parsed.given(option->name) && parsed.given(other))
                return usage(*parsed.command,
                             spelled(*option) + " and --" + std::string(other) + " cannot be given together");
    return {};
}

Result<void> check_positionals(const ParsedCommand& parsed) {
    const Command& command = *parsed.command;
    std::size_t at = 0;
    for (const Positional& positional : command.positionals) {
        if (at >= parsed.positionals.size()) {
            if (positional.required)
                return usage(command,
                             std::string(positional.name) + " is missing: " + std::string(positional.help));
            return {};
        }
        std::size_t end = positional.repeatable ? parsed.positionals.size() : at + 1;
        for (; at < end; ++at) {
            std::string problem = problem_with(positional.kind, positional.choices, parsed.positionals[at]);
            if (!problem.empty()) return usage(command, std::string(positional.name) + " " + problem);
        }
    }
    if (at == parsed.positionals.size()) return {};
    const std::string& extra = parsed.positionals[at];
    std::string hint;
    // `up 2` and `down 1` are how several other programs say it.
    if (number_from(extra) && find_option(command, "steps"))
        hint = "Did you mean --steps " + extra + "?";
    else if (find_option(command, "unit"))
        hint = "A unit is chosen with -u.";
    return usage(command, "unexpected argument " + shown(extra), hint);
}

/// Lets CLI11 sort options, values and words; only this command's options are registered, because a table
/// of all commands would cost more than most commands take.
Result<void> sort_words(ParsedCommand& parsed, const Words& words) {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<std::pair<const Option*, CLI::Option*>> registered;
    for (const Option* option : options_of(*parsed.command)) {
        std::string name = spelled(*option);
        if (option->short_name != 0) name = std::string{'-', option->short_name, ','} + name;
        CLI::Option* made = nullptr;
        if (takes_next_word(*option)) {
            made = app.add_option(name)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        } else {
            made = app.add_flag(name)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        }
        registered.emplace_back(option, made);
    }
    app.parse(Words(words.rbegin(), words.rend()));
    for (const std::string& word : app.remaining()) {
        if (word.size() > 1 && word[0] == '-') return unknown_option(*parsed.command, word);
        parsed.positionals.push_back(word);
    }
    for (const auto& [option, made] : registered) {
        if (made->count() == 0) continue;
        Words values = made->results();
        if (!takes_next_word(*option))
            std::replace(values.begin(), values.end(), std::string(kNoValue), std::string());
        if (option->kind == ValueKind::none) values.resize(1);
        // "-u=x": CLI11 keeps the '=', as getopt does; nobody means it.
        if (option->short_name != 0)
            for (std::string& value : values)
                if (value.starts_with('=')) value.erase(0, 1);
        if (auto checked = check_option(*parsed.command, *option, values); !checked) return checked;
        parsed.options.emplace(option->name, std::move(values));
    }
    return {};
}

}  // namespace

Result<ParsedCommand> parse_arguments(const Command& command, std::span<const std::string> all_words) {
    ParsedCommand parsed;
    parsed.command = &command;
    auto dashes = std::find(all_words.begin(), all_words.end(), "--");
    Words words(all_words.begin(), dashes);
    if (asks_for_help(words)) {
        parsed.options["help"] = {""};
        return parsed;
    }
    if (dashes != all_words.end()) {
        parsed.native_args.assign(dashes + 1, all_words.end());
        if (command.native_args.empty() && !parsed.native_args.empty())
            return usage(command, "nothing can stand after `--` here");
    }
    if (auto there = check_values_are_there(command, words); !there) return tl::unexpected(there.error());
    try {
        if (auto sorted = sort_words(parsed, words); !sorted) return tl::unexpected(sorted.error());
    } catch (const CLI::Error& problem) {
        return usage(command, problem.what());
    }
    if (auto fits = check_exclusions(parsed); !fits) return tl::unexpected(fits.error());
    if (auto fits = check_positionals(parsed); !fits) return tl::unexpected(fits.error());
    return parsed;
}

Result<ParsedCommand> parse_command_line(std::span<const std::string> argv) {
    std::span<const std::string> words = argv.empty() ? argv : argv.subspan(1);
    if (auto foreign = golang_migrate_error(words)) return tl::unexpected(std::move(*foreign));
    Words before_dashes(words.begin(), std::find(words.begin(), words.end(), "--"));
    std::size_t at = command_at(before_dashes);

    Words rest(words.begin(), words.end());
    const Command* command = find_command("");
    if (at < before_dashes.size()) {
        const std::string name = before_dashes[at];
        command = find_command(name);
        if (name.empty() || !command) return unknown_command(name);
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (!rest.empty() && (rest.front() == "--version" || rest.front() == "-V")) {
        command = find_command("version");
        rest.erase(rest.begin());
    }
    return parse_arguments(command ? *command : kNoCommand, rest);
}

std::optional<std::string> ParsedCommand::value(std::string_view option) const {
    auto found = options.find(option);
    if (found == options.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> ParsedCommand::values(std::string_view option) const {
    auto found = options.find(option);
    return found == options.end() ? std::vector<std::string>{} : found->second;
}

std::optional<int> ParsedCommand::number(std::string_view option) const {
    auto text = value(option);
    return text ? number_from(*text) : std::nullopt;
}

std::optional<std::chrono::milliseconds> ParsedCommand::duration(std::string_view option) const {
    auto text = value(option);
    return text ? parse_duration(*text) : std::nullopt;
}

std::optional<std::string> ParsedCommand::positional(std::size_t at) const {
    if (at >= positionals.size()) return std::nullopt;
    return positionals[at];
}

}  // namespace migrate
