#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "sql/effect.hpp"
#include "sql/statement.hpp"

namespace migrate::sql {

/// Whether what a statement does is in the database.
enum class Presence { there, absent, unknown };

std::string_view to_string(Presence presence);

struct Look {
    Presence presence = Presence::unknown;
    std::string why;  ///< why it is not known, or what to know about it; "" otherwise
};

/// Looks in the catalog for what each statement of one part of a migration brings about. Statements about
/// the same thing are seen together: a table that is made and dropped again proves nothing while it is
/// absent. Reads only; a catalog that cannot be read answers `unknown`.
std::vector<Look> look_at(db::Database& database, std::span<const Statement> statements);

/// Whether the thing is in the catalog now. nullopt where this engine's catalog cannot say, or `why` says
/// what is wrong with it: an index of PostgreSQL that is invalid.
std::optional<bool> exists(db::Database& database, const Effect& effect, std::string& why);

}  // namespace migrate::sql
