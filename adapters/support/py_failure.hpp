#pragma once
#include <optional>

#include "adapters/failure.hpp"

// What Python, its package managers and Flask print where a tool is not there, read back into errors; see
// explained().
namespace migrate::py {

/// CPython: `No module named alembic` (`-m`), `No module named 'django'` (an import); uv 0.13: `Failed to
/// spawn: alembic` (older: in backticks); poetry 2.2: `Command not found: alembic`; pdm 2.26: `Command
/// 'alembic' is not found in your PATH`; pipenv 2025: `the command alembic could not be found`. Flask-Migrate
/// before 4.0.2, and Debian's 4.0.4: `No such command 'check'`.
std::optional<Error> explained_python(const FailedStep& failed);

}  // namespace migrate::py
