#pragma once
#include "db/database.hpp"
#include "model/history.hpp"
#include "sql/history_table.hpp"

namespace migrate::sql {

/// Reads a convention's history and, for the neighbours, what our ledger adds to it. Read-only.
/// Rows of a migration that was begun and is not through are `running`, with "2 statements done, the 3rd was
/// started" as detail ("reverting: ..." where its way back was under way). golang-migrate keeps one row only,
/// the last version: it comes first, and what our ledger knows about others behind it.
Result<HistoryRows> read_history(db::Database& database, const HistoryTable& table);

/// The same of one migration, of a table that is known to be there with these columns: at most its row, for
/// golang-migrate also what bears on it. `ledger`: whether ours is there.
Result<HistoryRows> read_history_of(db::Database& database, const HistoryTable& located,
                                    const std::vector<std::string>& columns, bool ledger,
                                    const std::string& id);

}  // namespace migrate::sql
