#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "model/error.hpp"
#include "model/unit.hpp"

namespace migrate::knex {

/// What can be read of a knexfile without running it, for one environment.
struct Config {
    js::Module module;
    js::Value settings;     ///< the object of the environment, or the whole of a flat file
    bool readable = false;  ///< false: only running the file can tell; `why` says what was met
    std::string section;    ///< name of the environment's own part, "" in a flat file
    std::string why;
    int line = 0;
    std::string directory = ".";  ///< of the knexfile: what its paths are relative to
};

/// Reads `unit.config` for an environment; nullopt takes development, else the first one there is (for what
/// does not depend on the environment). Knex itself falls back to the whole object for a name that the file
/// lacks; here that is an error.
/// Errors: `tool.layout` (no knexfile, or it is gone), `environment.undefined`.
Result<Config> read_config(const Unit& unit, const std::filesystem::path& root,
                           std::optional<std::string_view> environment);

/// The part `migrations` of a knexfile, with Knex's defaults (MigrationGenerator, MigrationsLoader).
struct Migrations {
    std::vector<std::string> directories;  ///< relative to the scan root; new files go into the last
    std::vector<std::string> extensions;   ///< loadExtensions, with the dot
    std::string extension;                 ///< of new files where the knexfile says so, without the dot
    std::string table = "knex_migrations";
    std::string schema;            ///< schemaName, else the first of searchPath
    bool sort_separately = false;  ///< sortDirsSeparately
    bool validates = true;         ///< refuses to work while files of applied migrations are missing
};
Migrations migrations_of(const Unit& unit, const std::filesystem::path& root);

/// The same for a configuration that has been read.
Migrations migrations_of(const Unit& unit, const std::filesystem::path& root, const Config& config);

}  // namespace migrate::knex
