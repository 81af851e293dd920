#pragma once
#include <map>
#include <string>
#include <vector>

namespace migrate::db {

/// The settings of a session that a SQLite URL asks for, as `PRAGMA` statements: `_synchronous` (`_sync`),
/// `_foreign_keys` (`_fk`), `_journal_mode` (`_journal`) as go-sqlite3 1.14 reads them, and one of them as
/// `_pragma=name(value)` as modernc.org/sqlite 1.4 does. Other names and values that are no plain word are
/// passed over, as those drivers pass over what they do not know.
std::vector<std::string> sqlite_settings(const std::map<std::string, std::string>& parameters);

}  // namespace migrate::db
