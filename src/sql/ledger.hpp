#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "db/database.hpp"
#include "model/history.hpp"
#include "sql/history_table.hpp"

namespace migrate::sql {

// Our own notes about migrations whose history table is another tool's: checksum, way back, and how far a
// migration outside a transaction has come. PostgreSQL: table `ledger` in schema `_migrate`; elsewhere
// `_migrate_ledger`. One row a history and migration; it serves every tool.

struct LedgerRow {
    std::string checksum;
    std::string down_sql;
    bool down = false;     ///< the last thing that was done, or begun, is its way back
    bool running = false;  ///< begun and not through
    int statements_done = 0;
    int statement_started = 0;  ///< 0: none is under way
    /// mark_of_row() of the row that this is about; "" where there is none or it was not noted.
    std::string mark;
};

/// By migration id, in no order.
using Ledger = boost::unordered_flat_map<std::string, LedgerRow>;

/// Schema and name of the table on an engine.
std::pair<std::string, std::string> ledger_name(Dialect dialect);

/// What stands for one history in the ledger: the table's qualified name; on MySQL, whose databases may be
/// restored under another name with their ledger, the table's alone. `table` is as find_table() has it.
std::string ledger_key(const HistoryTable& table, Dialect dialect);

/// The same as a scalar expression, for the functions below. `table` may be one that is not found yet:
/// then PostgreSQL finds the schema when the statement is executed.
Change ledger_key_of(const HistoryTable& table, Dialect dialect);

/// Whether it is there and may be used.
bool has_ledger(db::Database& database);

/// Asks for everything about one history, `history` being its ledger_key() or, for other tools, the like; or
/// of that for one migration only, and with `running` also for all that are under way. The ledger must be
/// there.
Change select_ledger(Dialect dialect, const std::string& history);
Change select_ledger_of(Dialect dialect, const std::string& history, const std::string& id, bool running);
/// The answer. Empty where the ledger must not be read.
Ledger read_ledger(db::Database& database, const Change& select);

/// Where one migration is under way, the direction of it, as a scalar subquery. The ledger must be there.
Change select_under_way(Dialect dialect, const std::string& history, const std::string& id);

/// Creates the ledger where it is missing. Call it only after the tool's own table is there. Errors: the
/// database's; the caller then works without and says so.
Result<void> create_ledger(db::Database& database);

/// Replaces the row of one migration. The caller runs the changes in a transaction, behind those of the
/// tool's own table: `mark` then reads what LedgerRow::mark is to be, which otherwise is written as it
/// stands.
Changes write_ledger(Dialect dialect, const Change& history, const std::string& id, const LedgerRow& row,
                     const std::optional<Change>& mark = {});
Changes write_ledger_progress(Dialect dialect, const Change& history, const std::string& id, int done,
                              int started);
Changes rename_in_ledger(Dialect dialect, const Change& history, const std::string& from,
                         const std::string& to, const std::string& checksum);
Changes remove_from_ledger(Dialect dialect, const Change& history, const std::string& id);

/// Adds what the ledger knows to rows that another tool wrote: checksums, ways back, and a running row for
/// what was begun and is not through. Their texts are taken out of the ledger.
void merge_ledger(HistoryRows& rows, Ledger& ledger);

/// "2 statements done, the 3rd was started"
std::string how_far(int done, int started);

/// What how_far() and the "reverting: " before it said. nullopt for other texts.
struct HowFar {
    bool down = false;
    int done = 0;
    int started = 0;  ///< the statement that was under way, 0 for none
};
std::optional<HowFar> read_how_far(std::string_view detail);

}  // namespace migrate::sql
