#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "backup/backup.hpp"
#include "backup/programs.hpp"
#include "backup/store.hpp"
#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate {

struct DumpSettings {
    BackupStore store;
    ProgramSettings programs;
    std::filesystem::path rehearsals;  ///< where RehearsalMark keeps its files
    std::string format;                ///< PostgreSQL: "custom" (also where it is empty) or "directory"
    std::int64_t now = 0;
    std::string name;       ///< YYYYMMDDTHHMMSSZ of now
    bool rehearse = false;  ///< also restore the dump into a database of its own and count its rows
};

/// How many rows of a table a dump may hold: one number where the rows were counted in the dump's own
/// snapshot.
struct RowBound {
    std::uint64_t least = 0, most = 0;
};
using RowBounds = std::map<std::string, RowBound>;  ///< by table, as SQL writes its name

/// Dumps one database, reads the dump back as a whole, and keeps it with its record: `pg_dump` and
/// `pg_restore` into nothing; `mariadb-dump` or `mysqldump`, whose last line and tables are compared;
/// SQLite's online copy and its own check of it; with `rehearse` as rehearse.hpp has it. Written beside its
/// place and renamed, private to the user. Before it starts: the program is not older than the server, and
/// there is room for it. Errors: those of db::open(); `tool.missing`, `tool.version`; `backup.no_space`;
/// `backup.failed`; `backup.unsupported` for an engine without a dump here. After an error nothing of it is
/// left.
Result<Backup> take_backup(const Target& target, const std::string& fingerprint, const std::string& unit,
                           const DumpSettings& settings);

/// What one engine's dump says of itself. Internal to src/backup.
struct Dumped {
    std::string made_by;
    std::string server;
    std::string verified;
    RowBounds rows = {};  ///< where a rehearsal follows
};

/// One an engine: dumps into `file` (which is not there yet) and reads it back.
Result<Dumped> dump_postgresql(const Connection& connection, const std::filesystem::path& file,
                               const DumpSettings& settings);
Result<Dumped> dump_mysql(const Connection& connection, const std::filesystem::path& file,
                          const DumpSettings& settings);
Result<Dumped> dump_sqlite(const Connection& connection, const std::filesystem::path& file,
                           const DumpSettings& settings);

/// Error `backup.no_space` unless `bytes` and a reserve are free where `file` is to be.
Result<void> room_for(const std::filesystem::path& file, std::uintmax_t bytes);

}  // namespace migrate
