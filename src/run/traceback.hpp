#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// What a Python traceback says in one line: the last frame that lies in the project (below `root`, outside
/// installed packages) and the exception that ended the program, with its first line of text:
/// "versions/0002_x.py:12: sqlalchemy.exc.ProgrammingError: relation "t" does not exist". nullopt where the
/// text holds no traceback. CPython 3.8 to 3.14, `traceback.print_exception`.
std::optional<std::string> traceback_line(std::string_view text, const std::filesystem::path& root);

}  // namespace migrate
