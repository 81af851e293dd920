#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/plan.hpp"
#include "model/unit.hpp"

namespace migrate {

/// A native step that has failed, or said that it has.
struct FailedStep {
    const Unit& unit;
    const Step& step;
    std::string_view said;              ///< what it wrote to stdout and stderr, as plain text
    const std::filesystem::path& root;  ///< absolute scan root, for reading files
};

/// What the tool's own words mean: an error that names the cause and the ways out. nullopt where nothing is
/// known that would be better than the words themselves.
std::optional<Error> explained(const FailedStep& failed);

/// What such a tool does before the files, as SQL: its history's schema and table.
std::vector<std::string> unexplained_beginning(const FailedStep& failed);

/// Where a tool fails without a word: the SQL files that the step was to apply, relative to the root and in
/// order. Executed once more in a transaction that is rolled back, they show the statement that failed.
/// Empty where the tool says it itself, or where the files are no SQL.
std::vector<std::string> unexplained_files(const FailedStep& failed);

}  // namespace migrate
