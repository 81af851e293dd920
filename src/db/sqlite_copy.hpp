#pragma once
#include <filesystem>
#include <string>

#include "model/error.hpp"

namespace migrate::db {

/// Copies a SQLite database that others may be writing to, as of one moment, by the library's online backup.
/// `to` must not exist. Errors: `target.missing`, `sql.failed`.
Result<void> copy_sqlite(const std::string& from, const std::filesystem::path& to);

/// Lets SQLite read a whole file and check it; returns the number of its tables. Error `sql.failed`.
Result<int> check_sqlite(const std::filesystem::path& file);

/// SQLite's version.
std::string sqlite_version();

}  // namespace migrate::db
