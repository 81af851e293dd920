#include "model/history.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<State, 9> kStates{{
    {State::error, "error"},
    {State::unknown, "unknown"},
    {State::failed, "failed"},
    {State::diverged, "diverged"},
    {State::edited, "edited"},
    {State::pending, "pending"},
    {State::uninitialised, "uninitialised"},
    {State::current, "current"},
    {State::skipped, "skipped"},
}};

constexpr EnumNames<HistorySource, 4> kSources{{
    {HistorySource::direct, "direct"},
    {HistorySource::probe, "probe"},
    {HistorySource::native, "native"},
    {HistorySource::none, "none"},
}};

}  // namespace

std::string_view to_string(State state) {
    return name_of(kStates, state);
}
std::string_view to_string(HistorySource source) {
    return name_of(kSources, source);
}

State worst(State a, State b) {
    return std::min(a, b);
}

State state_of(const History& history) {
    if (history.source == HistorySource::none) return State::unknown;
    if (!history.failed.empty()) return State::failed;
    if (!history.missing.empty()) return State::diverged;
    if (!history.edited.empty()) return State::edited;
    if (!history.initialised) return history.pending.empty() ? State::current : State::uninitialised;
    if (!history.pending.empty()) return State::pending;
    return State::current;
}

namespace {

void compare_checksums(History& history, const AppliedRow& row, const MigrationFile& file) {
    if (row.checksum.empty() || file.checksum.empty()) return;
    history.edited_known = true;
    if (row.checksum != file.checksum) history.edited.push_back(row.id);
}

/// Whether all that is applied is so in the order of the files, and few of these are left behind it, as it is
/// most of the time.
bool are_in_step(const std::vector<MigrationFile>& files, const std::vector<AppliedRow>& rows) {
    constexpr std::size_t kFew = 8;
    const auto same = [](const MigrationFile& file, const AppliedRow& row) {
        return row.state == AppliedRow::State::applied && row.id == file.id;
    };
    const auto [file, row] = std::mismatch(files.begin(), files.end(), rows.begin(), rows.end(), same);
    const auto is_new = [&, begin = file](const MigrationFile& left) {
        return std::none_of(files.begin(), begin, [&](const auto& other) { return other.id == left.id; });
    };
    return row == rows.end() && files.end() - file <= static_cast<std::ptrdiff_t>(kFew) &&
           std::all_of(file, files.end(), is_new);
}

}  // namespace

History compare_by_id(const std::vector<MigrationFile>& files, HistoryRows rows) {
    History history;
    history.source = rows.source;
    history.initialised = rows.table_exists;
    history.database_exists = rows.database_exists;
    if (are_in_step(files, rows.rows)) {
        history.applied = std::move(rows.rows);
        for (std::size_t i = 0; i < history.applied.size(); ++i)
            compare_checksums(history, history.applied[i], files[i]);
        history.pending.assign(files.begin() + static_cast<std::ptrdiff_t>(history.applied.size()),
                               files.end());
        history.state = state_of(history);
        return history;
    }

    std::unordered_map<std::string_view, const MigrationFile*> by_id;
    by_id.reserve(files.size());
    for (const auto& file : files) by_id.emplace(file.id, &file);

    std::unordered_set<std::string_view> applied;
    applied.reserve(rows.rows.size());
    auto& applied_rows = history.applied.edit();
    applied_rows.reserve(rows.rows.size());
    for (auto& read : rows.rows) {
        if (read.state == AppliedRow::State::rolled_back) continue;
        if (read.state != AppliedRow::State::applied) {
            history.failed.push_back(std::move(read));
            continue;
        }
        const AppliedRow& row = applied_rows.emplace_back(std::move(read));
        applied.insert(row.id);
        auto file = by_id.find(row.id);
        if (file == by_id.end())
            history.missing.push_back(row.id);
        else
            compare_checksums(history, row, *file->second);
    }
    std::size_t last_applied = 0;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (applied.contains(files[i].id)) last_applied = i + 1;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (applied.contains(files[i].id)) continue;
        history.pending.push_back(files[i]);
        if (i < last_applied) history.out_of_order.push_back(files[i].id);
    }
    history.state = state_of(history);
    return history;
}

}  // namespace migrate
