#include <fmt/format.h>

#include <algorithm>

#include "plan/half_done.hpp"

namespace migrate {

Result<std::vector<Step>> undo_steps(const Unit& unit, const Request& request, const Facts& facts) {
    const std::string& id = *request.undo;
    std::vector<Step> steps;
    for (const auto& target : facts.targets) {
        const auto known = facts.histories.find(target.name);
        if (known == facts.histories.end()) continue;
        const History& history = known->second;
        const auto half = std::find_if(history.half_done.begin(), history.half_done.end(),
                                       [&](const HalfDone& one) { return one.id == id; });
        if (half == history.half_done.end()) continue;
        if (!half->unknown.empty())
            return fail("verb.unsupported",
                        unit.id + ": what " + id + " has done is not known: " + half->unknown,
                        "Nothing was changed. Undo it by hand, then say so with --rolled-back.");
        Step step;
        step.target = target.name;
        step.purpose = "take away what " + id + " has made";
        step.risk = Risk::revert;
        step.reversible = false;
        step.migrations = {id};
        ExecuteSql execute;
        execute.label = "undo " + id;
        for (auto one = half->statements.rbegin(); one != half->statements.rend(); ++one) {
            if (!one->settled)
                return fail(
                    "verb.unsupported",
                    fmt::format("{}: statement {} of {} {}, and no statement of ours takes it back: {}",
                                unit.id, one->n, id, one->state == "there" ? "is done" : "may have been done",
                                one->sql),
                    "Nothing was changed. Undo by hand what `migrate resolve` lists as there.");
            for (const auto& undo : one->undo) {
                execute.sql += undo + ";\n";
                if (one->loses) step.destructive.push_back(undo);
            }
        }
        if (!step.destructive.empty()) step.risk = Risk::destroy;
        for (std::size_t at = 0, end = 0; (end = execute.sql.find(";\n", at)) != std::string::npos;
             at = end + 2)
            step.purpose += (at == 0 ? ": " : "; ") + execute.sql.substr(at, end - at);
        const bool statements = !execute.sql.empty();
        step.action = std::move(execute);
        if (statements) steps.push_back(std::move(step));
        auto has_row = [&](const std::vector<AppliedRow>& rows) {
            return std::any_of(rows.begin(), rows.end(), [&](const AppliedRow& row) { return row.id == id; });
        };
        if (!has_row(history.failed) && !has_row(history.applied)) continue;
        Request record = request;
        record.undo.reset();
        record.rolled_back = id;
        auto more = adapter_of(unit.tool).plan(unit, record, facts);
        if (!more) return more;
        for (auto& one : *more)
            if (one.target == target.name) steps.push_back(std::move(one));
    }
    if (steps.empty())
        return fail("migration.unknown", unit.id + ": nothing of " + id + " is there that could be undone",
                    "Nothing was changed. `migrate resolve` without an option says what is half done.");
    return steps;
}

}  // namespace migrate
