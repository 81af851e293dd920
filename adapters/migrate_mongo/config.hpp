#pragma once
#include <filesystem>
#include <string>

#include "adapters/support/js_config.hpp"
#include "model/unit.hpp"

namespace migrate::migrate_mongo {

/// What can be read of migrate-mongo-config.js (or what -f names) without running it.
struct Config {
    js::Module module;
    js::Value settings;
    bool readable = false;  ///< false: only running the file can tell; `why` says what was met
    bool there = false;     ///< the file exists
    std::string why;
    int line = 0;

    std::string directory;          ///< migrationsDir; relative to the scan root
    std::string extension = ".js";  ///< migrationFileExtension
    bool uses_hashes = false;       ///< useFileHash: a file counts as applied only with its sha256
    bool has_module_system = true;  ///< false: known not to say moduleSystem, without which create fails
};
Config read_config(const Unit& unit, const std::filesystem::path& root);

}  // namespace migrate::migrate_mongo
