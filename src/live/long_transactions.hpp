#pragma once
#include <string>
#include <vector>

#include "db/database.hpp"

namespace migrate {

/// From this age on a transaction is long: a migration would wait behind it, and everybody else behind the
/// migration.
constexpr int kLongTransaction_s = 15;

/// Transactions of other sessions in the same database that have been open for long and hold locks on tables,
/// the oldest first, as people read them: "session 4711 of report, open for 93 s: SELECT ... WHERE id = ?".
/// Queries stand without their literals. Empty where there is none, or where the role may not see them
/// (MySQL and MariaDB: PROCESS).
std::vector<std::string> long_transactions(db::Database& database, int open_for_s = kLongTransaction_s);

/// One session in these words, from a row with its number, user, age in seconds, state and query.
std::string session_text(const std::vector<db::Value>& row, Engine engine);

/// An SQL text with `?` for every literal and without comments, at most 200 bytes.
std::string without_literals(std::string_view sql, Engine engine);

}  // namespace migrate
