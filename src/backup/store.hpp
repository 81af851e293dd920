#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "backup/backup.hpp"
#include "model/error.hpp"

namespace migrate {

/// The backups of this machine's user: one directory a database, in it each dump and, beside it, its record.
/// Until it is whole, a dump has another name (partial_of); a record without a dump is that of one which was
/// never finished, or was taken away.
struct BackupStore {
    std::filesystem::path directory;  ///< below the state directory

    /// Where the backups of one database are; made, private to the user. Error `file.unwritable`.
    Result<std::filesystem::path> place(const std::string& fingerprint) const;
    /// All records, or those of one database, oldest first. What cannot be read is left out.
    std::vector<Backup> list(const std::string& fingerprint = "") const;
    std::optional<Backup> find(const std::string& id) const;
    /// Writes the record, and then gives the dump its name, which makes it count. After an error it does not.
    /// Errors: `file.unwritable`, `backup.failed`.
    Result<void> keep(const Backup& backup, const std::filesystem::path& partial) const;
    /// Removes all but the newest `keep` of one database; returns those removed.
    std::vector<Backup> prune(const std::string& fingerprint, int keep) const;
    /// Dumps that were begun and never finished, and that no process is writing any more, are removed, with
    /// their records.
    void sweep() const;
};

/// Where a dump is written until it is whole: beside its place, named after the process that writes it.
std::filesystem::path partial_of(const std::filesystem::path& path);

/// Size of a file, or of all files in a directory.
std::uintmax_t size_of(const std::filesystem::path& path);

}  // namespace migrate
