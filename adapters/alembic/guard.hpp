#pragma once
#include <string_view>

namespace migrate::alembic {

/// A Python program for `python -`: runs Alembic or `flask` with the given arguments against the scratch
/// database of MIGRATE_SCRATCH_URL, and ends with status 97 before anything is opened that is another one.
/// MIGRATE_SCRATCH_VARIABLE names the variable that env.py reads, MIGRATE_SCRATCH_DRIVER the dialect and
/// driver of the project's own address ("postgresql+asyncpg"), MIGRATE_PROGRAM is "alembic" or "flask".
/// Tried with Alembic 1.8.1, 1.13.2, 1.16.5, 1.20.1 and Flask-Migrate 4.1.0.
std::string_view guard_script();

}  // namespace migrate::alembic
