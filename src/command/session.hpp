#pragma once
#include <filesystem>
#include <string>

#include "command/command.hpp"
#include "config/config.hpp"
#include "detect/detect.hpp"
#include "model/result.hpp"
#include "policy/judge.hpp"
#include "report/json.hpp"
#include "report/paint.hpp"
#include "select/select.hpp"

namespace migrate {

/// What one invocation knows before any database is looked at: the repository, its units, who calls. Made
/// once, then only read.
struct Session {
    const Invocation* invocation = nullptr;
    const ParsedCommand* parsed = nullptr;
    std::filesystem::path root;       ///< absolute scan root
    std::string current = ".";        ///< current directory relative to the root
    std::filesystem::path state_dir;  ///< $XDG_STATE_HOME/migrate
    Config config;
    Scan scan;  ///< completed from migrate.toml
    Caller caller;
    Policy policy;                ///< from the policy files, made stricter by migrate.toml
    EnvironmentName environment;  ///< for no unit in particular
    Paint out, err;

    bool json() const { return parsed->given("json"); }
    bool quiet() const { return parsed->given("quiet"); }
    const Environment& env() const { return invocation->env; }
};

/// Finds the root, reads migrate.toml, scans the tree. Errors: `root.missing`, `config.invalid`, `usage`.
Result<Session> open_session(const Invocation& invocation, const ParsedCommand& parsed);

/// The units that the command line chooses (-u, --all, --affected, else the current directory).
/// Errors: `unit.none`, `config.invalid`, `usage` (--affected without a merge base).
Result<Selection> selected(const Session& session);

/// Ends a command: sets the exit status, writes the document to stdout (--json) or `text` to stdout with
/// errors, table and next steps; returns the status. It is that of the worst unit or error, or `status`.
int finish(const Session& session, CommandResult& result, const Detail& detail, const std::string& text,
           std::optional<int> status = std::nullopt);

/// The same for an error before anything else was there to report.
int finish(const Session& session, const std::string& command, const Error& error);

/// Seconds since the epoch, and the same as RFC 3339 and as YYYYMMDDHHMMSS, in UTC.
std::int64_t now_seconds();
std::string rfc3339(std::int64_t seconds);
std::string compact_time(std::int64_t seconds);

}  // namespace migrate
