#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "model/target.hpp"
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

/// Names under which a connection's `parameters` say which history table is meant: golang-migrate's own, used
/// for what the other programs read from options, variables and files. No client library is given them.
inline constexpr std::string_view kTableParameter = "x-migrations-table";
inline constexpr std::string_view kTableSchemaParameter = "x-migrations-schema";

/// Of a unit whose tool is `sql`. Where it has a folder for each engine, that of `engine`.
Project project_of(const Unit& unit, std::optional<Engine> engine);

/// The same for one target, whose parameters may name another table, as the convention's own program reads
/// such a name: dbmate 2.31 and goose 3.29 take "schema.table" (dbmate on PostgreSQL only), goose puts it
/// into its statements without quotes, so that PostgreSQL reads it in small letters, golang-migrate 4.20
/// takes it as it stands unless x-migrations-table-quoted is set, sql-migrate 1.8.1 has a name of its own for
/// the schema.
Project project_of(const Unit& unit, const Target& target);

}  // namespace migrate::sql
