#pragma once
#include <string>
#include <string_view>

#include "db/database.hpp"
#include "sql/statement.hpp"

namespace migrate::sql {

/// What became of the data when a statement failed.
enum class Kept {
    nothing,  ///< one transaction, rolled back
    earlier,  ///< the statements before it stand
    unknown   ///< the session is gone in the middle of something that was no transaction
};

/// A failed statement as people see it: `run.failed`, "file:line:column: the database's words", and a hint
/// with the line, a caret, the database's own hint and one sentence about the data. Lines that hold a
/// password are not shown. `text` is the whole file; `done` of `of` statements were through. `target.busy`
/// where nothing was kept and the same file may go through in a moment (a lock, a deadlock).
Error failure_of(const db::Database& database, const Error& cause, std::string_view name,
                 std::string_view text, const Statement& statement, Kept kept, int done, int of);

/// The sentence about the data alone.
std::string what_is_kept(Kept kept, int done, int of);

}  // namespace migrate::sql
