#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate {

/// [environments.NAME], at the top or below a [[unit]]: where that environment's databases are.
struct EnvironmentConfig {
    std::string url_env;  ///< variable that holds the URL
    std::vector<std::string>
        dotenv;  ///< files instead of `.env.NAME`, relative to the root (below a unit: to it)
    std::vector<std::string> hosts;  ///< patterns with '*' of the hosts that are this environment's
    std::optional<Level> level;      ///< declares more care, never less
    std::string source;              ///< "migrate.toml:4"
};

/// One [[unit]] entry.
struct UnitConfig {
    std::string id;
    std::string path = ".";  ///< relative to the root, normal, with '/'
    std::optional<Tool> tool;
    std::string style;
    std::string config;
    std::string schema;
    std::string schema_file;  ///< kept as the database is after each run; "": none
    std::vector<std::string> migrations;
    std::string seeds;
    std::optional<Engine> engine;
    std::vector<std::string> after;
    std::map<std::string, std::vector<std::string>> commands;  ///< verb -> argv
    std::map<std::string, EnvironmentConfig, std::less<>> environments;
    std::string source;  ///< "migrate.toml:9"
};

/// A rule that the repository turns off or down, with the reason that the verdict shows.
struct RuleSetting {
    std::string rule;
    std::string severity;  ///< "off", "note", "warning", "error"
    std::string reason;
    std::string source;
};

/// [[verify]]: SQL that must return no row after a deployment.
struct DataCheck {
    std::string unit;
    std::string name;
    std::string sql;
    std::string source;
};

/// A cell of the matrix made stricter: from this level and this risk on, at least this decision.
struct Floor {
    Level level = Level::production;
    Risk risk = Risk::apply;
    Decision decision = Decision::refuse;
    std::string source;
};

/// What a repository may make stricter and nothing else.
struct Tightening {
    std::optional<std::chrono::seconds> plan_max_age;
    std::optional<std::chrono::seconds> backup_max_age;
    std::vector<Floor> floors;
};

/// `migrate.toml`, checked. Everything is at its default where there is no file.
struct Config {
    std::string file;  ///< "migrate.toml", "" where there is none
    std::string default_environment;
    std::vector<std::string> ignore;
    std::map<std::string, EnvironmentConfig, std::less<>> environments;
    std::vector<UnitConfig> units;
    std::vector<RuleSetting> rules;
    std::vector<DataCheck> verify;
    Tightening tighten;
};

/// Reads `migrate.toml` (contract, section 7). `file` is what errors call it. Errors are `config.invalid`
/// with "file:line": TOML that does not parse, unknown keys (with the nearest known one), wrong types,
/// unknown tools, verbs or levels, keys that only a policy file may hold, ids that stand twice, `after`
/// naming no unit or going round in a circle.
Result<Config> parse_config(std::string_view text, std::string file = "migrate.toml");

/// The file below `root`; defaults where there is none.
Result<Config> read_config(const std::filesystem::path& root);

/// The [[unit]] entry that speaks of a unit: by alias, by id, else by path and tool. nullptr where none does.
const UnitConfig* config_of(const Config& config, const Unit& unit);

}  // namespace migrate
