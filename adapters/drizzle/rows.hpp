#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/drizzle/project.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::drizzle {

/// The history table, and the statements that change it in the form in which the migrator of drizzle-orm
/// writes it (pg-core, mysql-core and sqlite-core, dialect.ts and migrator.ts).
struct HistoryTable {
    Engine engine = Engine::postgresql;
    std::string name;       ///< qualified and quoted
    std::string schema;     ///< quoted; "" where the engine has none
    bool has_name = false;  ///< 1.0: columns `name` and `applied_at`

    /// CREATE SCHEMA and CREATE TABLE, each doing nothing where it is there.
    std::vector<std::string> create() const;
    std::string insert(const MigrationFile& file) const;
    std::string remove(const AppliedRow& row) const;
    /// The row becomes that of `file`.
    std::string update(const AppliedRow& row, const MigrationFile& file) const;
};

HistoryTable history_table(const Project& project, const Version& version, const node::Known& known);

/// The SQL of a migration as one script: each part that "--> statement-breakpoint" ends, with its ';'.
/// For MySQL the mark itself is no comment.
std::string without_breakpoints(std::string_view sql);

}  // namespace migrate::drizzle
