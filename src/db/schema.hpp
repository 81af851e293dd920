#pragma once
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace migrate::db {

struct SchemaOptions {
    std::string schema;         ///< PostgreSQL: this schema alone; "": all but the system's
    std::string history_table;  ///< a further table to leave out, by its bare name
};

/// A database's schema as SQL that makes it again in an empty one: types, routines, sequences, tables with
/// keys and indexes, views, triggers, comments. Ordered by kind and name, and so that nothing stands before
/// what it needs. Without what differs from machine to machine (owners, rights, versions, counters,
/// tablespaces, the database's own name), without rows, without history tables and tables of ours, without
/// what an extension brings along. The text of a database that was made by the text is the text.
///
/// What PostgreSQL has besides (operators, casts, text search, event triggers, publications) is named in a
/// comment at the end. "" for an empty database. Reads only, in one snapshot where the engine has them; the
/// session's settings are not restored, so it should be the reader's own.
/// Errors: the database's; `verb.unsupported` for engines that this cannot be read from.
Result<std::string> schema_text(Database& database, const SchemaOptions& options = {});

}  // namespace migrate::db
