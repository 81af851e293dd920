#pragma once
#include "adapters/adapter.hpp"
#include "db/database.hpp"
#include "model/history.hpp"

namespace migrate::db {

/// What the database says about a unit's history, read in a read-only transaction of its own: nothing is
/// ever written, created or locked for longer than the read. The session must not be inside a transaction.
/// A missing table is an answer (`table_exists` false; `foreign_tables` says whether users' tables are there
/// all the same).
/// Times come out in RFC 3339 UTC, the state by its name in AppliedRow::State ("" is applied; what is not
/// known counts as failed).
/// Errors: `sql.failed` where the role may not read the table.
Result<HistoryRows> read_history(Database& database, const HistoryQuery& query);

}  // namespace migrate::db
