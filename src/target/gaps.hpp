#pragma once
#include <filesystem>
#include <string>

#include "target/scopes.hpp"

// What a connection still lacks once its URL or its fields are read. Internal to src/target.
namespace migrate {

/// What libpq, psycopg and node-postgres read from PG* variables: only what the connection does not say
/// itself. Errors: `target.unknown` where a service file of libpq decides, `target.unresolved` for a PGHOST
/// or PGPORT that is none.
Result<void> fill_from_pg_variables(const Unit& unit, const Scopes& scopes, Connection& connection);

/// What names the history table beside the database (sql/project.hpp): a variable, else the configuration;
/// a URL that does so itself stays as it is.
void name_history_table(const TargetSource& source, const Scopes& scopes, Connection& connection);

/// A link in the repository may lead out of it; then the file is where the link leads. `root_of_scan` is
/// absolute.
std::string real_file(const std::filesystem::path& root_of_scan, const std::string& file);

}  // namespace migrate
