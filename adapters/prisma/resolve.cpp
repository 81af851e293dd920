// Repairing a history: what Prisma has a command for is left to it, the rest is one statement on one row.
#include <algorithm>

#include "adapters/prisma/prisma.hpp"
#include "adapters/prisma/steps.hpp"
#include "adapters/support/history_sql.hpp"

namespace migrate::prisma {

namespace {

tl::unexpected<Error> not_there(const Context& context, std::string_view what, const std::string& id) {
    return fail("migration.unknown", context.unit.id + ": " + std::string(what) + " is called " + id,
                "Ids are those that `migrate status` and `migrate history` print.");
}

bool is_applied(const Context& context, const std::string& id) {
    return context.known.history && node::contains(node::ids_of(context.known.history->applied), id);
}

bool is_failed(const Context& context, const std::string& id) {
    return context.known.history && node::contains(node::ids_of(context.known.history->failed), id);
}

Result<Steps> native(const Context& context, std::string_view variant, const std::string& id,
                     std::string purpose, bool applied) {
    auto step = context.step(Verb::resolve, variant, std::move(purpose), {{"name", id}});
    if (!step) return tl::unexpected(step.error());
    step->migrations = {id};
    if (applied) step->expect.applied_added = {id};
    Steps steps;
    if (context.known.readable() && context.known.history->initialised) {
        Step copy;
        copy.target = step->target;
        copy.purpose = "copy the history out";
        copy.action = CopyHistory{history_table(context)};
        steps.push_back(std::move(copy));
    }
    steps.push_back(std::move(*step));
    return steps;
}

/// One statement on the rows of one name.
Result<Steps> row_change(const Context& context, ChangeHistory change, const std::string& set_or_delete,
                         const std::string& id, std::string purpose) {
    if (!context.known.readable())
        return fail("verb.unsupported",
                    "the history of " + context.unit.id + " cannot be read, so none of its rows is changed",
                    "");
    const Engine engine = *context.known.target->connection.engine;
    std::string table = history_table(context);
    std::string statement =
        set_or_delete.empty() ? "DELETE FROM " + table : "UPDATE " + table + " SET " + set_or_delete;
    change.sql = {statement + " WHERE migration_name = " + sql_text(engine, id)};
    return history_steps(*context.known.target, table, std::move(change), std::move(purpose));
}

Result<Steps> applied(const Context& context, const std::string& id) {
    if (!node::file_of(context.facts.files, id)) return not_there(context, "no migration", id);
    if (is_applied(context, id))
        return fail("usage", id + " is recorded as applied already", "There is nothing to resolve.");
    return native(context, "", id, "record " + id + " as applied", true);
}

/// Prisma refuses what has not failed (P3012), and answers success without doing anything where an older try
/// of the same name was rolled back: so it is asked only for what has failed.
Result<Steps> rolled_back(const Context& context, const std::string& id) {
    if (is_failed(context, id) || !context.known.readable())
        return native(context, "rolled-back", id, "record " + id + " as rolled back", false);
    if (!is_applied(context, id)) return not_there(context, "no migration in the history", id);
    return fail(
        "usage", id + " has not failed: it is applied",
        "--rolled-back is for a migration that failed and of which nothing is left.",
        {{By::you, {"migrate", "plan", "rollback", "-u", context.unit.id}, "", "reverts the last one"}});
}

Result<Steps> edited(const Context& context, const std::string& id) {
    const MigrationFile* file = node::file_of(context.facts.files, id);
    if (!file || file->checksum.empty()) return not_there(context, "no migration with a migration.sql", id);
    if (!is_applied(context, id)) return not_there(context, "no applied migration", id);
    return row_change(context, {}, "checksum = '" + file->checksum + "'", id, "take " + id + " as it is now");
}

Result<Steps> renamed(const Context& context, const std::string& from, const std::string& to) {
    if (!is_applied(context, from)) return not_there(context, "no applied migration", from);
    if (!node::file_of(context.facts.files, to)) return not_there(context, "no migration", to);
    if (is_applied(context, to))
        return fail("usage", to + " has a row of its own",
                    "Two rows cannot mean one migration; --forget the old one if both are the same.");
    const Engine engine = *context.known.target->connection.engine;
    return row_change(context, {{to}, {from}, {}}, "migration_name = " + sql_text(engine, to), from,
                      "rename " + from + " to " + to + " in the history");
}

Result<Steps> forget(const Context& context, const std::string& id) {
    if (!is_applied(context, id) && !is_failed(context, id))
        return not_there(context, "no migration in the history", id);
    if (node::file_of(context.facts.files, id))
        return fail("usage", "the migration " + id + " is there",
                    "--forget is for rows whose folder is gone for good.");
    ChangeHistory change;
    if (is_applied(context, id)) change.remove = {id};
    return row_change(context, std::move(change), "", id, "forget " + id + ", whose folder is gone");
}

}  // namespace

Result<Steps> resolve(const Context& context) {
    const Request& request = context.request;
    if (request.resume) return context.cannot(Verb::resolve, "resume");
    if (request.unlock) return context.cannot(Verb::resolve, "unlock");
    if (request.applied) return applied(context, *request.applied);
    if (request.rolled_back) return rolled_back(context, *request.rolled_back);
    if (request.edited) return edited(context, *request.edited);
    if (request.renamed_from && request.renamed_to)
        return renamed(context, *request.renamed_from, *request.renamed_to);
    if (request.forget) return forget(context, *request.forget);
    // Without an option it only looks.
    if (!context.known.readable() || context.known.history->failed.empty()) return Steps{};
    const AppliedRow& row = context.known.history->failed.front();
    return fail(
        "migration.failed",
        context.unit.id + ": " + row.id +
            (row.state == AppliedRow::State::running ? " was started and has not ended" : " failed") +
            (row.detail.empty() ? "" : ": " + row.detail),
        "Prisma does not know how far it came. On PostgreSQL a failed migration leaves nothing, unless "
        "its file ends transactions itself.",
        ways_out(context.unit.id, row.id));
}

}  // namespace migrate::prisma
