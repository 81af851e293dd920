#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/caller.hpp"
#include "model/error.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"
#include "model/version.hpp"
#include "run/process.hpp"
#include "run/redact.hpp"

namespace migrate {

/// A database's own client program, found and asked for its version.
struct ClientProgram {
    std::filesystem::path path;
    std::string said;  ///< "pg_dump (PostgreSQL) 15.18"
    Version version;
    bool mariadb = false;  ///< it is MariaDB's; its options differ from MySQL's
};

/// What client programs are started with.
struct ProgramSettings {
    const Environment* env = nullptr;
    const Redactor* redactor = nullptr;
    std::filesystem::path log_dir;  ///< where all of their output is kept
};

/// The first of `names` on PATH whose major version is at least `least`; for PostgreSQL also below
/// /usr/lib/postgresql, where Debian keeps every version beside the one on PATH.
/// Errors: `tool.missing`, naming the package; `tool.version` where all that are there are older.
Result<ClientProgram> find_client(const std::vector<std::string>& names, int least,
                                  const std::string& package, const ProgramSettings& settings);

/// What leads libpq's programs to the database, password included, as environment: arguments can be read by
/// everyone on the machine.
std::map<std::string, std::string> postgresql_environment(const Connection& connection);

/// The options and the environment that lead MySQL's or MariaDB's programs to the server; the password is in
/// the environment. The database's name is not in it.
std::vector<std::string> mysql_options(const Connection& connection, const ClientProgram& program);
std::map<std::string, std::string> mysql_environment(const Connection& connection);

/// Runs a client program without a time limit (a dump takes as long as it takes).
/// Error `backup.failed`, with the last lines of what it said.
Result<void> run_client(const ClientProgram& program, std::vector<std::string> args,
                        const std::map<std::string, std::string>& environment, std::string_view doing,
                        const ProgramSettings& settings);

}  // namespace migrate
