#include "db/sqlite_settings.hpp"

#include <doctest/doctest.h>

using migrate::db::sqlite_settings;
using Statements = std::vector<std::string>;

TEST_CASE("the settings in a SQLite URL are those that Go's drivers read") {
    CHECK(sqlite_settings({{"_synchronous", "NORMAL"}, {"_fk", "1"}}) ==
          Statements{"PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = 1"});
    CHECK(sqlite_settings({{"_sync", "full"}}) == Statements{"PRAGMA synchronous = full"});
    CHECK(sqlite_settings({{"_pragma", "foreign_keys(1)"}}) == Statements{"PRAGMA foreign_keys = 1"});
    CHECK(sqlite_settings({{"_pragma", "journal_mode=wal"}}) == Statements{"PRAGMA journal_mode = wal"});
}

TEST_CASE("what is no setting of a SQLite session is passed over") {
    CHECK(sqlite_settings({{"mode", "ro"}, {"_loc", "auto"}, {"_pragma", "foreign_keys"}}).empty());
    CHECK(sqlite_settings({{"_synchronous", "1; DROP TABLE users"}}).empty());
    CHECK(sqlite_settings({}).empty());
}
