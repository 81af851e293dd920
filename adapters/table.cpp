// How rows of the adapters' tables become command lines.
#include <algorithm>
#include <stdexcept>

#include "adapters/adapter.hpp"
#include "adapters/row_words.hpp"
#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<How, 4> kHows{{
    {How::native, "native"},
    {How::built_in, "built-in"},
    {How::unsupported, "unsupported"},
    {How::classify, "classify"},
}};

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

void split_lines(const std::string& text, std::vector<std::string>& out) {
    std::size_t at = 0;
    while (at <= text.size()) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
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
    auto tokens = words_of_row(argv);
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
    // Where Node's corepack stands in for Yarn, it would fetch the version that the project names.
    if (!unit.launch.empty() && unit.launch.front() == "yarn") step.env["COREPACK_ENABLE_NETWORK"] = {"0"};
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

}  // namespace migrate
