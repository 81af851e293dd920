#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/history.hpp"
#include "model/error.hpp"
#include "model/unit.hpp"
#include "sql/project.hpp"

namespace migrate::sql {

/// What `resolve` without an option knows about one history: per statement of what was begun and is not
/// through whether it is in the database, and what may be typed next.
struct WaysOut {
    std::vector<FoundStatement> statements;
    std::vector<Next> next;
    std::string text;  ///< all of it for people; "" where there is nothing to resolve
};

/// Reads the files and, over `database` (read-only will do), the catalog. Changes nothing. Never fails: what
/// cannot be read is said in the text.
WaysOut ways_out(db::Database& database, const Unit& unit, const std::filesystem::path& root,
                 const History& history, std::span<const MigrationFile> files);

}  // namespace migrate::sql
