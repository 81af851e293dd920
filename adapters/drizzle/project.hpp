#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "model/unit.hpp"
#include "model/version.hpp"

namespace migrate::drizzle {

/// How a migrations directory is laid out: SQL files with meta/_journal.json (kit before 1.0), or a folder
/// for each migration (1.0).
enum class Layout { none, journal, folders };

/// What a project's own files say about Drizzle; paths relative to the scan root. Read without running
/// anything.
struct Project {
    std::string config;              ///< drizzle.config.*; "" where there is none
    bool config_is_default = false;  ///< found by drizzle-kit without --config
    bool readable = true;            ///< the configuration exports an object
    std::string why;                 ///< what it exports otherwise
    int line = 0;
    std::string out;  ///< directory of the migrations, whether it exists or not
    Layout layout = Layout::none;
    std::string dialect;  ///< as written: "postgresql", "turso", 0.20: the driver's, "pg"
    std::string driver;   ///< "d1-http", "pglite", "expo" ...; 0.20: "pg", "mysql2" ...
    std::optional<Engine> engine;
    std::string table = "__drizzle_migrations";
    std::string schema = "drizzle";  ///< of the history table, on PostgreSQL
    std::string prefix;              ///< of new files: "index", "timestamp", "supabase", "unix", "none"
};

Project read_project(const Unit& unit, const std::filesystem::path& root);

/// The unit's version; where unknown, the one that the files are laid out for.
Version version_of(const Unit& unit, const Project& project);

/// What a directory holds, as far as files tell.
Layout layout_of(const std::filesystem::path& directory);

/// 14 digits, then '_': the name of a migration folder of 1.0.
bool is_folder_name(std::string_view name);

/// The UTC time at the start of a folder's name, in milliseconds since the epoch, as text; "" if it is none.
std::string milliseconds_of(std::string_view folder_name);

/// pg, mysql or sqlite: what 0.20 puts behind its verbs.
std::string old_dialect(const Project& project);

}  // namespace migrate::drizzle
