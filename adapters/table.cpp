// How rows of the adapters' tables become command lines, and command lines rows.
#include <algorithm>
#include <stdexcept>

#include "adapters/adapter.hpp"
#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<How, 4> kHows{{
    {How::native, "native"},
    {How::built_in, "built-in"},
    {How::unsupported, "unsupported"},
    {How::classify, "classify"},
}};

/// A word of a row's argv, and whether it stands in an optional group (groups are numbered from 1).
struct Token {
    std::string_view text;
    int group = 0;
    bool hole() const { return text.find('{') != std::string_view::npos; }
    bool flag() const { return text.size() > 1 && text[0] == '-'; }
};

std::vector<Token> tokens_of(std::string_view argv) {
    std::vector<Token> tokens;
    int group = 0;
    bool inside = false;
    std::size_t at = 0;
    while (at < argv.size()) {
        if (argv[at] == ' ') {
            ++at;
        } else if (argv[at] == '[') {
            ++group;
            inside = true;
            ++at;
        } else if (argv[at] == ']') {
            inside = false;
            ++at;
        } else {
            std::size_t end = argv.find_first_of(" ]", at);
            if (end == std::string_view::npos) end = argv.size();
            tokens.push_back({argv.substr(at, end - at), inside ? group : 0});
            at = end;
        }
    }
    return tokens;
}

/// Replaces the holes of one word. nullopt if one has no value.
std::optional<std::string> replace_holes(std::string_view word, const Holes& holes) {
    std::string result;
    while (!word.empty()) {
        std::size_t open = word.find('{');
        if (open == std::string_view::npos) break;
        std::size_t close = word.find('}', open);
        if (close == std::string_view::npos) throw std::logic_error("unclosed hole in a table row");
        auto value = holes.find(word.substr(open + 1, close - open - 1));
        if (value == holes.end() || value->second.empty()) return std::nullopt;
        result += word.substr(0, open);
        result += value->second;
        word.remove_prefix(close + 1);
    }
    return result + std::string(word);
}

/// "{names...}" stands for several words: its value holds one a line.
std::optional<std::string_view> list_hole(std::string_view word) {
    if (word.size() > 5 && word.front() == '{' && word.ends_with("...}"))
        return word.substr(1, word.size() - 5);
    return std::nullopt;
}

void split_lines(const std::string& text, std::vector<std::string>& out) {
    std::size_t at = 0;
    while (at <= text.size()) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
}

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
    std::vector<Token> words;  ///< literal words and positional holes
    std::vector<RowFlag> flags;
};

/// `known`: the tool's flags, for those whose value stands in the row as it is: "--output json".
Pattern pattern_of(std::string_view argv, std::span<const Flag> known) {
    Pattern pattern;
    auto tokens = tokens_of(argv);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (!token.flag()) {
            pattern.words.push_back(token);
            continue;
        }
        bool with_equals = token.text.find('=') != std::string_view::npos;
        bool valued = std::any_of(known.begin(), known.end(), [&](const Flag& flag) {
            return flag.name == token.text && flag.takes_value;
        });
        bool takes_value = !with_equals && i + 1 < tokens.size() && tokens[i + 1].group == token.group &&
                           (valued ? !tokens[i + 1].flag()
                                   : tokens[i + 1].hole() && !list_hole(tokens[i + 1].text));
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
std::optional<int> match_words(const std::vector<Token>& pattern, const std::vector<std::string>& words,
                               std::vector<std::string>& rest) {
    int literals = 0;
    std::size_t at = 0;
    for (const Token& token : pattern) {
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
    for (const Token& token : tokens_of(command)) {
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

std::string_view to_string(How how) {
    return name_of(kHows, how);
}

const Row* find_row(const Adapter& adapter, Verb verb, std::string_view variant,
                    const std::optional<Version>& version) {
    const Row* newest = nullptr;
    for (const Row& row : adapter.rows) {
        if (row.how == How::classify || row.verb != verb || row.variant != variant) continue;
        if (version && row.versions.holds(*version)) return &row;
        if (!version && (!newest || row.versions.before > newest->versions.before)) newest = &row;
    }
    return newest;
}

const Row* support(const Adapter& adapter, Verb verb, const std::optional<Version>& version) {
    const Row* newest = nullptr;
    for (const Row& row : adapter.rows) {
        if (row.how == How::classify || row.verb != verb) continue;
        if (version && row.versions.holds(*version)) return &row;
        if (!version && (!newest || row.versions.before > newest->versions.before)) newest = &row;
    }
    return newest;
}

std::vector<std::string> fill(std::string_view argv, const Holes& holes) {
    std::vector<std::string> result;
    auto tokens = tokens_of(argv);
    for (std::size_t i = 0; i < tokens.size();) {
        int group = tokens[i].group;
        std::size_t end = i + 1;
        if (group != 0)
            while (end < tokens.size() && tokens[end].group == group) ++end;
        std::vector<std::string> words;
        bool complete = true;
        for (std::size_t k = i; k < end; ++k) {
            if (auto list = list_hole(tokens[k].text)) {
                auto value = holes.find(*list);
                if (value != holes.end())
                    split_lines(value->second, words);
                else if (group != 0)
                    complete = false;
                continue;
            }
            auto word = replace_holes(tokens[k].text, holes);
            if (word)
                words.push_back(std::move(*word));
            else
                complete = false;
        }
        if (complete)
            result.insert(result.end(), words.begin(), words.end());
        else if (group == 0)
            throw std::logic_error("no value for a hole in \"" + std::string(argv) + "\"");
        i = end;
    }
    return result;
}

Step native_step(const Adapter& adapter, const Unit& unit, const Row& row, const Holes& holes,
                 std::string purpose) {
    Step step;
    step.purpose = std::move(purpose);
    step.action = Native{std::string(adapter.program), unit.launch, fill(row.argv, holes), "", ""};
    step.cwd = unit.root;
    step.risk = row.risk;
    return step;
}

tl::unexpected<Error> unsupported(const Adapter& adapter, const Unit& unit, const Row* row, Verb verb) {
    std::string reason = row ? std::string(row->note) : "it has no such command";
    std::vector<Next> next;
    if (row && !row->next.empty()) {
        next.push_back({By::you, fill(row->next, {{"unit", unit.id}}), "", "the nearest thing that is safe"});
    }
    return fail("verb.unsupported",
                std::string(adapter.title) + " cannot " + std::string(to_string(verb)) + " " + unit.id +
                    ": " + reason,
                "", std::move(next));
}

Result<std::vector<MigrationFile>> migrations_to_run(const Request& request, const History& history) {
    std::vector<MigrationFile> chosen = history.pending;
    if (request.to) {
        auto is_it = [&](const auto& migration) { return migration.id == *request.to; };
        auto found = std::find_if(chosen.begin(), chosen.end(), is_it);
        if (found == chosen.end()) {
            if (std::any_of(history.applied.begin(), history.applied.end(), is_it))
                return std::vector<MigrationFile>{};
            return fail("migration.unknown", "no migration is called " + *request.to,
                        "--to takes the full id, as `migrate status` prints it.");
        }
        chosen.erase(found + 1, chosen.end());
    }
    if (request.steps && static_cast<std::size_t>(*request.steps) < chosen.size())
        chosen.resize(static_cast<std::size_t>(*request.steps));
    return chosen;
}

Result<std::vector<AppliedRow>> migrations_to_revert(const Request& request, const History& history) {
    std::vector<AppliedRow> newest_first(history.applied.rbegin(), history.applied.rend());
    if (request.to) {
        auto found = std::find_if(newest_first.begin(), newest_first.end(),
                                  [&](const AppliedRow& row) { return row.id == *request.to; });
        if (found == newest_first.end())
            return fail("migration.unknown", "no applied migration is called " + *request.to,
                        "rollback --to ID leaves ID applied; `migrate history` lists what is applied.");
        newest_first.erase(found, newest_first.end());
        return newest_first;
    }
    if (request.batch && !newest_first.empty()) {
        const std::string batch = newest_first.front().batch;
        std::erase_if(newest_first, [&](const AppliedRow& row) { return row.batch != batch; });
        return newest_first;
    }
    std::size_t count = static_cast<std::size_t>(request.steps.value_or(1));
    if (count < newest_first.size()) newest_first.resize(count);
    return newest_first;
}

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
