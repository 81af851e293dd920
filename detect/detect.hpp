#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/unit.hpp"

namespace migrate {

/// What is wrong with the repository, as far as can be told without running anything. Paths are relative to
/// the scan root. Codes: `scan.unreadable` (a directory or file that could not be read), `config.invalid`
/// (broken JSON, TOML, YAML or INI), `config.missing_directory` (a config names a directory that is not
/// there), `config.stale` (a script or config that names a file that is not there), `config.ambiguous`
/// (several files claim the same thing), `history.disagrees` (a tool's own list and its files differ),
/// `version.mismatch` (what is installed is not what the lock file says).
struct Problem {
    std::string path;
    int line = 0;  ///< 0: the file as a whole
    std::string code;
    std::string message;  ///< without the path
    std::string unit;     ///< id of the unit it concerns, "" where it concerns none
};

/// Migrations of a tool that this program does not drive (contract: `tool: "other"` in `possible[]`), or a
/// find that is no history of its own (a reusable Django app).
struct Note {
    std::string path;
    std::string style;  ///< "dbup", "efcore", "atlas", "django-app" ...
    std::string what;   ///< "DbUp scripts"
    std::string why;    ///< the evidence, in one sentence
};

/// What the tree is made of, for choosing a tool where there is no unit.
struct TreeSummary {
    std::size_t files = 0;
    std::size_t directories = 0;
    bool javascript = false;  ///< has a package.json outside test and example paths
    bool typescript = false;  ///< has a tsconfig.json or depends on typescript
    bool python = false;
    bool django = false;
    bool java = false;
    bool go = false;
    std::vector<std::string> manifests;     ///< package.json, pyproject.toml, go.mod ... outside hidden paths
    std::vector<std::string> dependencies;  ///< of those that speak of databases: "pg", "sqlalchemy" ...
    std::vector<Engine> engines;            ///< that compose files hint at
    std::string already;  ///< a program that migrates here and that this one does not drive: "db-migrate"
};

struct Scan {
    std::vector<Unit> units;     ///< sorted by id
    std::vector<Unit> possible;  ///< confidence below 50: run only when named
    std::vector<Unit> hidden;    ///< under test, example, fixture and template paths
    std::vector<Note> others;
    std::vector<Problem> problems;  ///< sorted by path and line
    TreeSummary summary;
};

struct DetectOptions {
    /// The current directory relative to the scan root: what lies under a test or example path is not hidden
    /// when this is at or below that path.
    std::string current = ".";
};

/// Finds the migration units of a tree. Runs nothing, connects to nothing, reads no environment, follows no
/// symbolic link, writes nothing. Never fails: what could not be read is in `problems`.
Scan detect(const std::filesystem::path& root, const DetectOptions& options = {});

/// A unit that migrate.toml declares and detection has not seen, as far as it can be completed: runner,
/// launch prefix, version and engines are looked up as for any other unit. `path` is relative to the root.
Unit bare_unit(const std::filesystem::path& root, Tool tool, const std::string& path);

/// Which tool would fit a repository without units, and how to start it.
struct Suggestion {
    Tool tool = Tool::sql;
    std::string path = ".";         ///< where it would live
    std::string reason;             ///< one sentence
    std::vector<std::string> argv;  ///< {"migrate", "init", "drizzle"}
};

/// nullopt where there are units already.
std::optional<Suggestion> suggest(const Scan& scan);

/// Whether a path relative to the scan root lies under a test, example, fixture or template path; `current`
/// as in DetectOptions.
bool is_hidden_path(std::string_view path, std::string_view current = ".");

}  // namespace migrate
