#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/result.hpp"
#include "sql/runner.hpp"

namespace migrate {

struct ExecuteSettings;

/// What built-in steps of one plan hand on to later ones.
struct BuiltinState {
    std::map<std::string, std::string> holes;  ///< "{scratch_url}" -> its value
    std::optional<Connection> scratch;
    std::map<std::string, sql::RunCache> caches;  ///< by target, between steps that apply migrations
    /// By target: version() when the only step began.
    std::map<std::string, std::optional<std::int64_t>> versions;
};

/// Text with the runtime holes of a plan filled: {now}, {scratch_url}.
std::string fill_holes(std::string text, const BuiltinState& state);

/// Runs one built-in step. `session` is the one that holds the target's lock; steps on a database need it.
/// Fills `result.files` and the target of the step. Errors: those of the files, of the database, and
/// `run.failed` with file, line and column.
std::optional<Error> run_builtin(UnitResult& result, const Step& step, const Target* target,
                                 db::Database* session, BuiltinState& state, const ExecuteSettings& settings);

/// Whether the history, read on the session that the step ran in, shows what a step that applies one
/// migration should have done. false also for steps of other kinds, whose history has to be read as a whole.
bool is_recorded(const Step& step, db::Database* session, BuiltinState& state);

/// Makes the history before a step that applied the next migration the one behind it, by the step's own row.
/// false, and nothing is done, wherever anything else may have changed, too: then it has to be read as a
/// whole.
bool carry_on(History& history, const Step& step, db::Database* session, BuiltinState& state);

/// Drops the scratch database, if one was created and not dropped yet.
void drop_scratch(BuiltinState& state);

/// Files below `root` that match one of the patterns: a path, a directory, or a path with one `*` in its
/// name; `**/` before it means every directory of the project from there (not hidden ones, node_modules,
/// virtual environments).
std::set<std::filesystem::path> files_like(const std::filesystem::path& root,
                                           const std::vector<std::string>& patterns);

/// Those that match `pattern` and are not in `before`, relative to `root`.
std::vector<std::string> new_files(const std::filesystem::path& root, const std::string& pattern,
                                   const std::set<std::filesystem::path>& before);

}  // namespace migrate
