#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "model/error.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate::sequelize {

/// Where sequelize-cli looks for things, from .sequelizerc and its defaults. It reads .sequelizerc in the
/// working directory only, and searches nothing upwards. Paths are relative to the scan root.
struct Places {
    bool has_rc = false;     ///< unit.root/.sequelizerc is there: it says where everything is
    std::string config;      ///< the configuration file; "" where none could be found
    std::string migrations;  ///< folder
    std::string seeders;
    std::string why;  ///< what in .sequelizerc could not be read; "" where all could
    bool default_config = false, default_migrations = false, default_seeders = false;
    std::optional<js::Value> url;  ///< .sequelizerc's `url`: the configuration file is then not read at all
    std::vector<std::string> dotenv;  ///< loaded by .sequelizerc itself
    js::Module rc;
};
Places places_of(const Unit& unit, const std::filesystem::path& root);

/// What can be read of the configuration without running it, for one environment.
struct Config {
    Places places;
    js::Module module;
    js::Value settings;
    bool readable = false;  ///< false: only running the file can tell; `why` says what was met
    std::string section;    ///< name of the environment's own part, "" in a flat file
    std::string why;
    int line = 0;

    /// A text among the settings, "" where there is none.
    std::string text(std::string_view key) const;
};

/// nullopt takes development, else the first environment there is (for what does not depend on it).
/// Sequelize itself uses the whole file for a name that it lacks; here that is an error.
/// Errors: `tool.layout` (no configuration), `environment.undefined`.
Result<Config> read_config(const Unit& unit, const std::filesystem::path& root,
                           std::optional<std::string_view> environment);

/// How the history is kept (helpers/umzug-helper.js).
struct Storage {
    std::string kind = "sequelize";  ///< "json", "none"
    std::string table = "SequelizeMeta";
    std::string schema;
    bool timestamps = false;  ///< a new table gets createdAt and updatedAt beside the name
};
Storage storage_of(const Config& config);

/// The database that a configuration which has been read names.
TargetSource source_of(const Unit& unit, const Config& config);

}  // namespace migrate::sequelize
