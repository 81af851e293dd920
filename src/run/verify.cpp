#include "run/verify.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace migrate {

namespace {

using Ids = std::vector<std::string>;

/// How many ids stand at the beginning of both lists, as most do.
std::size_t same_beginning(const Ids& before, const Ids& after) {
    return static_cast<std::size_t>(
        std::mismatch(before.begin(), before.end(), after.begin(), after.end()).first - before.begin());
}

/// What the history lacks of what it should hold after a step, and what it holds beyond that.
struct Difference {
    Ids absent, extra;
};

Difference unexpected(const Ids& before, const Ids& after, const Step& step) {
    const auto &added = step.expect.applied_added, &removed = step.expect.applied_removed;
    // As a rule one is added behind all others, which then need not be compared as sets.
    std::size_t same = same_beginning(before, after);
    if (!removed.empty() || added.size() != 1 ||
        std::find(after.begin() + same, after.end(), added.front()) == after.end())
        same = 0;
    std::set<std::string> expected(before.begin() + same, before.end()),
        there(after.begin() + same, after.end());
    expected.insert(added.begin(), added.end());
    for (const auto& id : removed) expected.erase(id);
    Difference difference;
    std::set_difference(expected.begin(), expected.end(), there.begin(), there.end(),
                        std::back_inserter(difference.absent));
    std::set_difference(there.begin(), there.end(), expected.begin(), expected.end(),
                        std::back_inserter(difference.extra));
    return difference;
}

/// Notes in `result` what the history says was really done by the step.
void note_done(UnitResult& result, const Ids& before, const Ids& after, long ms) {
    const std::size_t same = same_beginning(before, after);
    const std::set<std::string> old(before.begin() + same, before.end()),
        now(after.begin() + same, after.end());
    for (auto id = after.begin() + same; id != after.end(); ++id)
        if (!old.contains(*id)) result.done.push_back({*id, "up", ms});
    for (auto id = before.rbegin(); id != before.rend() - same; ++id)
        if (!now.contains(*id)) result.done.push_back({*id, "down", ms});
}

}  // namespace

std::vector<std::string> applied_ids(const History& history) {
    Ids ids;
    for (const auto& row : history.applied) ids.push_back(row.id);
    return ids;
}

bool changes_history(const Step& step) {
    return !step.expect.applied_added.empty() || !step.expect.applied_removed.empty();
}

std::optional<Error> verify(UnitResult& result, const Step& step, AppliedIds& applied, const Target& target,
                            const HistoryReader& reader, db::Database* session, BuiltinState& state,
                            long ms) {
    auto status = std::find_if(result.targets.begin(), result.targets.end(),
                               [&](const TargetStatus& one) { return one.target.name == target.name; });
    if (status == result.targets.end()) return std::nullopt;
    Ids before = applied[target.name];
    if (applied_ids(status->history) != before || !carry_on(status->history, step, session, state)) {
        auto history = reader(target);
        if (!history) return history.error();
        status->history = std::move(*history);
    }
    if (status->history.source == HistorySource::none) return std::nullopt;
    Ids after = applied_ids(status->history);
    const auto [absent, extra] = unexpected(before, after, step);
    note_done(result, before, after, ms);
    if (before != after) result.changed = Changed::database;
    applied[target.name] = after;
    if (absent.empty() && extra.empty()) return std::nullopt;
    std::string message =
        fmt::format("{} ended without an error, but the history is not what it should be", step.purpose);
    if (!absent.empty()) message += fmt::format("; not recorded: {}", fmt::join(absent, ", "));
    if (!extra.empty()) message += fmt::format("; recorded beyond that: {}", fmt::join(extra, ", "));
    return Error{
        "run.unverified",
        message,
        "The steps behind it were not started. `migrate status` shows how things stand now.",
        {{By::you, {"migrate", "status", "-u", result.unit.id}, "", "reads the history, changes nothing"}}};
}

void note_recorded(UnitResult& result, const Step& step, AppliedIds& applied, long ms) {
    Ids& ids = applied[step.target];
    result.changed = Changed::database;
    for (const auto& id : step.expect.applied_added) {
        ids.push_back(id);
        result.done.push_back({id, "up", ms});
    }
    for (const auto& id : step.expect.applied_removed) {
        std::erase(ids, id);
        result.done.push_back({id, "down", ms});
    }
}

void settle(UnitResult& result, AppliedIds& applied, const HistoryReader& reader, long ms) {
    for (auto& status : result.targets) {
        auto history = reader(status.target);
        if (!history) {
            result.changed = Changed::unknown;
            continue;
        }
        if (history->source == HistorySource::none) {
            if (result.changed == Changed::nothing) result.changed = Changed::unknown;
            continue;
        }
        Ids after = applied_ids(*history);
        note_done(result, applied[status.target.name], after, ms);
        if (applied[status.target.name] != after) result.changed = Changed::database;
        if (!history->failed.empty()) result.changed = Changed::database;
        applied[status.target.name] = after;
        status.history = *history;
    }
}

}  // namespace migrate
