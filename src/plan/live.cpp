#include "plan/live.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/history_table.hpp"
#include "target/assess.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

bool is_run_or_seed(Verb verb) {
    return verb == Verb::run || verb == Verb::seed;
}

/// Where another unit of the repository keeps its history, if it lies in the same database. Raw SQL finds its
/// table by the convention.
void add_histories(const Unit& unit, const std::filesystem::path& root, const Target& target,
                   std::vector<HistoryQuery>& histories) {
    const Adapter& adapter = adapter_of(unit.tool);
    if (adapter.history) {
        if (auto query = adapter.history(unit, root, target)) histories.push_back(std::move(*query));
        return;
    }
    if (unit.tool != Tool::sql) return;
    for (auto convention :
         {sql::Convention::up_down, sql::Convention::dbmate, sql::Convention::goose,
          sql::Convention::golang_migrate, sql::Convention::sql_migrate, sql::Convention::supabase}) {
        const auto table = sql::history_table_of(convention);
        histories.push_back({table.schema, table.name, ""});
    }
}

/// `begun`: the history has a migration applied, so that the database is neither empty nor another's.
LiveQuestion question_for(const GatheredUnit& one, const Target& target, std::int64_t now, bool begun) {
    LiveQuestion question = question_of(one.selected.unit, one.facts.root, target);
    question.tables = !begun;
    question.others = one.other_histories;
    question.rows = one.request.verb != Verb::run;
    question.now = now;
    return question;
}

/// The level with everything that is known now.
std::optional<Error> decide_again(GatheredUnit& one, Target& target, const LiveFacts& live) {
    LevelFacts facts = one.level_facts[target.name];
    facts.mark = live.mark;
    facts.signs = live.signs;
    facts.empty_for_verb = live.empty() && is_run_or_seed(one.request.verb);
    auto error = assess(target, facts);
    target.marker = live.marker;
    target.evidence.insert(target.evidence.end(), live.remarks.begin(), live.remarks.end());
    for (auto& known : one.facts.targets)
        if (known.name == target.name) known = target;
    return error;
}

LiveFacts ask(const GatheredUnit& one, const Target& target, std::int64_t now, bool begun,
              const MachineAnswer& machine, ReadSessions& sessions) {
    auto session = sessions.open(target);
    if (session) {
        LiveQuestion question = question_for(one, target, now, begun);
        question.machine = machine;
        if (auto answer = ask_database(**session, target.connection, question)) return *answer;
    }
    LiveFacts facts = machine.get();
    if (!session && session.error().code == "target.missing") return facts;
    facts.remarks.push_back(
        {"server.unasked", "the server", "it could not be asked what it is: level by names alone"});
    return facts;
}

}  // namespace

std::vector<HistoryQuery> histories_of_others(const GatheredUnit& one, const GatherSettings& settings) {
    std::vector<HistoryQuery> histories;
    if (settings.all_units && !one.facts.targets.empty())
        for (const auto& other : *settings.all_units)
            if (other.id != one.selected.unit.id)
                add_histories(other, one.facts.root, one.facts.targets.front(), histories);
    return histories;
}

LiveQuestion question_of(const Unit& unit, const std::filesystem::path& root, const Target& target) {
    LiveQuestion question;
    if (const Adapter& adapter = adapter_of(unit.tool); adapter.history)
        if (auto query = adapter.history(unit, root, target)) question.history_table = query->table;
    return question;
}

MachineAnswers begin_to_ask_machine(const GatheredUnit& one) {
    MachineAnswers answers;
    for (const auto& status : one.result.targets)
        if (status.target.migrated)
            answers.emplace(status.target.name, begin_to_ask_machine(status.target.connection));
    return answers;
}

LiveAnswers ask_targets(const GatheredUnit& one, std::int64_t now, const std::set<std::string>& begun,
                        const MachineAnswers& machine, ReadSessions& sessions) {
    LiveAnswers answers;
    for (const auto& status : one.result.targets)
        if (const std::string& name = status.target.name; status.target.migrated)
            answers.emplace(name,
                            ask(one, status.target, now, begun.contains(name), machine.at(name), sessions));
    return answers;
}

void decide_levels(GatheredUnit& one, LiveAnswers answers) {
    for (auto& status : one.result.targets) {
        const auto answer = answers.find(status.target.name);
        if (answer == answers.end()) continue;
        auto error = decide_again(one, status.target, answer->second);
        if (!error || one.result.error) continue;
        one.result.error = std::move(error);
        one.result.state = State::error;
    }
    one.live = std::move(answers);
}

Result<bool> ask_again(GatheredUnit& one, UnitResult& result, const TargetLocks& locks, std::int64_t now,
                       bool filled_by_us) {
    bool moved = false;
    for (auto& status : result.targets) {
        auto lock = locks.find(status.target.name);
        if (lock == locks.end() || !lock->second.session()) continue;
        const auto history = one.facts.histories.find(status.target.name);
        const bool begun = history != one.facts.histories.end() && !history->second.applied.empty();
        auto facts = ask_database(*lock->second.session(), status.target.connection,
                                  question_for(one, status.target, now, begun));
        if (!facts) return tl::unexpected(facts.error());
        LiveFacts& before = one.live[status.target.name];
        if (filled_by_us) {
            facts->user_tables = before.user_tables;
            facts->rows = before.rows;
        }
        // A SQLite file that the lock has just made is as empty as the one that was not there.
        if (same_for_judging(before, *facts) || (!before.user_tables && facts->empty())) continue;
        moved = true;
        before = std::move(*facts);
        if (auto error = decide_again(one, status.target, before)) return tl::unexpected(*error);
    }
    return moved;
}

void add_live(UnitPlan& plan, const GatheredUnit& one) {
    plan.no_user_tables.clear();
    plan.no_rows.clear();
    plan.frozen.clear();
    for (const auto& [name, facts] : one.live) {
        if (facts.empty()) plan.no_user_tables.insert(name);
        if (facts.without_rows()) plan.no_rows.insert(name);
        if (!facts.frozen.empty()) plan.frozen[name] = facts.frozen;
    }
}

std::optional<Error> must_be_own(const GatheredUnit& one, const UnitPlan& plan) {
    const Risk risk = risk_of(plan.steps);
    // What destroys is refused on such a target in any case, and with the better reason.
    if (plan.verb == Verb::baseline || plan.verb == Verb::resolve || plan.verb == Verb::reset ||
        plan.verb == Verb::push || risk < Risk::apply || risk == Risk::destroy)
        return std::nullopt;
    for (const auto& target : one.facts.targets) {
        if (!target.migrated || target.level <= Level::local) continue;
        auto history = one.facts.histories.find(target.name);
        auto live = one.live.find(target.name);
        if (history == one.facts.histories.end() || live == one.live.end()) continue;
        if (history->second.source == HistorySource::none || !history->second.applied.empty() ||
            !history->second.failed.empty())
            continue;
        if (live->second.user_tables != true || live->second.explained) continue;
        return Error{
            "target.foreign",
            fmt::format("{}: {} holds tables, and no history of {} or of another unit here explains them",
                        plan.unit, display(target.connection), plan.unit),
            "It may be another project's database. Nothing was changed. If it is this one's, say from which "
            "migration on it is to be managed.",
            {{By::you,
              {"migrate", "explain", "--target", "-u", plan.unit},
              "",
              "says where the URL comes from"},
             {By::you,
              {"migrate", "plan", "baseline", "-u", plan.unit},
              "the tables are this project's",
              "adopts them, once it is run and approved"}}};
    }
    return std::nullopt;
}

}  // namespace migrate
