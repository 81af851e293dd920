#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/tool.hpp"

namespace migrate::js {

/// What `up` says that it does to the schema, as one statement of SQL.
struct SaidStatement {
    std::string sql;
    int line = 0;  ///< from 1
};

/// The SQL in the strings of a migration's `up`, and what the builders of Knex, Sequelize and TypeORM are
/// told to make or drop under names that stand there as literals (createTable, dropTable, addColumn,
/// removeColumn, dropColumn, alterTable with its columns), in the order of the source. Nothing is run, and
/// what is computed is not seen: the list says only what is certain. Types stand as `int`.
std::vector<SaidStatement> statements_said(std::string_view source, Engine engine);

}  // namespace migrate::js
