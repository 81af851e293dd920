#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "sql/convention.hpp"
#include "sql/lexer.hpp"

namespace migrate::sql {

/// Where a convention keeps its history.
struct HistoryTable {
    Convention convention = Convention::up_down;
    std::string schema;  ///< "" = the connection's own
    std::string name;

    std::string qualified(Dialect dialect) const;  ///< quoted for SQL
    std::string label() const;                     ///< for people, and as the key of our ledger's rows
};

/// The table that the convention's own tool uses when nothing else is configured.
HistoryTable history_table_of(Convention convention);

/// A statement with values for its `?`.
struct Change {
    std::string sql;
    std::vector<db::Value> values;
};
using Changes = std::vector<Change>;

/// A statement with its values written into it, for plans that are read and kept.
std::string inlined(const Change& change, Dialect dialect);

/// A history's table as a database has it, or lacks it.
struct FoundTable {
    /// With the schema in which the session finds it: a migration may change the search path, and one
    /// database may hold a history in each schema. PostgreSQL and MySQL; elsewhere as it was.
    HistoryTable table;
    bool exists = false;
    std::vector<std::string> columns;  ///< of our own table; a neighbour's are known
};
Result<FoundTable> find_table(db::Database& database, HistoryTable table);

/// What is recorded about a migration.
struct Entry {
    std::string id;
    std::string title;                    ///< Supabase's `name`
    std::vector<std::string> statements;  ///< Supabase's `statements`
    std::string checksum;
    std::string down_text;
    std::string before;             ///< golang-migrate: the version before this one, "" for none
    int count = 0;                  ///< statements of the part that runs
    std::string state = "applied";  ///< our own table: "applied" or "baseline"
    long duration_ms = 0;
    bool unheard_of = false;  ///< the tool's table has no row of it, so that none need be taken away
};

enum class Direction { up, down };

// The statements below are those that the convention's own tool would send: its table is written as it
// writes it (forms seen with dbmate 2.31, goose 3.29, golang-migrate 4.20, sql-migrate 1.8.1, and the
// Supabase CLI's). None of them alters a table that is there, but for our own.

/// Creates the table (and goose's row 0). Empty where it exists already is the caller's business.
std::vector<std::string> create_statements(const HistoryTable& table, Dialect dialect);

/// Our own table: the nullable columns that an existing one lacks. Empty for the neighbours.
std::vector<std::string> missing_columns(const HistoryTable& table, const std::vector<std::string>& columns);
std::vector<std::string> extend_statements(const HistoryTable& table, Dialect dialect,
                                           const std::vector<std::string>& columns);

/// The column that holds a migration's id.
std::string_view key_column(Convention convention);

/// What tells a row from a later one of the same migration, as a scalar subquery: goose's number,
/// sql-migrate's time. nullopt where the table holds nothing of the kind (dbmate, golang-migrate) or is our
/// own.
std::optional<Change> mark_of_row(const HistoryTable& table, Dialect dialect, const std::string& id);

/// A SELECT with columns named as AppliedRow's, in applied order; of our own table those that are there.
/// Where there is a mark_of_row(), it is a column `mark`. Of goose every row: the newest of a version counts,
/// and not where its state is "reverted". On SQLite a time may still be "YYYY-MM-DD HH:MM:SS", in UTC.
std::string select_statement(const HistoryTable& table, Dialect dialect,
                             const std::vector<std::string>& columns);

/// The same of one migration: its id is the parameter.
std::string select_one(const HistoryTable& table, Dialect dialect, const std::vector<std::string>& columns);

/// Whether there is one, as a scalar subquery: 1; 0 where a row says that it was taken back; NULL where there
/// is none. For tables in which a row says that the migration is applied: not golang-migrate's, nor our own.
std::string select_presence(const HistoryTable& table, Dialect dialect);

/// A migration is through: its row is there, or gone. `columns`: those of our own table.
Changes record_done(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                    const std::vector<std::string>& columns);

/// Our own table, golang-migrate: a migration outside a transaction begins. Empty for the others, whose
/// tables cannot say so.
Changes record_start(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                     int done, const std::vector<std::string>& columns);

/// Our own table: statement `started` (from 1) is about to run, `done` are through.
Changes record_progress(const HistoryTable& table, Dialect dialect, const std::string& id, int done,
                        int started, const std::vector<std::string>& columns);

/// Takes record_start back.
Changes record_cancel(const HistoryTable& table, Dialect dialect, Direction direction, const Entry& entry,
                      const std::vector<std::string>& columns);

/// A row gets another id, and the checksum that goes with it.
Changes rename_row(const HistoryTable& table, Dialect dialect, const std::string& from, const Entry& to);

/// Our own table: checksum and way back of a row as the file is now.
Changes accept_checksum(const HistoryTable& table, Dialect dialect, const Entry& entry);

}  // namespace migrate::sql
