#pragma once
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace migrate::db {

/// The session's schema as SQL text: types, sequences, tables with columns, keys, constraints and indexes,
/// views, triggers and routines. Sorted by kind and name, without what differs from machine to machine
/// (owners, versions, counters, the name of database and schema), without history tables and rows of ours,
/// without what belongs to an extension. Two databases with one text have one schema; the text itself is for
/// reading and comparing, not for loading. Reads only. `history_table`: a further table to leave out.
/// Errors: the database's; `verb.unsupported` for engines without a client here.
Result<std::string> schema_text(Database& database, std::string_view history_table = "");

}  // namespace migrate::db
