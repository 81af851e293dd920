#include "report/half_done.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migrate {

namespace {

std::size_t count(const HalfDone& half, std::string_view state) {
    return static_cast<std::size_t>(
        std::count_if(half.statements.begin(), half.statements.end(),
                      [&](const FoundStatement& one) { return one.state == state; }));
}

/// An index that is there and cannot be used: nothing else is both unknown and can be taken away.
bool is_invalid(const FoundStatement& one) {
    return one.state == "unknown" && !one.undo.empty();
}

bool has_failed(const HalfDone& half, const History& history) {
    return std::any_of(history.failed.begin(), history.failed.end(),
                       [&](const AppliedRow& row) { return row.id == half.id; });
}

bool is_settled(const HalfDone& half) {
    return std::all_of(half.statements.begin(), half.statements.end(),
                       [](const FoundStatement& one) { return one.settled; });
}

/// "migrations/1_x.js:7"
bool is_code(std::string_view place) {
    const std::string_view path = place.substr(0, place.rfind(':'));
    return path.ends_with("js") || path.ends_with("ts");
}

/// "2026-11-22T03:00:00Z" as "2026-11-22 03:00:00".
std::string time_text(std::string at) {
    at.resize(std::min<std::size_t>(at.size(), 19));
    if (at.size() > 10) at[10] = ' ';
    return at;
}

}  // namespace

std::string half_done_line(const HalfDone& half, const History& history) {
    const std::size_t all = half.statements.size(), there = count(half, "there"),
                      absent = count(half, "absent");
    std::string text = half.id;
    text += has_failed(half, history) ? " has failed" : half.down ? " counts as applied" : " is pending";
    if (!half.unknown.empty())
        text += ", and a part of it may be " + std::string(half.down ? "gone" : "there");
    else if (half.down)
        text += fmt::format(", and {} of its {} statements {} gone", absent, all, absent == 1 ? "is" : "are");
    else if (std::any_of(half.statements.begin(), half.statements.end(), is_invalid))
        text += ", and an index of it is there, but invalid";
    else if (there == all)
        text += ", and all of it is there";
    else if (there > 0)
        text += fmt::format(", and {} of its {} statements {} there", there, all, there == 1 ? "is" : "are");
    else
        text += absent == all ? ", and nothing of it is there"
                              : ", and whether a part of it is there cannot be seen";
    if (!half.since.empty())
        text += fmt::format("; the {} of {} {}", half.down ? "rollback" : "run", time_text(half.since),
                            half.outcome);
    return text;
}

std::string half_done_text(const HalfDone& half, const History& history) {
    std::string text = "  " + half_done_line(half, history) + "\n";
    if (!half.unknown.empty()) return text + "    its statements are not known: " + half.unknown + "\n";
    if (half.since.empty() && !has_failed(half, history))
        text +=
            "    no log of this machine tells of a run that stopped in it: another machine's, or somebody by "
            "hand\n";
    for (const auto& one : half.statements) {
        std::string remark = one.why;
        if (one.loses) remark += (remark.empty() ? "" : "; ") + std::string("holds rows or values by now");
        text += fmt::format("    {:>3}  {:<8} {}{}\n", one.n, one.state, one.sql,
                            remark.empty() ? "" : "  (" + remark + ")");
    }
    if (!half.statements.empty() && is_code(half.statements.front().place))
        text += "    read from the words of the file; what its code computes is not in this list\n";
    for (const auto& one : half.statements)
        if (!one.settled)
            text += fmt::format(
                "    statement {} {}, and nothing here takes it back: what is there must be undone by hand\n",
                one.n, one.state == "there" ? "is done" : "may have been done");
    return text;
}

void add_undo(UnitResult& unit, const HalfDone& half) {
    if (!half.unknown.empty() || !is_settled(half)) return;
    std::string drops;
    for (auto one = half.statements.rbegin(); one != half.statements.rend(); ++one)
        for (const auto& undo : one->undo) drops += (drops.empty() ? "" : "; ") + undo;
    if (drops.empty()) return;
    unit.next.push_back(
        {By::you,
         {"migrate", "resolve", "--undo", half.id, "-u", unit.unit.id},
         half.down ? "the rest of it should go, too" : "it should begin anew, perhaps from a mended file",
         drops + (half.down ? "; then it is pending" : "")});
}

void add_ways_out(UnitResult& unit, const HalfDone& half, const History& history) {
    auto way = [&](std::vector<std::string> words, std::string when, std::string why) {
        std::vector<std::string> argv{"migrate"};
        argv.insert(argv.end(), words.begin(), words.end());
        argv.insert(argv.end(), {"-u", unit.unit.id});
        unit.next.push_back({By::you, std::move(argv), std::move(when), std::move(why)});
    };
    if (half.outcome == "is still at work") {
        way({"status"}, "it has ended", "how things stand then");
        return;
    }
    const bool failed = has_failed(half, history);
    const std::size_t there = count(half, "there"), all = half.statements.size();
    const bool whole = all > 0 && there == all;
    const bool settled = is_settled(half);
    if (whole && !half.down)
        way({"resolve", "--applied", half.id}, "all of it is as it should be", "records it as applied");
    add_undo(unit, half);
    if (failed || half.down)
        way({"resolve", "--rolled-back", half.id},
            there == 0 && half.unknown.empty() && settled ? "it should run again, perhaps from a mended file"
                                                          : "what is there of it was undone by hand",
            "records it as not applied");
    else
        way({"run"},
            there == 0 ? "it has been mended"
                       : "what is there of it was undone by hand, or the file "
                         "takes no harm from it",
            "applies it from its beginning");
    if (!half.down && !whole)
        way({"resolve", "--applied", half.id}, "the rest of it was done by hand", "records it as applied");
}

}  // namespace migrate
