// run, rollback, redo, reset; the way back is the project's own U files.
#include <algorithm>

#include "adapters/flyway/work.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_steps.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

/// --to and --steps count versioned scripts; repeatable ones run with any target (seen in 9.22.3, 11.8.2).
Result<std::vector<MigrationFile>> chosen(const Work& work, std::string& version) {
    std::vector<MigrationFile> pending = work.history ? work.history->pending : work.facts.files;
    std::vector<MigrationFile> versioned, repeatable;
    for (const auto& file : pending) (file.key.empty() ? repeatable : versioned).push_back(file);
    std::size_t count = versioned.size();
    if (work.request.to) {
        auto id = work.resolve(*work.request.to);
        if (!id) return tl::unexpected(id.error());
        auto found = std::find_if(versioned.begin(), versioned.end(),
                                  [&](const auto& file) { return file.id == *id; });
        count = found == versioned.end() ? 0 : static_cast<std::size_t>(found - versioned.begin()) + 1;
        if (count == 0) return std::vector<MigrationFile>{};  // applied already
    }
    if (work.request.steps)
        count = std::min(count, static_cast<std::size_t>(std::max(0, *work.request.steps)));
    if (work.request.to || work.request.steps) {
        if (count == 0) return std::vector<MigrationFile>{};
        version = versioned[count - 1].key;
    }
    versioned.resize(count);
    versioned.insert(versioned.end(), repeatable.begin(), repeatable.end());
    return versioned;
}

/// Applied versioned scripts to revert, newest first.
Result<std::vector<AppliedRow>> to_revert(const Work& work) {
    if (!work.history)
        return fail("migration.history_unknown",
                    work.unit.id + ": what is applied could not be read, so nothing can be chosen to revert",
                    "`migrate doctor` says what is missing.");
    if (work.request.batch)
        return fail("verb.unsupported", work.unit.id + ": Flyway records no batches", "Use --steps or --to.");
    Request request = work.request;
    if (request.to) {
        auto id = work.resolve(*request.to);
        if (!id) return tl::unexpected(id.error());
        request.to = *id;
    }
    History versioned = *work.history;
    std::erase_if(versioned.applied.edit(), [](const AppliedRow& row) { return row.key.empty(); });
    return migrations_to_revert(request, versioned);
}

/// One U file executed and its row deleted.
Result<Steps> undo(const Work& work, const AppliedRow& row, bool leaves_nothing) {
    const MigrationFile* file = work.file(row.id);
    std::string table = work.table();
    if (!file || file->down_file.empty() || table.empty()) {
        auto refusal = work.cannot(Verb::rollback, "none");
        Error error = refusal.value();
        error.message += " (" + (row.id.empty() ? row.key : row.id) + ")";
        error.hint =
            "Write U" + row.key + "__NAME.sql beside it, or a new script that takes the change back.";
        return tl::unexpected(error);
    }
    auto text = read_file(work.facts.root / file->down_file);
    if (text && work.config.placeholders && text->find("${") != std::string::npos)
        return fail("verb.unsupported", file->down_file + ": placeholders are not replaced in U files here",
                    "Write the values out, or revert with a paid edition's `flyway undo`.");
    auto script = read_file(work.facts.root / (file->down_file + ".conf"));
    bool alone = (script && script->find("executeInTransaction=false") != std::string::npos) ||
                 (text && text->find("CONCURRENTLY") != std::string::npos);
    Step execute;
    execute.target = work.target->name;
    execute.purpose = "revert " + row.id + " by " + file->down_file;
    execute.action = ExecuteSql{"U file of version " + row.key, file->down_file, "", !alone};
    execute.risk = py::rollback_risk(work.target, leaves_nothing);
    execute.reversible = true;
    execute.migrations = {row.id};
    Engine engine = work.target->connection.engine.value_or(Engine::postgresql);
    ChangeHistory change;
    change.remove = {row.id};
    change.sql = {"DELETE FROM " + table + " WHERE " + quoted_name(engine, "version") + " = " +
                  sql_text(engine, row.key)};
    Steps steps = history_steps(*work.target, work.plain_table(), std::move(change),
                                "take " + row.id + " out of the history");
    // The copy comes first, then the script, then the row.
    steps.insert(steps.begin() + 1, std::move(execute));
    return steps;
}

Result<Steps> undo_all(const Work& work, const std::vector<AppliedRow>& rows) {
    Steps steps;
    std::size_t left = work.history->applied.size();
    for (const AppliedRow& row : rows) {
        auto part = undo(work, row, --left == 0);
        if (!part) return part;
        // One copy of the history is enough.
        steps.insert(steps.end(), part->begin() + (steps.empty() ? 0 : 1), part->end());
    }
    return steps;
}

}  // namespace

Result<Steps> plan_run(const Work& work) {
    if (auto error = work.blocked()) return tl::unexpected(*error);
    std::string version;
    auto pending = chosen(work, version);
    if (!pending) return tl::unexpected(pending.error());
    if (pending->empty()) return Steps{};
    auto step = work.migrate(*pending, version);
    if (!step) return tl::unexpected(step.error());
    if (!work.history) step->expect = {};
    return Steps{*step};
}

Result<Steps> plan_rollback(const Work& work) {
    auto rows = to_revert(work);
    if (!rows) return tl::unexpected(rows.error());
    return undo_all(work, *rows);
}

Result<Steps> plan_redo(const Work& work) {
    if (auto error = work.blocked()) return tl::unexpected(*error);
    auto rows = to_revert(work);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    auto steps = undo_all(work, *rows);
    if (!steps) return steps;
    std::vector<MigrationFile> again;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row)
        if (const MigrationFile* file = work.file(row->id)) again.push_back(*file);
    std::string newest = again.empty() ? "" : again.back().key;
    for (const auto& file : work.history->pending)
        if (file.key.empty()) again.push_back(file);
    auto step = work.migrate(again, newest);
    if (!step) return tl::unexpected(step.error());
    steps->push_back(std::move(*step));
    return steps;
}

Result<Steps> plan_reset(const Work& work) {
    auto clean = work.native(Verb::reset, "", {}, "drop everything in the schemas");
    if (!clean) return tl::unexpected(clean.error());
    clean->reversible = false;
    if (work.history) {
        clean->expect.applied_removed = node::ids_of(work.history->applied);
        clean->migrations = clean->expect.applied_removed;
    }
    // What a fresh database gets: everything, or from the newest baseline script on.
    HistoryRows none;
    none.source = HistorySource::direct;
    History fresh = compare(work.unit, work.facts.files, none);
    Steps steps{*clean};
    if (fresh.pending.empty()) return steps;
    auto step = work.migrate(fresh.pending, "");
    if (!step) return tl::unexpected(step.error());
    if (!work.history) step->expect = {};
    steps.push_back(std::move(*step));
    return steps;
}

Needs needs(const Unit&, const Request& request) {
    Needs needs;
    switch (request.verb) {
        case Verb::init:
        case Verb::pull:
        case Verb::push:
        case Verb::seed:
            return needs;
        case Verb::generate:
            needs.files = true;
            return needs;
        case Verb::diff:
            needs.target = true;
            return needs;
        default:
            needs.target = needs.history = needs.files = true;
            return needs;
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    Work work(unit, request, facts);
    auto one = [&](Verb verb, std::string_view variant, std::string purpose) -> Result<Steps> {
        auto step = work.native(verb, variant, {}, std::move(purpose));
        if (!step) return tl::unexpected(step.error());
        if (verb == Verb::diff) std::get<Native>(step->action).finding = "Validate failed";
        return Steps{*step};
    };
    switch (request.verb) {
        case Verb::status:
        case Verb::history:
            return one(Verb::status, "native", "ask Flyway for the state of its scripts");
        case Verb::diff:
            return one(Verb::diff, "", "compare the scripts with the history");
        case Verb::generate:
            return plan_generate(work);
        case Verb::init:
            return plan_init(work);
        case Verb::run:
            return plan_run(work);
        case Verb::rollback:
            return plan_rollback(work);
        case Verb::redo:
            return plan_redo(work);
        case Verb::baseline:
            return plan_baseline(work);
        case Verb::resolve:
            return plan_resolve(work);
        case Verb::reset:
            return plan_reset(work);
        case Verb::pull:
        case Verb::seed:
        case Verb::push:
            break;
    }
    return work.cannot(request.verb, "");
}

}  // namespace migrate::flyway
