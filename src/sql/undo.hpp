#pragma once
#include <optional>
#include <string>

#include "db/database.hpp"
#include "sql/effect.hpp"

namespace migrate::sql {

/// What takes away again one thing that a statement has made.
struct Undo {
    std::string sql;
    bool loses = false;  ///< rows of the table, or values of the column, would be lost
};

/// For a thing that is there now. nullopt where it was not made but taken away, where it may have been there
/// before (CREATE OR REPLACE), and for kinds that have no such statement. A column whose rows all hold its
/// default loses nothing. Reads only; what cannot be read counts as lost.
std::optional<Undo> undo_of(db::Database& database, const Effect& made);

}  // namespace migrate::sql
