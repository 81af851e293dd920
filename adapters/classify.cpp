// How command lines become rows of the adapters' tables.
#include <algorithm>

#include "adapters/adapter.hpp"
#include "adapters/row_words.hpp"

namespace migrate {

namespace {

/// A flag as it stands on a command line: name and, where it is written with '=', the value.
std::string_view flag_name(std::string_view text) {
    return text.substr(0, text.find('='));
}

/// Whether a flag of the table is the one that was given; "-placeholders.*" stands for all that begin so.
bool names_flag(std::string_view name, std::string_view given) {
    if (name.ends_with('*')) return given.starts_with(name.substr(0, name.size() - 1));
    return given == name || flag_name(given) == name;
}

/// Flags of one row's own argv: name -> takes a value as the next word.
struct RowFlag {
    std::string_view name;
    bool takes_value;
    bool mandatory;
};

struct Pattern {
    std::vector<RowWord> words;  ///< literal words and positional holes
    std::vector<RowFlag> flags;
};

/// `known`: the tool's flags, for those whose value stands in the row as it is: "--output json".
Pattern pattern_of(std::string_view argv, std::span<const Flag> known) {
    Pattern pattern;
    auto tokens = words_of_row(argv);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const RowWord& token = tokens[i];
        if (!token.flag()) {
            pattern.words.push_back(token);
            continue;
        }
        bool with_equals = token.text.find('=') != std::string_view::npos;
        bool valued = std::any_of(known.begin(), known.end(), [&](const Flag& flag) {
            return flag.name == token.text && flag.takes_value;
        });
        bool takes_value =
            !with_equals && i + 1 < tokens.size() && tokens[i + 1].group == token.group &&
            (valued ? !tokens[i + 1].flag() : tokens[i + 1].hole() && !list_hole(tokens[i + 1].text));
        pattern.flags.push_back({with_equals && !token.hole() ? token.text : flag_name(token.text),
                                 takes_value, token.group == 0});
        if (takes_value) ++i;
    }
    return pattern;
}

/// Whether a word can stand for a hole with text around it: "{branch}@base".
bool fits_hole(std::string_view hole, std::string_view word) {
    std::string_view before = hole.substr(0, hole.find('{'));
    std::string_view after = hole.substr(hole.rfind('}') + 1);
    return word.size() > before.size() + after.size() && word.starts_with(before) && word.ends_with(after);
}

/// How well the words of a command line fit a pattern: number of literal words matched; nullopt if not.
/// What is left over goes to `rest`.
std::optional<int> match_words(const std::vector<RowWord>& pattern, const std::vector<std::string>& words,
                               std::vector<std::string>& rest) {
    int literals = 0;
    std::size_t at = 0;
    for (const RowWord& token : pattern) {
        if (list_hole(token.text)) {
            at = words.size();
        } else if (token.hole()) {
            if (at < words.size() && fits_hole(token.text, words[at])) {
                if (token.text.front() != '{' || token.text.back() != '}') ++literals;
                ++at;
            } else if (token.group == 0) {
                return std::nullopt;
            }
        } else if (at < words.size() && words[at] == token.text) {
            ++literals;
            ++at;
        } else if (token.group == 0) {
            return std::nullopt;
        }
    }
    rest.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    return literals;
}

bool in_range(const VersionRange& range, const std::optional<Version>& version) {
    return !version || range.holds(*version);
}

bool begins_with_words(std::string_view command, const std::vector<std::string>& words) {
    std::size_t i = 0;
    for (const RowWord& token : words_of_row(command)) {
        if (i == words.size() || words[i] != token.text) return false;
        ++i;
    }
    return true;
}

/// A command line taken apart with the help of all flags that the tool knows.
struct Parsed {
    std::vector<std::string> words;
    std::vector<std::string> flags;  ///< as written, without separate values
};

bool flag_takes_value(const Adapter& adapter, std::string_view name, const std::vector<std::string>& words,
                      const std::optional<Version>& version) {
    const Flag* best = nullptr;
    for (const Flag& flag : adapter.flags) {
        if (flag.name != name || !in_range(flag.versions, version)) continue;
        if (!begins_with_words(flag.command, words)) continue;
        if (!best || flag.command.size() > best->command.size()) best = &flag;
    }
    if (best) return best->takes_value;
    for (const Row& row : adapter.rows)
        for (const RowFlag& flag : pattern_of(row.argv, adapter.flags).flags)
            if (flag.name == name && flag.takes_value) return true;
    return false;
}

Parsed parse(const Adapter& adapter, std::span<const std::string> args,
             const std::optional<Version>& version) {
    Parsed parsed;
    bool only_words = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string& arg = args[i];
        if (only_words || arg.size() < 2 || arg[0] != '-') {
            parsed.words.push_back(arg);
        } else if (arg == "--") {
            only_words = true;
        } else {
            parsed.flags.push_back(arg);
            bool inline_value = arg.find('=') != std::string::npos;
            if (!inline_value && i + 1 < args.size() && flag_takes_value(adapter, arg, parsed.words, version))
                ++i;
        }
    }
    return parsed;
}

}  // namespace

std::optional<Classified> classify(const Adapter& adapter, std::span<const std::string> args,
                                   const std::optional<Version>& version) {
    Parsed parsed = parse(adapter, args, version);
    const Row* best = nullptr;
    int best_score = -1;
    Pattern best_pattern;
    std::vector<std::string> best_rest;
    for (const Row& row : adapter.rows) {
        if (row.argv.empty() || !in_range(row.versions, version)) continue;
        Pattern pattern = pattern_of(row.argv, adapter.flags);
        std::vector<std::string> rest;
        auto literals = match_words(pattern.words, parsed.words, rest);
        if (!literals) continue;
        int flags_there = 0;
        int flags_missing = 0;
        bool fits = true;
        for (const RowFlag& flag : pattern.flags) {
            bool there = std::any_of(parsed.flags.begin(), parsed.flags.end(), [&](const std::string& given) {
                return given == flag.name || flag_name(given) == flag.name;
            });
            if (there)
                ++flags_there;
            else if (flag.mandatory && row.how == How::classify)
                fits = false;
            else if (flag.mandatory && !flag.takes_value)
                ++flags_missing;  // "rollback" is rather the row "rollback" than "rollback --all"
        }
        int score = *literals * 100 + flags_there * 10 - flags_missing * 5 - static_cast<int>(rest.size());
        // Of rows that fit equally well the more dangerous one: better a needless question.
        if (fits && (score > best_score || (score == best_score && best && row.risk > best->risk))) {
            best = &row;
            best_score = score;
            best_pattern = std::move(pattern);
            best_rest = std::move(rest);
        }
    }
    if (!best || best_score <= 0) return std::nullopt;

    Classified result{adapter.tool, best->verb, best->risk, best, best_rest, false};
    for (const std::string& given : parsed.flags) {
        bool known = std::any_of(
            best_pattern.flags.begin(), best_pattern.flags.end(),
            [&](const RowFlag& flag) { return given == flag.name || flag_name(given) == flag.name; });
        std::vector<const Flag*> flags;
        bool exact = false;
        for (const Flag& flag : adapter.flags) {
            if (!names_flag(flag.name, given)) continue;
            if (!in_range(flag.versions, version) || !begins_with_words(flag.command, parsed.words)) continue;
            flags.push_back(&flag);
            exact |= flag.name == given && given.find('=') != std::string::npos;
        }
        for (const Flag* flag : flags) {
            known = true;
            if (exact && flag->name != given) continue;
            result.risk = std::max(result.risk, flag->risk);
            result.retargets |= flag->retargets;
        }
        if (!known) result.unknown.push_back(given);
    }
    return result;
}

}  // namespace migrate
