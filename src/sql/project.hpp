#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "model/unit.hpp"
#include "sql/convention.hpp"
#include "sql/history_table.hpp"

namespace migrate::sql {

/// A unit of raw SQL: whose rules, which folder, which table.
struct Project {
    Convention convention = Convention::up_down;
    std::string directory;  ///< relative to the scan root
    HistoryTable table;
};

/// Of a unit's style; one that is none of ours counts as `plain`, none at all as our own.
Convention convention_of(const Unit& unit);

/// Of a unit whose tool is `sql`. Where it has a folder for each engine, that of `engine`. sql-migrate's
/// dbconfig.yml may name another table and schema (`table`, `schema`; README of sql-migrate 1.8.1).
Project project_of(const Unit& unit, const std::filesystem::path& root, std::optional<Engine> engine);

}  // namespace migrate::sql
