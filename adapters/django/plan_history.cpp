// baseline and resolve: only rows of django_migrations change.
#include <algorithm>

#include "adapters/django/work.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::django {

namespace {

constexpr std::string_view kTable = "django_migrations";

Holes holes_of(std::string_view id) {
    return {{"app", std::string(app_of(id))}, {"migration", std::string(name_of(id))}};
}

/// The step, with the table copied out before where it has rows.
Steps with_copy(const Work& work, Step step) {
    Steps steps;
    if (work.history && work.history->initialised && work.target) {
        Step copy;
        copy.target = work.target->name;
        copy.purpose = "copy the history out";
        copy.action = CopyHistory{std::string(kTable)};
        steps.push_back(std::move(copy));
    }
    step.reversible = true;
    steps.push_back(std::move(step));
    return steps;
}

/// The WHERE clause of one row.
std::string where(Engine engine, std::string_view id) {
    return " WHERE app = " + sql_text(engine, app_of(id)) + " AND name = " + sql_text(engine, name_of(id));
}

Result<Steps> change_rows(const Work& work, ChangeHistory change, std::string purpose) {
    if (!work.target || !has_sql_client(work.target->connection.engine.value_or(Engine::oracle)))
        return fail("verb.unsupported", work.unit.id + ": django_migrations cannot be changed directly",
                    "There is no client for this engine.");
    return history_steps(*work.target, std::string(kTable), std::move(change), std::move(purpose));
}

Result<Steps> delete_rows(const Work& work, const std::vector<std::string>& ids, std::string purpose) {
    Engine engine =
        work.target ? work.target->connection.engine.value_or(Engine::postgresql) : Engine::postgresql;
    ChangeHistory change;
    change.remove = ids;
    for (const auto& id : ids)
        change.sql.push_back("DELETE FROM " + qualified_name(engine, "", kTable) + where(engine, id));
    return change_rows(work, std::move(change), std::move(purpose));
}

Result<Steps> insert_rows(const Work& work, const std::vector<std::string>& ids, std::string purpose) {
    Engine engine =
        work.target ? work.target->connection.engine.value_or(Engine::postgresql) : Engine::postgresql;
    ChangeHistory change;
    change.add = ids;
    for (const auto& id : ids)
        change.sql.push_back("INSERT INTO " + qualified_name(engine, "", kTable) +
                             " (app, name, applied) VALUES (" + sql_text(engine, app_of(id)) + ", " +
                             sql_text(engine, name_of(id)) + ", CURRENT_TIMESTAMP)");
    return change_rows(work, std::move(change), std::move(purpose));
}

tl::unexpected<Error> no_such_row(const std::string& id) {
    return fail("migration.unknown", "django_migrations has no row " + id + " without a file",
                "This is for migrations whose file is gone; --rolled-back ID for others.");
}

Result<Steps> mark_applied(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (work.applied.contains(*id)) return fail("migration.applied", *id + " is applied already");
    std::vector<std::string> added;
    for (auto& one : work.graph.forwards(*id))
        if (!work.applied.contains(one)) added.push_back(std::move(one));
    std::string purpose = "record " + *id + " as applied; nothing is run";
    // With an inconsistent history or several leaves not even --fake is done.
    if (work.conflict() || (work.history && !work.history->out_of_order.empty()))
        return insert_rows(work, added, purpose);
    auto step = work.native(Verb::resolve, "", holes_of(*id), purpose);
    if (!step) return tl::unexpected(step.error());
    work.expect(*step, added, {});
    return with_copy(work, std::move(*step));
}

Result<Steps> mark_reverted(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (!work.applied.contains(*id))
        return fail("migration.unknown", *id + " is not applied", "`migrate history` lists what is applied.");
    std::vector<std::string> removed;
    Ids in_app;
    for (auto& one : work.graph.backwards(*id))
        if (work.applied.contains(one)) {
            in_app.insert(one);
            removed.push_back(std::move(one));
        }
    std::string purpose = "record " + *id + " as not applied; nothing is run";
    auto target = work.graph.backward_target(in_app, work.applied);
    if (!target || *target == "zero") return delete_rows(work, removed, purpose);
    auto step =
        work.native(Verb::resolve, "", {{"app", std::string(app_of(*id))}, {"migration", *target}}, purpose);
    if (!step) return tl::unexpected(step.error());
    work.expect(*step, {}, removed);
    return with_copy(work, std::move(*step));
}

Result<Steps> rename(const Work& work, const std::string& from, const std::string& to) {
    if (!work.history || !node::contains(work.history->missing, from)) return no_such_row(from);
    auto id = work.resolve(to);
    if (!id) return tl::unexpected(id.error());
    if (work.applied.contains(*id)) return fail("migration.applied", *id + " is applied already");
    Engine engine = work.target->connection.engine.value_or(Engine::postgresql);
    ChangeHistory change;
    change.remove = {from};
    change.add = {*id};
    change.sql = {"UPDATE " + qualified_name(engine, "", kTable) +
                  " SET app = " + sql_text(engine, app_of(*id)) +
                  ", name = " + sql_text(engine, name_of(*id)) + where(engine, from)};
    return change_rows(work, std::move(change), "put " + *id + " in the place of " + from);
}

}  // namespace

Result<Steps> plan_baseline(const Work& work) {
    if (auto error = work.conflict()) return tl::unexpected(*error);
    if (!work.applied.empty())
        return fail(
            "migration.applied", work.unit.id + ": migrations of the project are applied already",
            "A baseline is for a database that Django does not know yet; `migrate resolve --applied ID` "
            "records a single one.");
    std::vector<std::string> added = work.graph.ordered();
    if (!work.request.to) {
        auto step = work.native(Verb::baseline, "", {}, "record all migrations as applied; nothing is run");
        if (!step) return tl::unexpected(step.error());
        work.expect(*step, added, {});
        return with_copy(work, std::move(*step));
    }
    auto id = work.resolve(*work.request.to);
    if (!id) return tl::unexpected(id.error());
    auto step = work.native(Verb::baseline, "to", holes_of(*id),
                            "record the migrations up to " + *id + " as applied; nothing is run");
    if (!step) return tl::unexpected(step.error());
    work.expect(*step, work.graph.forwards(*id), {});
    return with_copy(work, std::move(*step));
}

Result<Steps> plan_resolve(const Work& work) {
    const Request& request = work.request;
    if (request.unlock) return work.cannot(Verb::resolve, "unlock");
    if (request.resume) return work.cannot(Verb::resolve, "resume");
    if (request.edited) return work.cannot(Verb::resolve, "edited");
    if (request.applied) return mark_applied(work, *request.applied);
    if (request.rolled_back) return mark_reverted(work, *request.rolled_back);
    if (request.renamed_from && request.renamed_to)
        return rename(work, *request.renamed_from, *request.renamed_to);
    if (request.forget) {
        if (!work.history || !node::contains(work.history->missing, *request.forget))
            return no_such_row(*request.forget);
        return delete_rows(work, {*request.forget}, "take " + *request.forget + " out of the history");
    }
    return Steps{};
}

}  // namespace migrate::django
