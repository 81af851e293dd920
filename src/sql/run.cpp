#include "sql/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/look.hpp"
#include "sql/split.hpp"

namespace migrate::sql {

namespace {

/// PostgreSQL: "... cannot run inside a transaction block".
constexpr std::string_view kNotInTransaction = "25001";
/// "unsafe use of new value of enum type": it was added in the same transaction.
constexpr std::string_view kNewEnumValue = "55P04";
/// MySQL: a lock was not to be had in time, on a table or on a row. The statement has done nothing then,
/// unless it is one of several changes that MySQL would not undo (a procedure, tables without transactions).
constexpr std::string_view kLockWait = "1205";
/// The role that the script may have taken on must not decide whether the history can be written.
constexpr std::string_view kOwnRole = "RESET ROLE";

/// Whether a statement may travel to PostgreSQL with others, which it takes one after the other without
/// waiting for us, and says which one failed.
bool travels(const Statement& statement) {
    return !statement.copies_data && !statement.kind.starts_with("COPY") && !statement.transaction_control &&
           statement.in_transaction == InTransaction::yes;
}

/// Whether a statement changes rows alone: nothing that those behind it are read by.
bool changes_rows(const Statement& statement) {
    return statement.kind == "INSERT" || statement.kind == "UPDATE" || statement.kind == "DELETE";
}

/// How many statements from the first on travel together.
std::size_t group_size(db::Database& database, std::span<const Statement> statements) {
    constexpr std::size_t kMost = 10'000, kBytes = 1u << 20;
    if (dialect_of(database.engine()) != Dialect::postgresql) return 1;
    std::size_t size = 0, bytes = 0;
    for (const Statement& statement : statements) {
        if (!travels(statement)) break;
        bytes += statement.text.size();
        if (size > 0 && (bytes > kBytes || size == kMost)) break;
        ++size;
    }
    return std::max<std::size_t>(size, 1);
}

}  // namespace

Result<void> Run::send(const Statement& statement) {
    if (statement.copies_data) return database_.copy_in(statement.text, statement.data);
    return database_.execute(statement.text);
}

/// `done` counts the statements that were done, those of the ending included.
Result<db::Rows> Run::send_group(std::span<const Statement> group, const Ending* ending, std::size_t& done) {
    done = 0;
    if (group.size() == 1 && !ending) {
        auto sent = send(group.front());
        if (!sent) return tl::unexpected(sent.error());
        done = 1;
        return db::Rows{};
    }
    std::vector<db::Sent> texts;
    for (const Statement& statement : group)
        texts.push_back({.sql = statement.text, .joins = changes_rows(statement)});
    if (ending) texts.insert(texts.end(), ending->sent.begin(), ending->sent.end());
    return database_.execute_all(texts, done);
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
    if (auto begun = database_.begin(); !begun) return begun;
    if (auto state = check_state(entry.id, journal); !state) return tl::unexpected(undone(state.error()));
    entry.unheard_of = journal && journal->is_unheard_of(entry.id, *script_.parsed->text);
    for (auto rest = way.inside; !rest.empty();) {
        const auto group = rest.first(group_size(database_, rest));
        for (std::size_t i = 0; i < group.size(); ++i)
            if (auto go = announce(group[i], n + 1 + static_cast<int>(i), of); !go) {
                Error error = undone(go.error());
                error.hint = what_is_kept(Kept::nothing, 0, of);
                return tl::unexpected(std::move(error));
            }
        std::optional<Ending> ending;
        if (group.size() == rest.size() && ends_with(group, way, journal))
            ending = ending_of(way, journal, entry);
        std::size_t done = 0;
        auto sent = send_group(group, ending ? &*ending : nullptr, done);
        n += static_cast<int>(std::min(done, group.size()));
        // A session that is lost may have taken the COMMIT, too, and only its answer be missing.
        const bool unknown = ending && !sent && sent.error().code == "target.unreachable";
        if (!sent && done < group.size() && !unknown) {
            const std::string state = database_.error_state();
            Error error = failed(sent.error(), group[done], Kept::nothing, n, of);
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
        if (ending)
            return ended(std::move(sent), done - std::min(done, group.size()), *ending, journal, entry, of);
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
    entry.duration_ms = since(start);
    const Ending ending = ending_of(way, journal, entry);
    std::size_t done = 0;
    auto sent = database_.execute_all(ending.sent, done);
    if (auto committed = ended(std::move(sent), done, ending, journal, entry, of); !committed)
        return committed;
    for (const Statement& statement : way.after)
        if (auto sent = send(statement); !sent)
            return fail(
                "run.failed",
                fmt::format("{}:{}{}", script_.name, prefix(statement.position), sent.error().message),
                "The file is applied and recorded; only this statement behind its transaction is missing.");
    return {};
}

/// Whether the script's last statements and its ending are one round trip. Not where the history says how
/// long the script took, which is known only behind it.
bool Run::ends_with(std::span<const Statement> group, const Way& way, const Journal* journal) const {
    return dialect_of(database_.engine()) == Dialect::postgresql && way.before.empty() && way.after.empty() &&
           journal && !journal->keeps_duration() && travels(group.front());
}

Run::Ending Run::ending_of(const Way& way, const Journal* journal, const Entry& entry) const {
    Ending ending;
    if (journal) {
        ending.changes = journal->done_changes(script_.direction, entry);
        if (dialect_of(database_.engine()) == Dialect::postgresql) ending.sent.push_back({kOwnRole});
    }
    const std::size_t changes = ending.changes.size();
    const auto question = journal ? journal->question_of(entry.id, settings_.next) : std::nullopt;
    if (question) ending.changes.push_back(*question);
    for (std::size_t i = 0; i < changes; ++i)
        ending.sent.push_back({ending.changes[i].sql, ending.changes[i].values});
    ending.commit = ending.sent.size();
    ending.sent.push_back({"COMMIT"});
    // What stands behind the transaction has its own say about the session.
    if (!way.after.empty()) return ending;
    ending.restores = true;
    for (const std::string& statement : restore_) ending.sent.push_back({statement});
    ending.asks = question.has_value();
    if (question) ending.sent.push_back({ending.changes.back().sql, ending.changes.back().values});
    return ending;
}

/// `done`: how much of the ending was done.
Result<void> Run::ended(Result<db::Rows> sent, std::size_t done, const Ending& ending, Journal* journal,
                        const Entry& entry, int of) {
    if (sent && ending.restores) guard_.dismiss();
    if (sent && ending.asks) journal->heard(entry.id, settings_.next, *sent);
    if (sent || (done > ending.commit && sent.error().code != "target.unreachable")) return {};
    Error error = undone(sent.error());
    if (error.code == "target.unreachable")
        return fail(error.code,
                    script_.name + ": the session was lost while the transaction was being committed",
                    "It is there as a whole or not at all: `migrate status` says which.");
    if (done < ending.commit) return tl::unexpected(std::move(error));
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
    if (auto begun = database_.begin(); !begun) return begun;
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
        bool gave_up_waiting = false;
        auto give_up = [&](Error error, bool clean = true) -> tl::unexpected<Error> {
            if (database_.in_transaction()) (void)database_.execute("ROLLBACK");
            if (tables_locked_) (void)database_.execute("UNLOCK TABLES");
            if (journal && error.code != "target.unreachable") {
                (void)restore_session(database_);
                // Elsewhere than in MySQL a statement that fails has done nothing; there one that did not get
                // its lock in time.
                if (kept == 0 && clean &&
                    (gave_up_waiting || dialect_of(database_.engine()) != Dialect::mysql))
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
        std::optional<PatientSession> patient;
        if (!together) patient.emplace(database_, statement);
        auto sent = together ? send_with_mark(statement, *journal, entry, i + 1) : send(statement);
        if (!sent) {
            const bool gone = sent.error().code == "target.unreachable";
            gave_up_waiting = database_.error_state() == kLockWait &&
                              (together || statement.in_transaction == InTransaction::ends);
            const Kept stays = gone ? Kept::unknown : Kept::earlier;
            Error error = failed(sent.error(), statement, stays, kept, of);
            if (gave_up_waiting && kept == 0) error.code = "target.busy";
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

}  // namespace migrate::sql
