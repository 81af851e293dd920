#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/plan.hpp"
#include "model/target.hpp"

// SQL text for a tool's own history table: names and literals as each engine writes them.
namespace migrate {

/// Whether this program has a client that can read and change a history on such an engine.
bool has_sql_client(Engine engine);

/// `name` as an identifier: "name", `name` on MySQL, [name] on SQL Server.
std::string quoted_name(Engine engine, std::string_view name);

/// schema.table with both parts quoted; "" as schema leaves it out.
std::string qualified_name(Engine engine, std::string_view schema, std::string_view table);

/// A string literal.
std::string sql_text(Engine engine, std::string_view text);

/// The steps that change history rows and nothing else: copy the table out, then the change. Revertible by
/// that copy. `copy` is false where the table has just been made.
std::vector<Step> history_steps(const Target& target, const std::string& table, ChangeHistory change,
                                std::string purpose, bool copy = true);

}  // namespace migrate
