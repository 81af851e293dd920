// baseline and resolve: rows of the history table.
#include <algorithm>

#include "adapters/flyway/work.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

/// The pieces of a statement on the history table of this engine.
struct Sql {
    Engine engine;
    std::string table;
    std::string column(std::string_view name) const { return quoted_name(engine, name); }
    std::string text(std::string_view value) const { return sql_text(engine, value); }
    std::string yes() const {
        return engine == Engine::postgresql || engine == Engine::cockroachdb ? "TRUE" : "1";
    }
    /// One row: by version, or by script for repeatable ones.
    std::string where(const AppliedRow& row) const {
        return row.key.empty() ? " WHERE " + column("script") + " = " + text(row.id)
                               : " WHERE " + column("version") + " = " + text(row.key);
    }
};

Result<Sql> sql_of(const Work& work) {
    std::string table = work.table();
    if (table.empty())
        return fail("verb.unsupported", work.unit.id + ": the history table cannot be changed directly",
                    "There is no client for this engine; `flyway repair` changes all of it.");
    return Sql{work.target->connection.engine.value_or(Engine::postgresql), table};
}

const AppliedRow* row_of(const std::vector<AppliedRow>& rows, std::string_view id) {
    auto found = std::find_if(rows.begin(), rows.end(), [&](const AppliedRow& row) { return row.id == id; });
    return found == rows.end() ? nullptr : &*found;
}

std::string description_of(std::string_view id) {
    auto name = parse_name(id.substr(id.rfind('/') + 1));
    return name ? name->description : std::string(id);
}

/// Only history rows change: what is added and removed is what the comparison will then say.
Result<Steps> change(const Work& work, std::vector<std::string> sql, const std::vector<std::string>& added,
                     const std::vector<std::string>& removed, std::string purpose) {
    ChangeHistory change{added, removed, std::move(sql)};
    Steps steps = history_steps(*work.target, work.plain_table(), std::move(change), std::move(purpose));
    return steps;
}

/// `repair` where it does what was asked for and nothing else.
Result<Steps> repair(const Work& work, std::string purpose) {
    auto step = work.native(Verb::resolve, "", {}, std::move(purpose));
    if (!step) return tl::unexpected(step.error());
    step->reversible = true;
    Step copy;
    copy.target = work.target->name;
    copy.purpose = "copy the history out";
    copy.action = CopyHistory{work.plain_table()};
    return Steps{copy, *step};
}

Result<Steps> mark_applied(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (row_of(work.history->applied, *id)) return fail("migration.applied", *id + " is applied already");
    const MigrationFile* file = work.file(*id);
    if (!file) return fail("migration.unknown", "there is no script " + *id);
    auto sql = sql_of(work);
    if (!sql) return tl::unexpected(sql.error());
    std::string checksum = file->checksum.empty() ? "NULL" : file->checksum;
    std::string purpose = "record " + *id + " as applied; nothing is run";
    if (const AppliedRow* failed = row_of(work.history->failed, *id)) {
        AppliedRow by = *failed;
        return change(work,
                      {"UPDATE " + sql->table + " SET " + sql->column("success") + " = " + sql->yes() + ", " +
                       sql->column("checksum") + " = " + checksum + sql->where(by)},
                      {*id}, {}, purpose);
    }
    std::string version = file->key.empty() ? "NULL" : sql->text(file->key);
    std::string statement =
        "INSERT INTO " + sql->table + " (" + sql->column("installed_rank") + ", " + sql->column("version") +
        ", " + sql->column("description") + ", " + sql->column("type") + ", " + sql->column("script") + ", " +
        sql->column("checksum") + ", " + sql->column("installed_by") + ", " + sql->column("execution_time") +
        ", " + sql->column("success") + ") SELECT COALESCE(MAX(" + sql->column("installed_rank") +
        "), 0) + 1, " + version + ", " + sql->text(description_of(*id)) + ", 'SQL', " + sql->text(*id) +
        ", " + checksum + ", 'migrate', 0, " + sql->yes() + " FROM " + sql->table;
    return change(work, {statement}, {*id}, {}, purpose);
}

Result<Steps> mark_reverted(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id) return tl::unexpected(id.error());
    const AppliedRow* failed = row_of(work.history->failed, *id);
    const AppliedRow* applied = row_of(work.history->applied, *id);
    if (!failed && !applied)
        return fail("migration.unknown", *id + " is neither applied nor failed",
                    "`migrate status` says what is.");
    std::string purpose = "record " + *id + " as not applied; nothing is run";
    bool only = failed && work.history->failed.size() == 1 && work.history->edited.empty() &&
                work.history->missing.empty();
    if (only) return repair(work, purpose);
    auto sql = sql_of(work);
    if (!sql) return tl::unexpected(sql.error());
    return change(work, {"DELETE FROM " + sql->table + sql->where(failed ? *failed : *applied)}, {},
                  applied ? std::vector<std::string>{*id} : std::vector<std::string>{}, purpose);
}

Result<Steps> accept_edit(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id) return tl::unexpected(id.error());
    if (!node::contains(work.history->edited, *id))
        return fail("migration.unknown", *id + " is not among the edited scripts",
                    "`migrate status` lists them.");
    std::string purpose = "take " + *id + " as it is now";
    bool only =
        work.history->edited.size() == 1 && work.history->failed.empty() && work.history->missing.empty();
    if (only) return repair(work, purpose);
    auto sql = sql_of(work);
    if (!sql) return tl::unexpected(sql.error());
    const AppliedRow* row = row_of(work.history->applied, *id);
    return change(work,
                  {"UPDATE " + sql->table + " SET " + sql->column("checksum") + " = " +
                   work.file(*id)->checksum + sql->where(*row)},
                  {}, {}, purpose);
}

tl::unexpected<Error> not_missing(const std::string& id) {
    return fail("migration.unknown", "the history has no row " + id + " whose file is gone",
                "`migrate status` lists those that are missing.");
}

Result<Steps> forget(const Work& work, const std::string& name) {
    auto id = work.resolve(name);
    if (!id || !node::contains(work.history->missing, *id)) return not_missing(name);
    auto sql = sql_of(work);
    if (!sql) return tl::unexpected(sql.error());
    return change(work, {"DELETE FROM " + sql->table + sql->where(*row_of(work.history->applied, *id))}, {},
                  {*id}, "take " + *id + " out of the history");
}

Result<Steps> rename(const Work& work, const std::string& from, const std::string& to) {
    auto old = work.resolve(from);
    if (!old || !node::contains(work.history->missing, *old)) return not_missing(from);
    auto id = work.resolve(to);
    if (!id) return tl::unexpected(id.error());
    const MigrationFile* file = work.file(*id);
    if (!file || row_of(work.history->applied, *id))
        return fail("migration.applied", *id + " cannot take the place of " + *old);
    auto sql = sql_of(work);
    if (!sql) return tl::unexpected(sql.error());
    std::string version = file->key.empty() ? "NULL" : sql->text(file->key);
    return change(work,
                  {"UPDATE " + sql->table + " SET " + sql->column("version") + " = " + version + ", " +
                   sql->column("description") + " = " + sql->text(description_of(*id)) + ", " +
                   sql->column("script") + " = " + sql->text(*id) + ", " + sql->column("checksum") + " = " +
                   (file->checksum.empty() ? "NULL" : file->checksum) +
                   sql->where(*row_of(work.history->applied, *old))},
                  {*id}, {*old}, "put " + *id + " in the place of " + *old);
}

}  // namespace

Result<Steps> plan_baseline(const Work& work) {
    if (work.history && !work.history->applied.empty())
        return fail("migration.applied", work.unit.id + ": the history has rows already",
                    "A baseline is for a database that Flyway does not know yet.");
    std::string version = "1";
    if (work.request.to) {
        auto id = work.resolve(*work.request.to);
        const MigrationFile* file = id ? work.file(*id) : nullptr;
        if (!file && !MigrationVersion::parse(*work.request.to)) return tl::unexpected(id.error());
        version = file ? file->key : *work.request.to;
    } else {
        for (const auto& file : work.facts.files)
            if (!file.key.empty()) version = file.key;
    }
    auto step = work.native(Verb::baseline, "", {{"version", version}, {"description", "baseline"}},
                            "record everything up to version " + version + " as there; nothing is run");
    if (!step) return tl::unexpected(step.error());
    // The row carries the version alone: where a script has it, the history counts it as that script.
    step->expect.applied_added = {"baseline"};
    for (const auto& file : work.facts.files) {
        auto own = MigrationVersion::parse(file.key), limit = MigrationVersion::parse(version);
        if (!own || !limit || *limit < *own) continue;
        step->migrations.push_back(file.id);
        if (*own == *limit && fs::path(file.files.front()).filename().string().starts_with('V'))
            step->expect.applied_added = {file.id};
    }
    step->reversible = true;
    return Steps{*step};
}

Result<Steps> plan_resolve(const Work& work) {
    const Request& request = work.request;
    if (request.unlock) return work.cannot(Verb::resolve, "unlock");
    if (request.resume) return work.cannot(Verb::resolve, "resume");
    bool asked =
        request.applied || request.rolled_back || request.edited || request.forget || request.renamed_from;
    if (!asked) return Steps{};
    if (!work.history)
        return fail("migration.history_unknown", work.unit.id + ": the history could not be read",
                    "`migrate doctor` says what is missing.");
    if (request.applied) return mark_applied(work, *request.applied);
    if (request.rolled_back) return mark_reverted(work, *request.rolled_back);
    if (request.edited) return accept_edit(work, *request.edited);
    if (request.forget) return forget(work, *request.forget);
    return rename(work, *request.renamed_from, request.renamed_to.value_or(""));
}

}  // namespace migrate::flyway
