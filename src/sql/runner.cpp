#include "sql/runner.hpp"

#include <fmt/format.h>

#include <chrono>

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

long since(Clock::time_point start) {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

/// The names of a migration in its folder, for what some tables hold beyond its id.
Entry entry_of(const Project& project, const std::filesystem::path& root, const ApplyMigration& apply,
               const Script& script) {
    Entry entry;
    entry.id = apply.id;
    entry.down_text = script.parsed.down_text;
    if (!apply.path.empty()) entry.checksum = checksum_of(*script.parsed.text);
    const auto& statements = apply.down ? script.parsed.down : script.parsed.up;
    entry.count = static_cast<int>(statements.size());
    for (const Statement& statement : script.parsed.up) entry.statements.emplace_back(statement.text);
    auto directory = list_migrations(root / project.directory, project.convention);
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
    Run(db::Database& database, const Script& script, const RunSettings& settings)
        : database_(database), script_(script), settings_(settings) {}

    /// One transaction; `journal` may be null for a script without history.
    Result<void> in_transaction(const Way& way, Journal* journal, Entry& entry);
    Result<void> one_by_one(const Way& way, Journal* journal, Entry& entry, int from);
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    Result<void> send(const Statement& statement);
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
    bool tables_locked_ = false;         ///< MySQL: LOCK TABLES of the file is in force
    std::optional<bool> transactional_;  ///< MySQL: all tables are InnoDB's
    std::vector<std::string> notes_;
};

Result<void> Run::send(const Statement& statement) {
    if (statement.copies_data) return database_.copy_in(statement.text, statement.data);
    return database_.execute(statement.text);
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
    for (const Statement& statement : way.inside) {
        if (auto go = announce(statement, ++n, of); !go) {
            Error error = undone(go.error());
            error.hint = what_is_kept(Kept::nothing, 0, of);
            return tl::unexpected(std::move(error));
        }
        if (auto sent = send(statement); !sent) {
            const std::string state = database_.error_state();
            Error error = failed(sent.error(), statement, Kept::nothing, n - 1, of);
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
                                    prefix(statement.position)),
                        "What came before it may stand, and is not recorded. Say that the file wants no "
                        "transaction.");
    }
    if (broken_references(database_, way) > broken_before)
        return tl::unexpected(undone(Error{
            "run.failed",
            script_.name + ": rows are left that refer to rows that are gone (PRAGMA foreign_key_check)",
            "The file switches foreign keys off, so nothing else would have noticed. " +
                what_is_kept(Kept::nothing, 0, of),
            {}}));
    if (journal) {
        entry.duration_ms = since(start);
        if (auto restored = restore_session(database_); !restored)
            return tl::unexpected(undone(restored.error()));
        if (auto recorded = journal->record(script_.direction, entry); !recorded)
            return tl::unexpected(undone(recorded.error()));
    }
    if (auto committed = database_.execute("COMMIT"); !committed) {
        // Deferred constraints speak up here, for the file as a whole.
        Error error = undone(committed.error());
        if (error.code == "target.unreachable")
            return fail(error.code,
                        script_.name + ": the session was lost while the transaction was being committed",
                        "It is there as a whole or not at all: `migrate status` says which.");
        return fail("run.failed", fmt::format("{}: {}", script_.name, error.message),
                    (error.hint.empty() ? "" : error.hint + "\n") + what_is_kept(Kept::nothing, 0, of));
    }
    for (const Statement& statement : way.after)
        if (auto sent = send(statement); !sent)
            return fail(
                "run.failed",
                fmt::format("{}:{}{}", script_.name, prefix(statement.position), sent.error().message),
                "The file is applied and recorded; only this statement behind its transaction is missing.");
    return {};
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
    SessionGuard guard(database);
    Run runner(database, script, settings);
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
    Entry entry = entry_of(project, root, apply, *script);
    auto journal = Journal::open(database, project.table);
    if (!journal) return tl::unexpected(journal.error());
    auto outcome = run(database, *script, *way, &*journal, std::move(entry), apply.from_statement, settings);
    if (!outcome) return outcome;
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
