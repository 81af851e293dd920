#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "backup/dump.hpp"
#include "db/database.hpp"

namespace migrate {

/// The rows of every table of a database that belongs to no extension, by its name as SQL writes it.
/// Errors: the database's.
Result<std::map<std::string, std::uint64_t>> count_rows(db::Database& database);

/// The bounds that two counts of one database, before and behind a dump, put to what the dump may hold.
RowBounds bounds_of(const std::map<std::string, std::uint64_t>& before,
                    const std::map<std::string, std::uint64_t>& behind);

/// Restores a dump into a database of its own beside the one that it was taken from, counts its rows, and
/// drops it again; a copy of a SQLite file is opened where it lies. The database is marked as
/// rehearsal_mark.hpp has it. Returns what was found, for people.
/// Errors: those of restore_beside(); `backup.damaged` where a table is not there or has not as many rows as
/// the database had.
Result<std::string> rehearse(const Target& target, const Backup& backup, const RowBounds& rows,
                             const DumpSettings& settings);

}  // namespace migrate
