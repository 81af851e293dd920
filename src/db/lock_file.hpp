#pragma once
#include <filesystem>
#include <string>

#include "model/error.hpp"

namespace migrate::db {

/// An advisory lock for what has no server: a file that is locked (flock) while it is held, says who holds
/// it, and is removed on release. The lock is the kernel's, so a killed holder leaves a file but no lock.
class LockFile {
  public:
    LockFile() = default;
    ~LockFile() { release(); }
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;

    /// Tries for `wait_ms` milliseconds (0: once). false: someone else has it, and `holder` says who.
    /// Taking a lock that this object holds already is true. Errors: `target.unreachable` where the file
    /// cannot be made.
    Result<bool> acquire(const std::filesystem::path& path, int wait_ms, std::string& holder);
    void release();

  private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// The lock file of a SQLite file, which need not be there: the same for all of its names.
std::filesystem::path lock_file_of(const std::string& sqlite_file);

}  // namespace migrate::db
