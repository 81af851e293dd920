#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// What the output of a failed tool says in one line: where, in a file of the project below `root`, and what.
/// nullopt where no known form of it is found.
///
/// - A Python traceback (CPython 3.8 to 3.14): the last frame outside installed packages, and the exception
///   that ended the program: "versions/0002_x.py:12: sqlalchemy.exc.ProgrammingError: relation ...".
/// - Flyway's block about a script (9.22 to 11.8): "sql/V2__x.sql:3: ERROR: relation ...".
std::optional<std::string> failure_line(std::string_view output, const std::filesystem::path& root);

}  // namespace migrate
