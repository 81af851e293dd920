#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/tool.hpp"

// What a migration written in Python would drop, rewrite or execute as such SQL, one line each, as far as its
// words tell: nothing is run, and what a function of another file does is not seen.
namespace migrate::py {

/// Alembic: everything but downgrade(). `op.drop_table`, `drop_column`, `alter_column(..., type_=...)`, and
/// SQL in strings.
std::vector<std::string> lost_by_alembic(std::string_view source, Engine engine);

/// Django: `DeleteModel`, `RemoveField`, and the SQL that `RunSQL` executes forwards. What only changes the
/// state that Django keeps loses nothing.
std::vector<std::string> lost_by_django(std::string_view source, Engine engine);

}  // namespace migrate::py
