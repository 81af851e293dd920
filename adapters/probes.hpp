#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/unit.hpp"
#include "model/version.hpp"

namespace migrate {

/// A question that only the project's own configuration can answer, in its own language: which databases are
/// these? src/target/probe.hpp asks it. The script runs the configuration, opens no connection, and writes
/// one JSON document to file descriptor 3:
///
///     {"settings": "shop.settings",             Django: the settings module that counts
///      "databases": [{"name": "default",        target's name
///                     "url": "...",             or: engine host port database schema user password socket
///                     "variable": "DB_URL",     a variable of the environment that holds exactly this URL
///                     "migrated": false}],      the project never migrates this one
///      "error": {"type": "KeyError", "text": "...", "file": "config.py", "line": 3}}   where it failed
///
/// `text` is given only where it cannot hold a value: the name of a variable or of a module.
struct Probe {
    std::vector<std::string> argv;    ///< paths in it are relative to `cwd`
    std::string script;               ///< what stdin says
    std::string cwd = ".";            ///< relative to the scan root
    std::string base_dir = ".";       ///< what a relative SQLite path is relative to
    std::string file;                 ///< the configuration that is asked, for messages
    std::vector<std::string> dotenv;  ///< dotenv files that it reads itself
    std::string chooser;              ///< a variable that chooses another configuration than what was read
};

/// How the unit's configuration is asked; nullopt where its tool has no such question.
std::optional<Probe> probe_of(const Unit& unit, const std::filesystem::path& root,
                              const std::string& environment);

/// Whether what the tool's plan of `status` starts stays open: each line that it is asked on descriptor 3 it
/// answers there with one line, what read_status understands, until the descriptor is closed. Elsewhere it
/// prints that once.
bool stays_open(Tool tool);

/// The version of the program that starts the unit's tool, as the files beside it tell: for tools that no
/// file of the project pins (Flyway's command line). nullopt where they tell nothing.
std::optional<Version> installed_version(const Unit& unit, const std::filesystem::path& program);

}  // namespace migrate
