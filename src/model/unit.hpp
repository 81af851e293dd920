#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tool.hpp"
#include "model/version.hpp"

namespace migrate {

/// How a unit's migrations get applied: by the stock CLI in its root, by it after the package is built,
/// by a project command, only by the application itself, or by hand.
enum class HowRun { cli, build, wrapper, programmatic, manual };

/// Why the detector believes in a unit: the file, its line (0: the file as a whole), the signal's name and
/// what it weighs.
struct Evidence {
    std::string path;
    int line = 0;
    std::string signal;
    int weight = 0;
};

struct MigrationsDir {
    std::string path;
    std::optional<Engine> engine;  ///< set where the unit has one directory an engine
};

/// One migration history that one tool runs from one directory. Made by detect, completed from
/// migrate.toml, and from then on a plain value that is only read.
/// All paths are relative to the scan root, with '/', "." for the root itself.
struct Unit {
    std::string id;  ///< "<path>:<tool>[#name]", see the contract, section 1
    Tool tool = Tool::sql;
    std::string style;  ///< convention or dialect: "up-down", "goose", "dbmate", "flask-migrate" ...
    std::string root = ".";
    std::string config;  ///< "" where there is none
    std::string schema;
    std::vector<MigrationsDir> migrations;
    std::string seeds;
    std::string runner;               ///< the project's package manager: "pnpm", "uv", "gradlew" ...
    std::vector<std::string> launch;  ///< argv prefix that is executed; paths in it are relative to `root`
    std::optional<Version> version;
    std::string version_text;    ///< as found: "6.19.3", "^5.0.0", "managed by Spring Boot 3.2.1"
    std::string version_source;  ///< file that says so
    std::vector<Engine> engines;
    HowRun how_run = HowRun::cli;
    std::string project_command;  ///< what the project itself uses: "pnpm db:migrate"
    int confidence = 0;           ///< 0 - 100
    std::vector<Evidence> evidence;

    // From migrate.toml:
    std::string alias;
    std::vector<std::string> after;
    std::map<std::string, std::vector<std::string>> commands;  ///< verb -> the project's own argv
    bool declared = false;                                     ///< has a [[unit]] entry
};

std::string_view to_string(HowRun how);
std::optional<HowRun> how_run_from(std::string_view name);

/// `path` (relative to the scan root) as seen from the unit's root: "apps/api/x/y" -> "x/y"; paths outside
/// it climb with "..".
std::string from_unit_root(const Unit& unit, std::string_view path);

}  // namespace migrate
