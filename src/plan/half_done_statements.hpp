#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"
#include "plan/ask_native.hpp"
#include "sql/statement.hpp"

namespace migrate {

/// The statements of a migration, where each stands, and the texts that they point into.
struct MigrationStatements {
    std::vector<std::shared_ptr<const std::string>> texts;
    std::vector<sql::Statement> statements;
    std::vector<std::string> places;  ///< of each statement: "migrations/2_x.sql:7", or the file alone
};

/// Reads the statements that a migration would execute: from SQL files, from what the words of a script in
/// JavaScript say, or, with `ask`, from what the tool prints. What the tool writes into its own history is
/// left out. An error text says why they are not known; nullopt where they are.
std::optional<std::string> read_statements(MigrationStatements& found, const Unit& unit, const Facts& facts,
                                           const Target& target, const std::string& id,
                                           const NativeCall* ask);

}  // namespace migrate
