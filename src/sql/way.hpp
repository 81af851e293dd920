#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "sql/history_table.hpp"
#include "sql/migration_file.hpp"

namespace migrate::sql {

/// How one part of a migration is sent: everything in one transaction with its history row, or statement
/// by statement, with the history saying how far it is.
struct Way {
    bool transaction = true;
    std::span<const Statement> before;  ///< sent before the transaction begins (SQLite's PRAGMA foreign_keys)
    std::span<const Statement> inside;  ///< sent in it; everything where there is none
    std::span<const Statement> after;   ///< sent behind it
    std::string why;                    ///< why there is no transaction, for people; "" where there is one
};

/// Decides for one part of a parsed migration; the spans point into it. `name` begins messages.
/// Errors (`migration.invalid`, "name:line:column: ..."): a BEGIN or COMMIT of the file's own where its
/// convention wraps files; a statement that cannot stand in a transaction among others; a PRAGMA that would
/// be ignored there in the middle of the file.
Result<Way> way_of(const ParsedMigration& migration, Direction direction, Convention convention,
                   std::string_view name);

}  // namespace migrate::sql
