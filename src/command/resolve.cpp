// `resolve`: without an option it says what is wrong and what may be typed; with one it is a changing verb.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/left_lock.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "command/table.hpp"
#include "db/database.hpp"
#include "report/half_done.hpp"
#include "report/text.hpp"
#include "sql/ways_out.hpp"

namespace migrate {

namespace {

constexpr std::array<const OptionSet*, 5> kSets{&kResolveOptions, &kUnitOptions, &kEnvironmentOptions,
                                                &kConsentOptions, &kRunOptions};
constexpr Example kExamples[] = {
    {"migrate resolve -u ledger", "what is there of a half-done migration, and the ways out"},
    {"migrate resolve -u ledger --resume", "goes on behind the last statement that was done"},
    {"migrate resolve -u api --undo 20240301083000_balance_view.js",
     "drops what the half-done migration has made, and nothing else"},
    {"migrate resolve -u ledger --rolled-back 20240301083000_balance_view.sql",
     "says that what was left of it has been undone by hand"},
};

bool names_a_way(const ParsedCommand& parsed) {
    return std::any_of(kResolveOptions.options.begin(), kResolveOptions.options.end(),
                       [&](const Option& option) { return parsed.given(option.name); }) ||
           parsed.given("dry-run");
}

/// The ways out that a history alone names.
void add_ways_out(UnitResult& unit) {
    auto way = [&](const char* option, const std::string& id, const char* when, const char* why) {
        unit.next.push_back({By::you, {"migrate", "resolve", option, id, "-u", unit.unit.id}, when, why});
    };
    for (const auto& target : unit.targets) {
        for (const auto& half : target.history.half_done) {
            unit.text += half_done_text(half, target.history);
            add_ways_out(unit, half, target.history);
        }
        for (const auto& row : target.history.failed) {
            const auto& half = target.history.half_done;
            if (std::any_of(half.begin(), half.end(), [&](const HalfDone& one) { return one.id == row.id; }))
                continue;
            way("--rolled-back", row.id, "what it did was undone", "it is pending again");
            way("--applied", row.id, "what it does was finished by hand", "it counts as applied");
        }
        for (const auto& id : target.history.edited)
            way("--edited", id, "the file is right as it is now", "its new checksum counts");
        for (const auto& [from, to] : target.history.renamed)
            way("--renamed", from + "=" + to, "the file has another name now", "its row gets the new name");
        for (const auto& id : target.history.missing)
            way("--forget", id, "its file is gone for good", "takes its row out of the history");
    }
}

/// Raw SQL: the catalog also says which statements of what was begun are there.
void look_at_statements(const Session& session, GatheredUnit& gathered) {
    UnitResult& unit = gathered.result;
    for (TargetStatus& status : unit.targets) {
        if (status.error || !status.history.initialised) continue;
        auto database = db::open(status.target.connection, {});
        if (!database) {
            status.error = database.error();
            continue;
        }
        auto ways = sql::ways_out(**database, unit.unit, session.root, status.history, gathered.facts.files);
        unit.text += ways.text;
        for (const auto& half : status.history.half_done) add_undo(unit, half);
        std::move(ways.next.begin(), ways.next.end(), std::back_inserter(unit.next));
    }
}

void look(const Session& session, GatheredUnit& gathered) {
    UnitResult& unit = gathered.result;
    if (unit.unit.tool == Tool::sql)
        look_at_statements(session, gathered);
    else
        add_ways_out(unit);
    bool lock_known = false;
    for (const TargetStatus& status : unit.targets) {
        lock_known = lock_known || left_lock_query(unit.unit, session.root, status.target);
        if (status.error || !has_left_lock(unit.unit, session.root, status.target)) continue;
        unit.text += fmt::format("  {}'s own lock is taken: by a run that was killed, or that is at work\n",
                                 adapter_of(unit.unit.tool).title);
        unit.next.push_back({By::person,
                             {"migrate", "resolve", "--unlock", "-u", unit.unit.id},
                             "nothing is at work any more",
                             "frees it"});
    }
    if (!unit.error && unit.skipped.empty() && unit.text.empty() && unit.next.empty()) {
        unit.text = "  there is nothing to resolve\n";
        const Row* row = find_row(adapter_of(unit.unit.tool), Verb::resolve, "unlock", unit.unit.version);
        if (row && row->how != How::unsupported && row->how != How::classify && !lock_known)
            unit.next.push_back({By::person,
                                 {"migrate", "resolve", "--unlock", "-u", unit.unit.id},
                                 "a run that was killed left the tool's own lock",
                                 "frees it"});
    }
}

int overview(const Session& session, const Selection& selection, const Request& request) {
    CommandResult result;
    result.command = "resolve";
    result.environment = session.environment;
    Redactor redactor;
    for (auto& one : gather(selection.units, request, gather_settings(session), redactor, result.errors)) {
        skip_unable(one.result, one.selected.named);
        look(session, one);
        result.units.push_back(std::move(one.result));
    }
    return finish(session, result, {.outcome = true}, outcome_text(result, session.out));
}

int resolve(const Invocation& invocation, const ParsedCommand& parsed) {
    if (!names_a_way(parsed)) {
        auto request = request_of(parsed, Verb::resolve, "");
        auto session = open_session(invocation, parsed);
        if (request && session) {
            auto selection = selected(*session);
            if (!selection) return finish(*session, "resolve", selection.error());
            return overview(*session, *selection, *request);
        }
    }
    return run_verb(invocation, parsed, Verb::resolve, "");
}

}  // namespace

constinit const Command resolve_command{
    .name = "resolve",
    .group = Group::database,
    .summary = "understand and repair a failed or dirty history",
    .description =
        "Says how a migration that failed half way, or a file that was edited, renamed or lost, is to be "
        "taken. Without an option it reads only: which statements of a half-done migration are there, absent "
        "or unknown, and what to type next. --undo drops what is there of it, tables and columns that hold "
        "something only as `destroy`.",
    .shared = kSets,
    .examples = kExamples,
    .run = resolve,
};

}  // namespace migrate
