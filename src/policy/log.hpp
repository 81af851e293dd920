#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/error.hpp"

namespace migrate {

/// One line of the audit log: something that changed, or was refused. Holds no secret: argv and targets are
/// composed, never copied from a native tool.
struct LogEntry {
    std::string at;  ///< RFC 3339 in UTC
    std::string user;
    std::string caller;   ///< "person", "agent (CLAUDECODE)", "no person"
    std::string command;  ///< "run"
    std::string unit;
    std::string target;  ///< "postgresql localhost:5432/shop"
    std::string level;
    std::string plan_id;
    std::string outcome;        ///< "started" before anything is touched, then "done", "failed" or "refused"
    std::string detail;         ///< error code, or the ids that were applied and reverted
    int pid = 0;                ///< of the process, which tells apart what runs at the same time
    std::string previous = {};  ///< of a line that was read: the hash of the line before it
};

/// Appends entries to a hash-chained file of JSON lines, which it makes if needed: each line holds the sha256
/// of the line before it. Several processes may append at once. A last line that was cut by a crash is kept
/// and noted, and the chain goes on. They are on the disk, not only with the system, where one of them is
/// about a database that is not local. Errors: `file.unwritable`.
Result<void> append_log(const std::filesystem::path& file, const std::vector<LogEntry>& entries);

/// Those of the last `limit` lines that were started and never ended, oldest first: their process was killed,
/// or is still at work. A line ends the newest one before it with the same process, command, unit, target and
/// plan.
std::vector<LogEntry> unfinished(const std::filesystem::path& file, std::size_t limit);

/// Of those the ones that still say something: no later line says that the same command ended well for the
/// same unit and target, or, where it changes a history, that any such command did. A killed `restore` stays.
std::vector<LogEntry> unresolved(const std::filesystem::path& file, std::size_t limit);

/// The newest command that changed the history of this unit on this target, where it stopped: its line, with
/// `at` of its beginning and `outcome` "failed", "never ended", or "is still at work". nullopt where it ended
/// well, or where the end of the log (256 KiB) does not speak of it.
std::optional<LogEntry> stopped(const std::filesystem::path& file, const std::string& unit,
                                const std::string& target);

/// The last `limit` lines, oldest first, as they stand in the file. Empty where there is none.
std::vector<std::string> read_log(const std::filesystem::path& file, std::size_t limit);

struct LogCheck {
    std::size_t lines = 0;
    std::size_t torn = 0;         ///< lines that a crash cut and the chain names
    std::size_t broken_line = 0;  ///< 1-based; 0 = the chain holds
    std::string why;
};

/// Walks the chain. A tail that was cut off cannot be seen from the chain alone.
LogCheck verify_log(const std::filesystem::path& file);

}  // namespace migrate
