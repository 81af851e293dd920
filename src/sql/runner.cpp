#include "sql/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <vector>

#include "base/files.hpp"
#include "sql/directory.hpp"
#include "sql/failure.hpp"
#include "sql/journal.hpp"
#include "sql/look.hpp"
#include "sql/script.hpp"
#include "sql/session.hpp"
#include "sql/split.hpp"
#include "sql/way.hpp"

namespace migrate::sql {

namespace {

using Clock = std::chrono::steady_clock;

/// PostgreSQL: "... cannot run inside a transaction block".
constexpr std::string_view kNotInTransaction = "25001";
/// "unsafe use of new value of enum type": it was added in the same transaction.
constexpr std::string_view kNewEnumValue = "55P04";
/// The role that the script may have taken on must not decide whether the history can be written.
constexpr std::string_view kOwnRole = "RESET ROLE";

long since(Clock::time_point start) {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

/// What some tables hold of a migration's neighbours and names stands in the folder.
const MigrationDirectory* directory_of(const Project& project, const std::filesystem::path& root,
                                       RunCache& cache) {
    if (project.convention != Convention::golang_migrate && project.convention != Convention::supabase)
        return nullptr;
    if (!cache.directory) {
        auto listed = list_migrations(root / project.directory, project.convention);
        if (!listed) return nullptr;
        cache.directory = std::move(*listed);
    }
    return &*cache.directory;
}

/// The names of a migration in its folder, for what some tables hold beyond its id.
Entry entry_of(const Project& project, const std::filesystem::path& root, const ApplyMigration& apply,
               const Script& script, RunCache& cache) {
    Entry entry;
    entry.id = apply.id;
    entry.down_text = script.parsed.down_text;
    if (!apply.path.empty()) entry.checksum = checksum_of(*script.parsed.text);
    const auto& statements = apply.down ? script.parsed.down : script.parsed.up;
    entry.count = static_cast<int>(statements.size());
    if (project.convention == Convention::supabase)
        for (const Statement& statement : script.parsed.up) entry.statements.emplace_back(statement.text);
    const MigrationDirectory* directory = directory_of(project, root, cache);
    if (!directory) return entry;
    for (const MigrationName& migration : directory->migrations) {
        if (migration.id == apply.id) {
            entry.title = migration.title;
            // A pair's way back stands in a file of its own; whether it can be read is the rollback's
            // business.
            if (!apply.down && !migration.down_file.empty())
                if (auto down =
                        read_file(root / project.directory / migration.down_file, std::uintmax_t{1} << 30))
                    if (auto text = normalised(*down)) entry.down_text = std::move(*text);
        }
        if (!migration.version.empty() && compare_versions(migration.version, apply.id) < 0)
            entry.before = migration.version;
    }
    return entry;
}

class Run {
  public:
    Run(db::Database& database, const Script& script, const RunSettings& settings, SessionGuard& guard,
        const std::vector<std::string>& restore)
        : database_(database), script_(script), settings_(settings), guard_(guard), restore_(restore) {}

    /// One transaction; `journal` may be null for a script without history.
    Result<void> in_transaction(const Way& way, Journal* journal, Entry& entry);
    Result<void> one_by_one(const Way& way, Journal* journal, Entry& entry, int from);
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    Result<void> send(const Statement& statement);
    Result<void> send_group(std::span<const Statement> group, int& n, int of, int& failing);
    Result<void> commit(const Way& way, Journal* journal, Entry& entry, Clock::time_point start, int of);
    Result<void> announce(const Statement& statement, int n, int of) const;
    Result<void> check_state(const std::string& id, Journal* journal);
    Error failed(const Error& cause, const Statement& statement, Kept kept, int done, int of) const {
        return failure_of(database_, cause, script_.name, *script_.parsed.text, statement, kept, done, of);
    }
    Error undone(Error error);
    bool goes_with_mark(const Statement& statement);
    Result<void> send_with_mark(const Statement& statement, Journal& journal, const Entry& entry, int n);
    void note_locks(const Statement& statement);
    Result<int> settled(const Way& way, Journal* journal, const Entry& entry, int from);

    db::Database& database_;
    const Script& script_;
    const RunSettings& settings_;
    SessionGuard& guard_;
    const std::vector<std::string>& restore_;
    bool tables_locked_ = false;         ///< MySQL: LOCK TABLES of the file is in force
    std::optional<bool> transactional_;  ///< MySQL: all tables are InnoDB's
    std::vector<std::string> notes_;
};

Result<void> Run::send(const Statement& statement) {
    if (statement.copies_data) return database_.copy_in(statement.text, statement.data);
    return database_.execute(statement.text);
}

/// How many statements from the first on may travel together: to PostgreSQL, which takes them one after the
/// other without waiting for us, and says which one failed.
std::size_t group_size(db::Database& database, std::span<const Statement> statements) {
    constexpr std::size_t kMost = 1000, kBytes = 1u << 20;
    if (dialect_of(database.engine()) != Dialect::postgresql) return 1;
    std::size_t size = 0, bytes = 0;
    for (const Statement& statement : statements) {
        if (statement.copies_data || statement.kind.starts_with("COPY") || statement.transaction_control ||
            statement.in_transaction != InTransaction::yes)
            break;
        bytes += statement.text.size();
        if (size > 0 && (bytes > kBytes || size == kMost)) break;
        ++size;
    }
    return std::max<std::size_t>(size, 1);
}

/// `n` counts the statements that were done; `failing` is the place in the group of one that was refused, -1
/// where none was.
Result<void> Run::send_group(std::span<const Statement> group, int& n, int of, int& failing) {
    failing = -1;
    std::vector<db::Sent> texts;
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (auto go = announce(group[i], n + 1 + static_cast<int>(i), of); !go) return go;
        texts.push_back({group[i].text});
    }
    std::size_t done = 0;
    Result<void> sent = group.size() == 1 ? send(group.front()) : database_.execute_all(texts, done);
    if (sent) done = group.size();
    n += static_cast<int>(done);
    if (!sent) failing = static_cast<int>(done);
    return sent;
}

Result<void> Run::announce(const Statement& statement, int n, int of) const {
    if (settings_.interrupted && settings_.interrupted())
        return fail("interrupted",
                    fmt::format("{}: interrupted before statement {} of {}", script_.name, n, of));
    if (settings_.on_statement)
        settings_.on_statement({fmt::format("{}:{}", script_.name, statement.position.line),
                                brief(statement.text, dialect_of(database_.engine())), n, of});
    return {};
}

/// Somebody may have been faster between plan and lock.
Result<void> Run::check_state(const std::string& id, Journal* journal) {
    if (!journal) return {};
    auto state = journal->state_of(id);
    if (!state) return tl::unexpected(state.error());
    const bool down = script_.direction == Direction::down;
    // What was begun and is not through may be taken up again in its own direction.
    if (down ? state->has_value() : *state != AppliedRow::State::applied) return {};
    return fail("plan.stale",
                fmt::format("{} {} meanwhile", id, down ? "is no longer applied" : "has been applied"),
                "Nothing was executed. `migrate status` shows how things stand.");
}

/// Rolls back and passes the error on.
Error Run::undone(Error error) {
    if (database_.in_transaction()) (void)database_.execute("ROLLBACK");
    return error;
}

Result<void> Run::in_transaction(const Way& way, Journal* journal, Entry& entry) {
    const auto start = Clock::now();
    const int of = static_cast<int>(way.before.size() + way.inside.size() + way.after.size());
    int n = 0;
    for (const Statement& statement : way.before) {
        if (auto go = announce(statement, ++n, of); !go) return go;
        if (auto sent = send(statement); !sent)
            return tl::unexpected(failed(sent.error(), statement, Kept::nothing, 0, of));
    }
    const auto broken_before = broken_references(database_, way);
    if (auto begun = begin_transaction(database_); !begun) return begun;
    if (auto state = check_state(entry.id, journal); !state) return tl::unexpected(undone(state.error()));
    for (auto rest = way.inside; !rest.empty();) {
        const auto group = rest.first(group_size(database_, rest));
        int failing = -1;
        if (auto sent = send_group(group, n, of, failing); !sent) {
            if (failing < 0) {
                Error error = undone(sent.error());
                error.hint = what_is_kept(Kept::nothing, 0, of);
                return tl::unexpected(std::move(error));
            }
            const std::string state = database_.error_state();
            Error error =
                failed(sent.error(), group[static_cast<std::size_t>(failing)], Kept::nothing, n, of);
            error = undone(std::move(error));
            // What no list of ours knows, or only an older server refuses.
            if (state == kNotInTransaction && of == 1) {
                notes_.push_back(
                    fmt::format("{} did not run in a transaction: {}", script_.name, sent.error().message));
                Way alone = way;
                alone.transaction = false;
                return one_by_one(alone, journal, entry, 0);
            }
            if (state == kNotInTransaction || state == kNewEnumValue)
                error.hint += state == kNewEnumValue
                                  ? "\nAdd the value in a migration of its own, before this one."
                                  : "\nMove this statement into a migration of its own: alone it is sent "
                                    "outside a transaction.";
            return tl::unexpected(std::move(error));
        }
        if (!database_.in_transaction())
            return fail("run.failed",
                        fmt::format("{}:{}this statement ended the transaction around the file", script_.name,
                                    prefix(group.back().position)),
                        "What came before it may stand, and is not recorded. Say that the file wants no "
                        "transaction.");
        rest = rest.subspan(group.size());
    }
    if (broken_references(database_, way) > broken_before)
        return tl::unexpected(undone(Error{
            "run.failed",
            script_.name + ": rows are left that refer to rows that are gone (PRAGMA foreign_key_check)",
            "The file switches foreign keys off, so nothing else would have noticed. " +
                what_is_kept(Kept::nothing, 0, of),
            {}}));
    if (auto committed = commit(way, journal, entry, start, of); !committed) return committed;
    for (const Statement& statement : way.after)
        if (auto sent = send(statement); !sent)
            return fail(
                "run.failed",
                fmt::format("{}:{}{}", script_.name, prefix(statement.position), sent.error().message),
                "The file is applied and recorded; only this statement behind its transaction is missing.");
    return {};
}

/// The history row and the end of the transaction, in one go; behind it the session is put back.
Result<void> Run::commit(const Way& way, Journal* journal, Entry& entry, Clock::time_point start, int of) {
    Changes changes;
    std::vector<db::Sent> sent;
    if (journal) {
        entry.duration_ms = since(start);
        changes = journal->done_changes(script_.direction, entry);
        if (dialect_of(database_.engine()) == Dialect::postgresql) sent.push_back({kOwnRole});
    }
    for (const Change& change : changes) sent.push_back({change.sql, change.values});
    const std::size_t last = sent.size();
    sent.push_back({"COMMIT"});
    // What stands behind the transaction has its own say about the session.
    const bool at_once = way.after.empty();
    if (at_once)
        for (const std::string& statement : restore_) sent.push_back({statement});
    std::size_t done = 0;
    auto committed = database_.execute_all(sent, done);
    if (committed && at_once) guard_.dismiss();
    if (committed || (done > last && committed.error().code != "target.unreachable")) return {};
    Error error = undone(committed.error());
    if (error.code == "target.unreachable")
        return fail(error.code,
                    script_.name + ": the session was lost while the transaction was being committed",
                    "It is there as a whole or not at all: `migrate status` says which.");
    if (done < last) return tl::unexpected(std::move(error));
    // Deferred constraints speak up here, for the file as a whole.
    return fail("run.failed", fmt::format("{}: {}", script_.name, error.message),
                (error.hint.empty() ? "" : error.hint + "\n") + what_is_kept(Kept::nothing, 0, of));
}

/// Whether a statement and the mark that it is done can be one transaction: then a crash cannot come between
/// them. Not where it commits by itself or may (procedures), where the file's own transaction is open, where
/// it locks tables for those behind it, or where MySQL has tables that know no transactions.
bool Run::goes_with_mark(const Statement& statement) {
    if (database_.in_transaction() || tables_locked_) return false;
    if (statement.in_transaction != InTransaction::yes || statement.transaction_control) return false;
    for (const std::string_view own : {"CALL", "DO", "SET", "USE", "LOCK", "LOCK TABLES", "LOAD"})
        if (statement.kind == own) return false;
    if (dialect_of(database_.engine()) != Dialect::mysql) return true;
    if (!transactional_) {
        auto rows = database_.query(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE "
            "TABLE' AND COALESCE(engine, '') <> 'InnoDB' LIMIT 1");
        transactional_ = rows && rows->rows.empty();
    }
    return *transactional_;
}

/// One statement and its mark. After an error the transaction may still be open, so that the database's
/// words about the error are not lost.
Result<void> Run::send_with_mark(const Statement& statement, Journal& journal, const Entry& entry, int n) {
    if (auto begun = begin_transaction(database_); !begun) return begun;
    auto done = send(statement);
    if (!done && database_.error_state() == kNotInTransaction) {
        (void)undone(done.error());
        if (auto noted = journal.progress(entry, n - 1, n); !noted) return noted;
        return send(statement);
    }
    if (done) done = journal.progress(entry, n, 0);
    if (done) done = database_.execute("COMMIT");
    return done;
}

/// Follows MySQL's LOCK TABLES, under which the history cannot be written.
void Run::note_locks(const Statement& statement) {
    if (dialect_of(database_.engine()) != Dialect::mysql) return;
    if (statement.kind == "LOCK TABLES" || statement.kind == "LOCK TABLE") tables_locked_ = true;
    if (statement.kind == "UNLOCK") tables_locked_ = false;
    if (statement.in_transaction == InTransaction::ends) transactional_.reset();
}

/// Where the run before stopped in the middle of a statement, the catalog says whether it was done. What it
/// does not show is run again, but for rows, which might come twice.
Result<int> Run::settled(const Way& way, Journal* journal, const Entry& entry, int from) {
    const auto far = journal ? journal->far_of(entry.id) : std::nullopt;
    if (!far || far->started != from + 1 || far->started > static_cast<int>(way.inside.size())) return from;
    const Statement& statement = way.inside[static_cast<std::size_t>(from)];
    const Look look = look_at(database_, way.inside)[static_cast<std::size_t>(from)];
    if (look.presence == Presence::there) {
        notes_.push_back(fmt::format("statement {} was done already: {}", far->started,
                                     brief(statement.text, dialect_of(database_.engine()), 60)));
        return from + 1;
    }
    const bool rows = statement.in_transaction == InTransaction::yes && !statement.transaction_control &&
                      dialect_of(database_.engine()) == Dialect::mysql && statement.kind != "SET" &&
                      statement.kind != "USE" && statement.kind != "SELECT";
    if (look.presence == Presence::absent || !rows) return from;
    return fail(
        "migration.dirty",
        fmt::format("{}:{}it is not known whether this statement was done before the run was cut off",
                    script_.name, prefix(statement.position)),
        "Nothing was executed, since its rows might come twice. Look whether they are there, do what is "
        "left of the file by hand and say --applied, or undo it and say --rolled-back.");
}

Result<void> Run::one_by_one(const Way& way, Journal* journal, Entry& entry, int from) {
    const auto start = Clock::now();
    const int of = static_cast<int>(way.inside.size());
    if (from == 0)
        if (auto state = check_state(entry.id, journal); !state) return state;
    if (auto first = settled(way, journal, entry, from))
        from = *first;
    else
        return tl::unexpected(first.error());
    if (journal)
        if (auto begun = journal->start(script_.direction, entry, from); !begun) return begun;
    int kept = from;  // statements that no rollback can take back
    for (int i = from; i < of; ++i) {
        const Statement& statement = way.inside[static_cast<std::size_t>(i)];
        auto give_up = [&](Error error, bool clean = true) -> tl::unexpected<Error> {
            if (database_.in_transaction()) (void)database_.execute("ROLLBACK");
            if (tables_locked_) (void)database_.execute("UNLOCK TABLES");
            if (journal && error.code != "target.unreachable") {
                (void)restore_session(database_);
                // Elsewhere than in MySQL a statement that fails has done nothing.
                if (kept == 0 && clean && dialect_of(database_.engine()) != Dialect::mysql)
                    (void)journal->cancel(script_.direction, entry);
                else
                    (void)journal->progress(entry, kept, 0);
            }
            return tl::unexpected(std::move(error));
        };
        if (auto go = announce(statement, i + 1, of); !go) {
            go.error().hint = what_is_kept(Kept::earlier, kept, of);
            return give_up(go.error());
        }
        const bool together = journal && goes_with_mark(statement);
        if (journal && !tables_locked_)
            if (auto noted = journal->progress(entry, kept, together ? 0 : i + 1); !noted)
                return give_up(noted.error());
        auto sent = together ? send_with_mark(statement, *journal, entry, i + 1) : send(statement);
        if (!sent) {
            const bool gone = sent.error().code == "target.unreachable";
            Error error = failed(sent.error(), statement, gone ? Kept::unknown : Kept::earlier, kept, of);
            const std::string left = gone ? "" : invalid_index_hint(database_, statement);
            error.hint += left;
            return give_up(std::move(error), left.empty());
        }
        note_locks(statement);
        if (!database_.in_transaction()) kept = i + 1;
    }
    if (tables_locked_) (void)database_.execute("UNLOCK TABLES");
    if (database_.in_transaction()) {
        (void)database_.execute("ROLLBACK");
        if (journal) (void)journal->progress(entry, kept, 0);
        return fail("run.failed", script_.name + ": the file begins a transaction that it never commits",
                    "That transaction was rolled back. " + what_is_kept(Kept::earlier, kept, of));
    }
    if (!journal) return {};
    entry.duration_ms = since(start);
    if (auto restored = restore_session(database_); !restored) return restored;
    return journal->finish(script_.direction, entry);
}

Result<RunOutcome> run(db::Database& database, const Script& script, const Way& way, Journal* journal,
                       Entry entry, int from, const RunSettings& settings) {
    RunOutcome outcome;
    const auto start = Clock::now();
    RunCache alone;
    RunCache& cache = settings.cache ? *settings.cache : alone;
    if (!cache.restore) cache.restore = restore_statements(database);
    SessionGuard guard(database, *cache.restore);
    Run runner(database, script, settings, guard, *cache.restore);
    auto done = way.transaction ? runner.in_transaction(way, journal, entry)
                                : runner.one_by_one(way, journal, entry, from);
    if (!done) return tl::unexpected(done.error());
    outcome.ms = since(start);
    outcome.notes = runner.notes();
    if (!way.transaction && !way.inside.empty())
        outcome.notes.push_back(fmt::format("{} did not run in a transaction: {}", script.name, way.why));
    return outcome;
}

}  // namespace

Result<RunOutcome> apply_migration(db::Database& database, const Project& project,
                                   const std::filesystem::path& root, const ApplyMigration& apply,
                                   const RunSettings& settings) {
    const Dialect dialect = dialect_of(database.engine());
    auto script = load_script(project, dialect, root, apply);
    if (!script) return tl::unexpected(script.error());
    auto way = way_of(script->parsed, script->direction, project.convention, script->name);
    if (!way) return tl::unexpected(way.error());
    RunCache alone;
    RunSettings with = settings;
    if (!with.cache) with.cache = &alone;
    RunCache& cache = *with.cache;
    Entry entry = entry_of(project, root, apply, *script, cache);
    const bool first = !cache.journal;
    if (first) {
        auto opened = Journal::open(database, project.table);
        if (!opened) return tl::unexpected(opened.error());
        cache.journal = std::move(*opened);
    }
    Journal* journal = &*cache.journal;
    auto outcome = run(database, *script, *way, journal, std::move(entry), apply.from_statement, with);
    if (!outcome) return outcome;
    if (first)
        outcome->notes.insert(outcome->notes.begin(), journal->notes().begin(), journal->notes().end());
    if (!way->transaction && !journal->keeps_progress())
        outcome->notes.push_back("had it stopped half way, nothing would say so afterwards");
    return outcome;
}

Result<RunOutcome> execute_script(db::Database& database, std::string_view text, std::string_view name,
                                  bool transaction, const RunSettings& settings) {
    Script script;
    script.name = name;
    auto normal = normalised(text);
    if (!normal)
        return fail(normal.error().code, fmt::format("{}:{}", name, normal.error().message),
                    normal.error().hint);
    script.parsed.text = std::make_shared<const std::string>(std::move(*normal));
    auto statements = split(*script.parsed.text, dialect_of(database.engine()));
    if (!statements)
        return fail(statements.error().code, fmt::format("{}:{}", name, statements.error().message),
                    statements.error().hint);
    script.parsed.up = std::move(*statements);
    script.parsed.up_transaction = transaction;
    auto way = way_of(script.parsed, Direction::up, Convention::plain, script.name);
    if (!way) return tl::unexpected(way.error());
    return run(database, script, *way, nullptr, {}, 0, settings);
}

}  // namespace migrate::sql
