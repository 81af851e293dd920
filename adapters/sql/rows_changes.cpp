// Raw SQL: baseline and resolve, which change history rows and nothing else (but for --resume).
#include <fmt/format.h>

#include <algorithm>

#include "adapters/sql/sql.hpp"
#include "adapters/support/history_sql.hpp"
#include "base/files.hpp"
#include "sql/directory.hpp"
#include "sql/ledger.hpp"
#include "sql/migration_file.hpp"

namespace migrate::raw_sql {

namespace {

using Steps = std::vector<Step>;
using sql::Changes;
using sql::Convention;
using sql::Direction;
using sql::Entry;

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

const AppliedRow* row_of(const std::vector<AppliedRow>& rows, std::string_view id) {
    for (const AppliedRow& row : rows)
        if (row.id == id) return &row;
    return nullptr;
}

bool holds(const std::vector<std::string>& ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// The version before an id among the files, for golang-migrate's one row.
std::string version_before(const Context& context, std::string_view id) {
    std::string before;
    for (const MigrationFile& file : context.facts.files) {
        if (file.id == id) break;
        before = file.key;
    }
    return before;
}

Entry entry_of(const Context& context, const MigrationFile& file) {
    Entry entry;
    entry.id = file.id;
    entry.checksum = file.checksum;
    entry.before = version_before(context, file.id);
    const std::string name = std::filesystem::path(file.files.front()).stem().string();
    entry.title = name.substr(std::min(name.find('_'), name.size() - 1) + 1);
    auto bytes = read_file(context.facts.root / file.files.front(), kLargestFile);
    if (!bytes) return entry;
    // What cannot be parsed can still be recorded; it only has no stored way back then.
    if (auto parsed =
            sql::parse_migration(*bytes, context.project.convention, context.dialect, file.files.front())) {
        entry.down_text = parsed->down_text;
        entry.count = static_cast<int>(parsed->up.size());
        for (const sql::Statement& statement : parsed->up) entry.statements.emplace_back(statement.text);
    }
    return entry;
}

/// The columns that our own table has, or will have once it is made.
std::vector<std::string> columns_of(const Context& context) {
    if (context.history->initialised) return context.history->columns;
    return sql::missing_columns(context.project.table, {});
}

/// History statements and the ids that come and go, on their way to a step.
struct Edit {
    const Context& context;
    ChangeHistory change{};

    void add(Changes changes) {
        for (const sql::Change& one : changes) change.sql.push_back(sql::inlined(one, context.dialect));
    }
    const sql::HistoryTable& table() const { return context.project.table; }
    /// Our ledger is there, for a row of a neighbour's table came with what only the ledger keeps.
    bool has_ledger(const AppliedRow& row) const {
        return !sql::facts_of(context.project.convention).own_table &&
               (!row.checksum.empty() || row.state == AppliedRow::State::running);
    }
    sql::Change key() const { return sql::ledger_key_of(table(), context.dialect); }

    void record(Direction direction, const Entry& entry, const AppliedRow* before) {
        add(sql::record_done(table(), context.dialect, direction, entry, columns_of(context)));
        if (!before || !has_ledger(*before)) return;
        if (direction == Direction::up)
            add(sql::write_ledger(context.dialect, key(), entry.id,
                                  {entry.checksum, entry.down_text, false, false, entry.count, 0, ""},
                                  sql::mark_of_row(table(), context.dialect, entry.id)));
        else
            add(sql::remove_from_ledger(context.dialect, key(), entry.id));
    }

    Steps steps(std::string purpose) {
        return history_steps(*context.target, table().qualified(context.dialect), std::move(change),
                             std::move(purpose), context.history->initialised);
    }
};

tl::unexpected<Error> unknown(const Context& context, const std::string& id, std::string_view what) {
    return fail("migration.unknown", fmt::format("{}: {} is called {}", context.unit.id, what, id),
                "Ids are those that `migrate history` and `migrate status` print.");
}

Result<Steps> mark_applied(const Context& context, const std::string& id) {
    const MigrationFile* file = file_of(context.facts.files, id);
    const AppliedRow* failed = row_of(context.history->failed, id);
    if (!file) return unknown(context, id, "no migration file");
    if (row_of(context.history->applied, id))
        return fail("usage", id + " is already recorded as applied", "There is nothing to resolve.");
    Edit edit{context};
    if (!context.history->initialised)
        for (std::string& text : sql::create_statements(context.project.table, context.dialect))
            edit.change.sql.push_back(std::move(text));
    edit.record(Direction::up, entry_of(context, *file), failed);
    edit.change.add = {id};
    // golang-migrate's one version stands for all before it.
    if (context.project.convention == Convention::golang_migrate)
        for (const MigrationFile& pending : context.history->pending) {
            if (pending.id == id || sql::compare_versions(pending.key, file->key) > 0) break;
            edit.change.add.insert(edit.change.add.end() - 1, pending.id);
        }
    return edit.steps("record " + id + " as applied");
}

Result<Steps> mark_reverted(const Context& context, const std::string& id) {
    const AppliedRow* failed = row_of(context.history->failed, id);
    const AppliedRow* applied = row_of(context.history->applied, id);
    if (!failed && !applied) return unknown(context, id, "no applied or half-done migration");
    Edit edit{context};
    Entry entry;
    entry.id = id;
    entry.before = version_before(context, id);
    edit.record(Direction::down, entry, failed ? failed : applied);
    if (applied) edit.change.remove = {id};
    return edit.steps("record " + id + " as not applied");
}

Result<Steps> forget(const Context& context, const std::string& id) {
    if (!row_of(context.history->applied, id)) return unknown(context, id, "no applied migration");
    if (!holds(context.history->missing, id))
        return fail("usage", "the file of " + id + " is there",
                    "--forget is for rows whose file is gone; --rolled-back ID makes this one pending.");
    auto steps = mark_reverted(context, id);
    if (steps) steps->back().purpose = "forget " + id + ", whose file is gone";
    return steps;
}

Result<Steps> accept_edit(const Context& context, const std::string& id) {
    const AppliedRow* row = row_of(context.history->applied, id);
    const MigrationFile* file = file_of(context.facts.files, id);
    if (!row) return unknown(context, id, "no applied migration");
    if (!file) return unknown(context, id, "no migration file");
    if (!holds(context.history->edited, id))
        return fail("usage", id + " is as it was when it was applied", "There is nothing to resolve.");
    const Entry entry = entry_of(context, *file);
    Edit edit{context};
    if (sql::facts_of(context.project.convention).own_table)
        edit.add(sql::accept_checksum(edit.table(), context.dialect, entry));
    else
        edit.add(sql::write_ledger(context.dialect, edit.key(), id,
                                   {entry.checksum, entry.down_text, false, false, entry.count, 0, ""},
                                   sql::mark_of_row(edit.table(), context.dialect, id)));
    return edit.steps("take the file of " + id + " as it is now");
}

Result<Steps> rename(const Context& context, const std::string& from, const std::string& to) {
    const AppliedRow* row = row_of(context.history->applied, from);
    const MigrationFile* file = file_of(context.facts.files, to);
    if (!row) return unknown(context, from, "no applied migration");
    if (!file) return unknown(context, to, "no migration file");
    if (row_of(context.history->applied, to))
        return fail("usage", to + " has a row of its own",
                    "Two rows cannot have one id; --forget the old one if both mean the same.");
    const Entry entry = entry_of(context, *file);
    Edit edit{context};
    edit.add(sql::rename_row(edit.table(), context.dialect, from, entry));
    if (edit.has_ledger(*row))
        edit.add(sql::rename_in_ledger(context.dialect, edit.key(), from, to, entry.checksum));
    edit.change.add = {to};
    edit.change.remove = {from};
    return edit.steps(fmt::format("rename the row of {} to {}", from, to));
}

Result<Steps> resume(const Context& context) {
    const auto& failed = context.history->failed;
    if (failed.empty())
        return fail("usage", context.unit.id + " has nothing that is half done",
                    "There is nothing to resume.");
    const AppliedRow& row = failed.front();
    const auto far = sql::read_how_far(row.detail);
    if (!far)
        return fail("verb.unsupported", fmt::format("{}: the history does not say how far it came", row.id),
                    "Look at the database, then say --applied or --rolled-back.");
    const MigrationFile* file = file_of(context.facts.files, row.id);
    if (!file) return unknown(context, row.id, "no migration file");
    if (!row.checksum.empty() && row.checksum != file->checksum)
        return fail(
            "migration.edited",
            fmt::format("{} was edited since its first {} statements ran", file->files.front(), far->done),
            "Bring the file back as it was, or settle it by hand and say --applied or --rolled-back.");
    auto step = far->down ? down_step(context, row) : up_step(context, *file);
    if (!step) return step.map([](Step) { return Steps{}; });
    std::get<ApplyMigration>(step->action).from_statement = far->done;
    step->purpose =
        fmt::format("{} {} from statement {} on", far->down ? "revert" : "apply", row.id, far->done + 1);
    step->risk = far->down ? Risk::revert : Risk::apply;
    // A half-reverted migration is not among the applied ones before.
    if (far->down) step->expect.applied_removed.clear();
    return Steps{std::move(*step)};
}

}  // namespace

Result<Steps> baseline(const Context& context) {
    Request request = context.request;
    if (request.to) request.to = full_id(context, *request.to);
    auto chosen = migrations_to_run(request, *context.history);
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};
    Edit edit{context};
    auto& statements = edit.change.sql;
    if (!context.history->initialised) {
        for (std::string& text : sql::create_statements(context.project.table, context.dialect))
            statements.push_back(std::move(text));
    }
    for (const MigrationFile& file : *chosen) {
        edit.change.add.push_back(file.id);
        // golang-migrate's one row is the last of them.
        if (context.project.convention == Convention::golang_migrate && &file != &chosen->back()) continue;
        Entry entry = entry_of(context, file);
        entry.state = "baseline";
        edit.record(Direction::up, entry, nullptr);
    }
    return edit.steps(fmt::format("record {} migration{} as applied, without running anything",
                                  chosen->size(), chosen->size() == 1 ? "" : "s"));
}

Result<Steps> resolve(const Context& context) {
    const Request& request = context.request;
    auto id = [&](const std::string& given) { return full_id(context, given); };
    if (request.unlock)
        return fail("verb.unsupported", context.unit.id + " has no lock that outlives its session",
                    "A lock that is held belongs to a process that still runs: `migrate doctor` names it.");
    if (request.applied) return mark_applied(context, id(*request.applied));
    if (request.rolled_back) return mark_reverted(context, id(*request.rolled_back));
    if (request.edited) return accept_edit(context, id(*request.edited));
    if (request.renamed_from && request.renamed_to)
        return rename(context, *request.renamed_from, id(*request.renamed_to));
    if (request.forget) return forget(context, *request.forget);
    if (request.resume) return resume(context);
    return Steps{};
}

}  // namespace migrate::raw_sql
