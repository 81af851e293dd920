// Raw SQL: what a verb becomes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapters/registry.hpp"
#include "adapters/sql/sql.hpp"
#include "sql/history_table.hpp"

namespace migrate::raw_sql {

namespace {

using Steps = std::vector<Step>;
using sql::Convention;

const Adapter& adapter() {
    return adapter_of(Tool::sql);
}

/// Half-done work comes first.
std::optional<Error> unresolved(const Context& context) {
    const History& history = *context.history;
    if (history.failed.empty()) return std::nullopt;
    const AppliedRow& row = history.failed.front();
    return Error{
        "migration.dirty",
        fmt::format("{} was begun and is not through{}", row.id, row.detail.empty() ? "" : ": " + row.detail),
        "Nothing else is applied or reverted before that is settled.",
        {{By::you,
          {"migrate", "resolve", "-u", context.unit.id},
          "",
          "shows what is there and the ways out"}}};
}

/// What the first step makes besides its own migration.
std::string table_remark(const Context& context) {
    const sql::HistoryTable& table = context.project.table;
    if (!context.history->initialised) return fmt::format("; makes the table {}", table.label());
    const auto missing = sql::missing_columns(table, context.history->columns);
    if (context.history->columns.empty() || missing.empty()) return "";
    return fmt::format("; adds the columns {} to {}", fmt::join(missing, ", "), table.label());
}

/// A request whose --to may be any name of a migration.
Request with_full_id(const Context& context) {
    Request request = context.request;
    if (request.to) request.to = full_id(context, *request.to);
    return request;
}

Result<Steps> run(const Context& context) {
    if (auto error = unresolved(context)) return tl::unexpected(std::move(*error));
    auto chosen = migrations_to_run(with_full_id(context), *context.history);
    if (!chosen) return tl::unexpected(chosen.error());
    Steps steps;
    steps.reserve(chosen->size());
    for (const MigrationFile& file : *chosen) {
        auto step = up_step(context, file);
        if (!step) return tl::unexpected(step.error());
        if (steps.empty()) step->purpose += table_remark(context);
        steps.push_back(std::move(*step));
    }
    return steps;
}

tl::unexpected<Error> no_way_back(const Context& context, Verb verb) {
    return fail("verb.unsupported",
                fmt::format("{} cannot {}: {} have no way back", context.unit.id, to_string(verb),
                            sql::facts_of(context.project.convention).title),
                "Write a migration that undoes what the last one did.",
                {{By::you, {"migrate", "generate", "undo", "-u", context.unit.id}, "", "a new migration"}});
}

Result<std::vector<AppliedRow>> rows_to_revert(const Context& context) {
    if (auto error = unresolved(context)) return tl::unexpected(std::move(*error));
    if (context.request.batch)
        return fail("usage", context.unit.id + " keeps no batches",
                    "--steps N reverts the last N migrations, --to ID all behind ID.");
    return migrations_to_revert(with_full_id(context), *context.history);
}

Result<Steps> rollback(const Context& context) {
    auto rows = rows_to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    Steps steps;
    steps.reserve(rows->size());
    for (const AppliedRow& row : *rows) {
        auto step = down_step(context, row);
        if (!step) return tl::unexpected(step.error());
        steps.push_back(std::move(*step));
    }
    return steps;
}

/// Reverts rows and applies their files again.
Result<Steps> down_and_up(const Context& context, const std::vector<AppliedRow>& rows) {
    Steps steps, again;
    for (const AppliedRow& row : rows) {
        auto down = down_step(context, row);
        if (!down) return tl::unexpected(down.error());
        const MigrationFile* file = file_of(context.facts.files, row.id);
        if (!file)
            return fail("migration.missing", row.id + " cannot be applied again: its file is gone",
                        "Nothing was reverted. Bring it back from version control.");
        auto up = up_step(context, *file);
        if (!up) return tl::unexpected(up.error());
        up->purpose += ", again";
        steps.push_back(std::move(*down));
        again.insert(again.begin(), std::move(*up));
    }
    std::move(again.begin(), again.end(), std::back_inserter(steps));
    return steps;
}

Result<Steps> redo(const Context& context) {
    auto rows = rows_to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    return down_and_up(context, *rows);
}

Result<Steps> reset(const Context& context) {
    if (auto error = unresolved(context)) return tl::unexpected(std::move(*error));
    const auto& applied = context.history->applied;
    auto steps = down_and_up(context, {applied.rbegin(), applied.rend()});
    if (!steps) return steps;
    for (const MigrationFile& file : context.history->pending) {
        auto step = up_step(context, file);
        if (!step) return tl::unexpected(step.error());
        steps->push_back(std::move(*step));
    }
    for (Step& step : *steps) step.risk = Risk::destroy;
    return steps;
}

Result<Context> context_of(const Unit& unit, const Request& request, const Facts& facts) {
    Context context{unit, request, facts, nullptr, nullptr, {}, {}};
    std::optional<Engine> engine;
    if (!facts.targets.empty()) {
        context.target = &facts.targets.front();
        engine = context.target->connection.engine;
        if (auto found = facts.histories.find(context.target->name); found != facts.histories.end())
            context.history = &found->second;
    } else if (unit.engines.size() == 1) {
        engine = unit.engines.front();
    }
    context.project = context.target ? sql::project_of(unit, *context.target) : sql::project_of(unit, engine);
    if (engine) context.dialect = sql::dialect_of(*engine);
    const Needs wanted = needs(unit, request);
    if (wanted.target && !context.target)
        return fail("target.unresolved", "the database of " + unit.id + " is not known",
                    "`migrate explain --target -u " + unit.id + "` says what was looked for.");
    if (wanted.history && !context.history)
        return fail("target.unreachable", "the history of " + unit.id + " could not be read",
                    "Nothing was changed.");
    return context;
}

}  // namespace

Needs needs(const Unit&, const Request& request) {
    switch (request.verb) {
        case Verb::status:
        case Verb::history:
        case Verb::run:
        case Verb::rollback:
        case Verb::redo:
        case Verb::reset:
        case Verb::baseline:
        case Verb::resolve:
            return {.target = true, .history = true, .files = true};
        case Verb::seed:
            return {.target = true, .seeds = true};
        case Verb::generate:
            return {.files = true};
        default:
            return {};
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    const Row* row = support(adapter(), request.verb, unit.version);
    if (!row || row->how == How::unsupported) return unsupported(adapter(), unit, row, request.verb);
    auto context = context_of(unit, request, facts);
    if (!context) return tl::unexpected(context.error());
    const sql::ConventionFacts& convention = sql::facts_of(context->project.convention);
    const bool one_way = !convention.sections && convention.convention != Convention::golang_migrate;
    if (one_way &&
        (request.verb == Verb::rollback || request.verb == Verb::redo || request.verb == Verb::reset))
        return no_way_back(*context, request.verb);
    switch (request.verb) {
        case Verb::run:
            return run(*context);
        case Verb::rollback:
            return rollback(*context);
        case Verb::redo:
            return redo(*context);
        case Verb::reset:
            return reset(*context);
        case Verb::baseline:
            return baseline(*context);
        case Verb::resolve:
            return resolve(*context);
        case Verb::seed:
            return seed(*context);
        case Verb::generate:
            return generate(*context);
        case Verb::init:
            return init(*context);
        default:
            return Steps{};
    }
}

}  // namespace migrate::raw_sql
