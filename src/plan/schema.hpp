#pragma once
#include <filesystem>
#include <string>

#include "model/error.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate {

/// The schema of a unit's target as SQL (db/schema.hpp), without the unit's history. Reads only.
/// Errors: those of db::open(); `verb.unsupported` for databases that have no built-in client.
Result<std::string> schema_of(const Unit& unit, const Target& target, const std::filesystem::path& root);

}  // namespace migrate
