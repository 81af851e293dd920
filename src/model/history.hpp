#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shared_vector.hpp"

namespace migrate {

/// A migration as it lies in the repository.
struct MigrationFile {
    std::string id;                    ///< the string that the tool's history table holds (Django: app.name)
    std::vector<std::string> files;    ///< relative to the scan root
    std::string checksum;              ///< as the tool computes it, "" where it keeps none
    std::optional<bool> reversible;    ///< nullopt: cannot be told from the file
    std::string down_file;             ///< where the way back is kept beside it, "" if nowhere
    std::vector<std::string> parents;  ///< Alembic, Django: what it depends on
    std::string key;  ///< a second identity the tool compares by (Drizzle's `when`, a version number)
    std::vector<std::string> depends = {};   ///< Alembic: those of `parents` that are only depended upon
    std::vector<std::string> labels = {};    ///< Alembic: names of the branch that begins here
    std::vector<std::string> replaces = {};  ///< Django: the migrations that this squashed one stands for
};

/// A row of the tool's history table.
struct AppliedRow {
    std::string id;
    std::string at;        ///< RFC 3339 in UTC, "" where the tool keeps no time
    std::string checksum;  ///< "" where none is kept
    std::string batch;
    std::string key;
    enum class State { applied, failed, running, rolled_back } state = State::applied;
    std::string detail;  ///< error text or "2 of 5 statements"
    std::string down_sql;
};

/// One statement of a migration that was begun and is not through, as the catalog shows it.
struct FoundStatement {
    std::string migration;
    int n = 0;                           ///< from 1
    std::string place;                   ///< "migrations/2_x.sql:7"
    std::string sql;                     ///< on one line, without its literals
    std::string state;                   ///< "there", "absent", "unknown"
    std::string why;                     ///< why it is not known; "" otherwise
    std::vector<std::string> undo = {};  ///< what takes away again what is there; empty where nothing can
    bool loses = false;                  ///< `undo` would lose rows or values
    bool settled = true;  ///< nothing of it stays behind once all `undo` of the migration are done
};

/// A migration of which a part is in the database, although the tool's history has it as pending, failed, or
/// (`down`) still applied.
struct HalfDone {
    std::string id;
    bool down = false;    ///< a rollback stopped in it
    std::string since;    ///< when the command began that stopped in it, RFC 3339; "" where no log knows
    std::string outcome;  ///< what the log says of that command: "failed", "never ended"; "" likewise
    std::string unknown;  ///< why its statements are not known; "" where they are
    std::vector<FoundStatement> statements;
};

/// How a history was read (contract: `source`).
enum class HistorySource { direct, probe, native, none };

/// What the database says, before it is compared with the files.
struct HistoryRows {
    HistorySource source = HistorySource::none;
    bool database_exists = false;
    bool table_exists = false;
    bool foreign_tables = false;   ///< user tables are there although the history is not
    std::vector<AppliedRow> rows;  ///< in applied order, where the tool keeps one
    std::string table;             ///< qualified name
    std::vector<std::string> columns;
};

/// Worst first, as the contract lists them.
enum class State { error, unknown, failed, diverged, edited, pending, uninitialised, current, skipped };

std::string_view to_string(State state);
std::string_view to_string(HistorySource source);
State worst(State a, State b);

/// Files and rows compared: what `status` reports and what plans are made from.
struct History {
    State state = State::unknown;
    HistorySource source = HistorySource::none;
    bool initialised = false;
    bool database_exists = false;
    bool edited_known = false;
    bool ordered_by_file = false;        ///< the tool keeps no applied order
    SharedVector<AppliedRow> applied;    ///< in applied order
    std::vector<MigrationFile> pending;  ///< in the order in which the tool would apply them
    std::vector<AppliedRow> failed;
    std::vector<std::string> edited;
    std::vector<std::string> missing;
    std::vector<std::string> out_of_order;
    std::vector<std::string> will_skip;
    /// A missing id and the pending file that has its checksum: renamed, not new.
    std::vector<std::pair<std::string, std::string>> renamed;
    std::vector<std::string> columns;  ///< of the history table, where its form differs between versions
    std::vector<HalfDone> half_done;   ///< where it was looked for (plan/half_done.hpp)
};

/// The comparison by id that serves most tools: rows without a file are missing, files without a row are
/// pending, a pending file that sorts before the last applied one is out of order, different checksums
/// (where both sides have one) are edits. Sets `state`.
History compare_by_id(const std::vector<MigrationFile>& files, HistoryRows rows);

/// The state that a comparison's lists add up to.
State state_of(const History& history);

}  // namespace migrate
