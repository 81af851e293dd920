// baseline and resolve: only the version table changes.
#include <algorithm>

#include "adapters/alembic/work.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::alembic {

namespace {

std::string table_name(const HistoryQuery& query) {
    return query.schema.empty() ? query.table : query.schema + "." + query.table;
}

Step copy_step(const Work& work, const HistoryQuery& query) {
    Step step;
    step.target = work.target->name;
    step.purpose = "copy the version table out";
    step.action = CopyHistory{table_name(query)};
    return step;
}

std::optional<HistoryQuery> query_of(const Work& work) {
    return work.target ? history(work.unit, work.facts.root, *work.target) : std::nullopt;
}

/// Native stamp, the table copied out before.
Result<Steps> stamp(const Work& work, Verb verb, const std::string& revision, const Ids& added,
                    const Ids& removed, std::string purpose) {
    auto step = work.native(verb, "", {{"revision", revision}}, std::move(purpose));
    if (!step) return tl::unexpected(step.error());
    work.expect(*step, added, removed);
    step->reversible = true;
    Steps steps;
    auto query = query_of(work);
    if (query && work.history && !work.history->applied.empty()) steps.push_back(copy_step(work, *query));
    steps.push_back(std::move(*step));
    return steps;
}

/// Rows of the version table changed so that exactly `now` is applied. `gone` are rows without a file that
/// go.
Result<Steps> change_rows(const Work& work, const Ids& now, const std::vector<std::string>& gone,
                          std::string purpose) {
    auto query = query_of(work);
    if (!query)
        return fail("verb.unsupported", work.unit.id + ": the version table cannot be changed directly",
                    "Its name is computed in env.py, or there is no client for this engine.");
    Engine engine = work.target->connection.engine.value_or(Engine::postgresql);
    std::string table = qualified_name(engine, query->schema, query->table);
    std::vector<std::string> before = work.graph.tips(work.applied);
    std::vector<std::string> after = work.graph.tips(now);
    ChangeHistory change;
    change.remove = gone;
    for (const auto& id : before)
        if (!node::contains(after, id)) change.remove.push_back(id);
    for (const auto& id : after)
        if (!node::contains(before, id)) change.add.push_back(id);
    for (const auto& id : change.remove)
        change.sql.push_back("DELETE FROM " + table + " WHERE version_num = " + sql_text(engine, id));
    for (const auto& id : change.add)
        change.sql.push_back("INSERT INTO " + table + " (version_num) VALUES (" + sql_text(engine, id) + ")");
    Steps steps = history_steps(*work.target, table_name(*query), std::move(change), std::move(purpose));
    // Rows are tips; what counts as applied is everything below them.
    Step& step = steps.back();
    Ids added, removed;
    for (const auto& id : now)
        if (!work.applied.contains(id)) added.insert(id);
    for (const auto& id : work.applied)
        if (!now.contains(id)) removed.insert(id);
    work.expect(step, added, removed);
    step.expect.applied_removed.insert(step.expect.applied_removed.end(), gone.begin(), gone.end());
    step.migrations.insert(step.migrations.end(), gone.begin(), gone.end());
    step.reversible = true;
    return steps;
}

tl::unexpected<Error> not_applied(const std::string& id) {
    return fail("migration.unknown", "revision " + id + " is not applied",
                "`migrate history` lists what is applied.");
}

Result<Steps> mark_applied(const Work& work, const std::string& name) {
    auto id = work.graph.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (work.applied.contains(*id))
        return fail("migration.applied", "revision " + *id + " is applied already");
    Ids now = work.graph.closure({*id});
    bool forward = std::includes(now.begin(), now.end(), work.applied.begin(), work.applied.end());
    Ids added;
    for (const auto& one : now)
        if (!work.applied.contains(one)) added.insert(one);
    now.insert(work.applied.begin(), work.applied.end());
    bool clean = work.history && work.history->missing.empty();
    if (clean && forward && work.graph.tips(work.applied).size() <= 1)
        return stamp(work, Verb::resolve, *id, added, {}, "record " + *id + " as applied; nothing is run");
    return change_rows(work, now, {}, "record " + *id + " as applied; nothing is run");
}

Result<Steps> mark_reverted(const Work& work, const std::string& name) {
    auto id = work.graph.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (!work.applied.contains(*id)) return not_applied(*id);
    Ids removed;
    for (const auto& one : work.graph.descendants({*id}))
        if (work.applied.contains(one)) removed.insert(one);
    Ids now;
    for (const auto& one : work.applied)
        if (!removed.contains(one)) now.insert(one);
    std::vector<std::string> tips = work.graph.tips(now);
    std::string purpose = "record " + *id + " as not applied; nothing is run";
    bool clean = work.history && work.history->missing.empty();
    if (clean && tips.size() == 1 && work.graph.tips(work.applied).size() == 1)
        return stamp(work, Verb::resolve, tips.front(), {}, removed, purpose);
    return change_rows(work, now, {}, purpose);
}

Result<Steps> forget(const Work& work, const std::string& id) {
    if (!work.history || !node::contains(work.history->missing, id)) {
        return fail("migration.unknown", "the version table has no row " + id + " without a file",
                    "--forget is for revisions whose file is gone; --rolled-back ID for others.");
    }
    if (work.applied.empty() && work.history->missing.size() == 1) {
        Error error{"migration.last_row",
                    id + " is the only row of the version table: without it every revision would be pending",
                    "Say by which revision it was replaced.",
                    {}};
        for (const auto& head : work.graph.heads())
            error.next.push_back({By::you,
                                  {"migrate", "resolve", "--renamed", id + "=" + head, "-u", work.unit.id},
                                  "the schema is that of " + head,
                                  ""});
        return tl::unexpected(error);
    }
    return change_rows(work, work.applied, {id}, "take " + id + " out of the version table");
}

Result<Steps> rename(const Work& work, const std::string& from, const std::string& to) {
    auto id = work.graph.resolve(to);
    if (!id) return tl::unexpected(id.error());
    if (!work.history || !node::contains(work.history->missing, from))
        return fail("migration.unknown", "the version table has no row " + from + " without a file",
                    "--renamed OLD NEW is for a revision that was replaced by another.");
    Ids now = work.graph.closure({*id});
    now.insert(work.applied.begin(), work.applied.end());
    return change_rows(work, now, {from}, "put " + *id + " in the place of " + from);
}

}  // namespace

Result<Steps> plan_baseline(const Work& work) {
    if (work.history && !work.history->applied.empty()) {
        Error error{"migration.applied",
                    work.unit.id + ": the version table has rows already",
                    "A baseline is for a database that Alembic does not know yet.",
                    {}};
        error.next.push_back({By::you, {"migrate", "status", "-u", work.unit.id}, "", "what is applied"});
        return tl::unexpected(error);
    }
    std::vector<std::string> tips = work.graph.heads();
    std::string revision = tips.size() == 1 ? "head" : "heads";
    if (work.request.to) {
        auto id = work.graph.resolve(*work.request.to);
        if (!id) return tl::unexpected(id.error());
        tips = {*id};
        revision = *id;
    }
    if (tips.empty())
        return fail("migration.none", work.unit.id + ": there is no revision to stamp",
                    "`migrate generate NAME` writes the first one.");
    return stamp(work, Verb::baseline, revision, work.graph.closure(tips), {},
                 "record the revisions as applied; nothing is run");
}

Result<Steps> plan_resolve(const Work& work) {
    const Request& request = work.request;
    if (request.unlock) return work.cannot(Verb::resolve, "unlock");
    if (request.resume) return work.cannot(Verb::resolve, "resume");
    if (request.edited) return work.cannot(Verb::resolve, "edited");
    if (request.applied) return mark_applied(work, *request.applied);
    if (request.rolled_back) return mark_reverted(work, *request.rolled_back);
    if (request.forget) return forget(work, *request.forget);
    if (request.renamed_from && request.renamed_to)
        return rename(work, *request.renamed_from, *request.renamed_to);
    return Steps{};
}

}  // namespace migrate::alembic
