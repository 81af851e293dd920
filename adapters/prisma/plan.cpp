// What each verb becomes with Prisma.
#include <algorithm>
#include <iterator>

#include "adapters/prisma/prisma.hpp"
#include "adapters/prisma/steps.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_plan.hpp"
#include "adapters/support/sql_file.hpp"

namespace migrate::prisma {

namespace {

Result<Steps> one(Result<Step> step) {
    if (!step) return tl::unexpected(step.error());
    return Steps{std::move(*step)};
}

Engine engine_of(const Context& context) {
    if (context.known.target && context.known.target->connection.engine)
        return *context.known.target->connection.engine;
    return context.project.engine.value_or(Engine::postgresql);
}

/// A folder without migration.sql stops `migrate deploy` (P3015), a failed migration does (P3009).
std::optional<Error> blocked(const Context& context) {
    if (context.known.history && !context.known.history->failed.empty()) {
        const AppliedRow& row = context.known.history->failed.front();
        bool running = row.state == AppliedRow::State::running;
        return Error{"migration.failed",
                     context.unit.id + ": " + row.id +
                         (running ? " was started and has not ended" : " failed") +
                         ", and `migrate deploy` applies nothing before that is resolved (P3009)",
                     row.detail, ways_out(context.unit.id, row.id)};
    }
    for (const auto& file : context.facts.files)
        if (file.files.empty())
            return Error{
                "migration.invalid",
                context.project.migrations + "/" + file.id + " holds no migration.sql (P3015)",
                "Prisma takes every directory there for a migration: remove it, or restore the file.",
                {}};
    return std::nullopt;
}

Result<Step> deploy(const Context& context, const std::vector<MigrationFile>& files) {
    auto step = context.step(Verb::run, "", "apply " + node::count_of(files.size()));
    if (step) expect_applied_sql(*step, files, context.facts.root, engine_of(context));
    return step;
}

Result<Steps> run(const Context& context) {
    if (auto error = blocked(context)) return tl::unexpected(*error);
    if (!context.known.readable()) {
        if (node::asks_for_part(context.request)) return node::unread_history(context.unit, Verb::run);
        return one(context.step(Verb::run, "", "apply what is pending"));
    }
    auto chosen = migrations_to_run(context.request, *context.known.history);
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};
    if (chosen->size() != context.known.history->pending.size()) return context.cannot(Verb::run, "to");
    return one(deploy(context, *chosen));
}

Result<Steps> reverted(const Context& context, const std::vector<AppliedRow>& rows) {
    std::vector<Undo> undo;
    const Engine engine = engine_of(context);
    const std::string table = history_table(context);
    for (const auto& row : rows)
        undo.push_back({row, node::file_of(context.facts.files, row.id),
                        "DELETE FROM " + table + " WHERE migration_name = " + sql_text(engine, row.id) +
                            " AND rolled_back_at IS NULL"});
    return revert_by_down_files("Prisma", context.unit.id, *context.known.target, table, undo,
                                context.facts.root);
}

Result<Steps> rollback(const Context& context) {
    if (context.request.batch) return context.cannot(Verb::rollback, "batch");
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::rollback);
    auto rows = migrations_to_revert(context.request, *context.known.history);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    return reverted(context, *rows);
}

/// `migrate deploy` applies everything that is pending, so nothing else may be.
Result<Steps> redo(const Context& context) {
    if (auto error = blocked(context)) return tl::unexpected(*error);
    if (context.request.batch) return context.cannot(Verb::rollback, "batch");
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::redo);
    if (!context.known.history->pending.empty())
        return fail("verb.unsupported",
                    "`migrate deploy` would apply " + node::count_of(context.known.history->pending.size()) +
                        " more that " + (context.known.history->pending.size() == 1 ? "is" : "are") +
                        " pending",
                    "redo reverts and applies the last migration alone.",
                    {{By::you,
                      {"migrate", "plan", "run", "-u", context.unit.id},
                      "",
                      "applies what is pending first"}});
    auto rows = migrations_to_revert(context.request, *context.known.history);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    std::vector<MigrationFile> again;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        const MigrationFile* file = node::file_of(context.facts.files, row->id);
        if (!file)
            return node::missing_files(context.unit, {row->id},
                                       "It could be reverted, but not applied again.");
        again.push_back(*file);
    }
    auto steps = reverted(context, *rows);
    if (!steps) return steps;
    auto forth = deploy(context, again);
    if (!forth) return tl::unexpected(forth.error());
    steps->push_back(std::move(*forth));
    return steps;
}

Result<Steps> baseline(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::baseline);
    auto chosen = migrations_to_run(context.request, *context.known.history);
    if (!chosen) return tl::unexpected(chosen.error());
    Steps steps;
    if (!chosen->empty() && context.known.history->initialised) {
        Step copy;
        copy.target = context.known.target->name;
        copy.purpose = "copy the history out";
        copy.action = CopyHistory{history_table(context)};
        steps.push_back(std::move(copy));
    }
    for (const auto& file : *chosen) {
        auto step =
            context.step(Verb::baseline, "", "record " + file.id + " as applied", {{"name", file.id}});
        if (!step) return tl::unexpected(step.error());
        step->migrations = step->expect.applied_added = {file.id};
        step->reversible = true;
        steps.push_back(std::move(*step));
    }
    return steps;
}

/// What `migrate diff` prints for people where both sides are the same (5.22 to 7.10).
constexpr const char* kSame = "No difference detected";

/// The database against the models, and, where a scratch database may be made, the migrations against them.
Result<Steps> diff(const Context& context) {
    auto database = context.step(Verb::diff, "", "compare the database with the models");
    if (!database) return tl::unexpected(database.error());
    std::get<Native>(database->action).same_when = kSame;
    Steps steps{std::move(*database)};
    bool careful = context.known.target && is_protected(context.known.target->level);
    if (context.facts.files.empty() || careful || !context.no_scratch().empty()) return steps;
    auto scratch = scratch_with_migrations(context);
    auto migrations = context.on_scratch(Verb::diff, "", "compare the migrations with the models");
    if (!scratch || !migrations) return tl::unexpected(scratch ? migrations.error() : scratch.error());
    std::get<Native>(migrations->action).same_when = kSame;
    std::move(scratch->begin(), scratch->end(), std::back_inserter(steps));
    steps.push_back(std::move(*migrations));
    steps.push_back(drop_scratch());
    for (auto& step : steps) step.risk = Risk::read;
    return steps;
}

Result<Steps> seed(const Context& context) {
    if (context.project.seed.empty()) {
        std::string where =
            context.project.is_new() ? "migrations.seed of prisma.config.ts" : "prisma.seed of package.json";
        return fail(
            "verb.unsupported", context.unit.id + " has no seeds: " + where + " names no command",
            "Prisma would end with 0 and do nothing, or print a page of help, depending on its version.");
    }
    return one(context.step(Verb::seed, "", "run `" + context.project.seed + "`"));
}

Result<Steps> reset(const Context& context) {
    auto step = context.step(Verb::reset, "", "drop everything and apply all migrations");
    if (step && context.known.readable()) {
        step->expect.applied_removed = context.known.history->missing;
        for (const auto& file : context.known.history->pending) step->expect.applied_added.push_back(file.id);
        step->migrations = node::ids_of(context.facts.files);
    }
    return one(std::move(step));
}

}  // namespace

Needs needs(const Unit& unit, const Request& request) {
    switch (request.verb) {
        case Verb::init:
            return {};
        case Verb::generate:
            // The first migration is computed from nothing; later ones on the target's kind of server.
            return {.target = !request.empty && !unit.migrations.empty(), .files = true};
        case Verb::diff:
            return {.target = true, .files = true};
        case Verb::pull:
        case Verb::push:
            return {.target = true};
        case Verb::seed:
            return {.target = true, .seeds = true};
        default:
            return {.target = true, .history = true, .files = true};
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    Context context{unit, request, facts, node::known(facts), read_project(unit, facts.root)};
    const bool mongodb = context.project.engine == Engine::mongodb;
    if (mongodb && request.verb != Verb::push && request.verb != Verb::pull && request.verb != Verb::seed &&
        request.verb != Verb::init)
        return fail("verb.unsupported",
                    "Prisma has no migrations for MongoDB: " + unit.id + " cannot " +
                        std::string(to_string(request.verb)),
                    "Only `prisma db push` changes its indexes.");
    switch (request.verb) {
        case Verb::status:
            return one(context.step(Verb::status, "native", "ask Prisma"));
        case Verb::history:
            return Steps{};
        case Verb::diff:
            return diff(context);
        case Verb::generate:
            return generate(context);
        case Verb::init:
            return init(context);
        case Verb::pull:
            return one(context.step(Verb::pull, "", "rewrite the models from the database"));
        case Verb::run:
            return run(context);
        case Verb::rollback:
            return rollback(context);
        case Verb::redo:
            return redo(context);
        case Verb::seed:
            return seed(context);
        case Verb::baseline:
            return baseline(context);
        case Verb::resolve:
            return resolve(context);
        case Verb::reset:
            return reset(context);
        case Verb::push:
            return one(
                context.step(Verb::push, "", "make the database like the models, without a migration"));
    }
    return Steps{};
}

}  // namespace migrate::prisma
