#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/plan.hpp"
#include "sql/directory.hpp"
#include "sql/exclusive.hpp"
#include "sql/journal.hpp"
#include "sql/project.hpp"

namespace migrate::sql {

/// What is about to be executed.
struct StatementProgress {
    std::string place;  ///< "migrations/2_x.sql:7"
    std::string brief;  ///< the statement on one line, without its literals
    int n = 0;          ///< from 1
    int of = 0;
};

/// What one migration of a run hands on to the next on the same session: what was looked up and is the same.
/// A step of another kind between them ends that.
struct RunCache {
    std::optional<Journal> journal;
    std::optional<MigrationDirectory> directory;
    std::optional<std::vector<std::string>> restore;  ///< puts the session back (restore_statements)
    std::unique_ptr<Exclusive> exclusive;             ///< SQLite: the file is held between migrations
    std::shared_ptr<const std::string> script;        ///< what was executed last, whole
};

struct RunSettings {
    std::function<void(const StatementProgress&)> on_statement = {};
    /// Asked between statements; true ends the run (`interrupted`).
    std::function<bool()> interrupted = {};
    RunCache* cache = nullptr;
    /// The migration that is applied behind this one, on the same session and at once; "" for none.
    std::string next = {};
    /// Nobody has written since the plan was made: what it says of this migration is the history's own word.
    bool as_planned = false;
};

struct RunOutcome {
    long ms = 0;
    std::vector<std::string> notes;  ///< what a person should know: table extended, no transaction, no ledger
};

/// Executes one part of one migration together with its history row, on a session that may write and holds
/// the lock.
///
/// Where the database can, all of it is one transaction: after a failure, an interruption or a kill at any
/// moment either everything is there and recorded, or nothing is. Elsewhere (MySQL's DDL, statements that
/// refuse transactions, files that have their own) the history says beforehand that the migration has begun,
/// and after each statement how far it is; `apply.from_statement` goes on from there.
///
/// Errors: `migration.invalid` before anything is sent; `plan.stale` where the migration has been applied or
/// reverted meanwhile; `run.failed` ("file:line:column: the database's words"; the hint shows the line and
/// says what this means for the data); `interrupted`; `target.unreachable`.
Result<RunOutcome> apply_migration(db::Database& database, const Project& project,
                                   const std::filesystem::path& root, const ApplyMigration& apply,
                                   const RunSettings& settings = {});

/// Executes a script that is no migration (seeds, composed steps): in one transaction where `transaction`
/// and the statements allow, else one by one. `name` begins messages. Errors as above.
Result<RunOutcome> execute_script(db::Database& database, std::string_view text, std::string_view name,
                                  bool transaction, const RunSettings& settings = {});

}  // namespace migrate::sql
