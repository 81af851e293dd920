#pragma once
#include <sys/stat.h>

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

/// Checksums of files that were computed in an earlier run, found by what the file system says of the file:
/// device, inode, size, and both times to the nanosecond. The time of the last status change (ctime) cannot
/// be set by anybody, so that a file which was edited and given its old modification time is a new one.
/// Sums are kept only of files that had been left alone for two seconds when they were read: timestamps are
/// coarse, and a file that is still being written could change without its times showing it.
class KnownSums {
  public:
    KnownSums() = default;
    /// Reads what was kept; a file that is missing, cut or of another format is as good as an empty one.
    explicit KnownSums(std::filesystem::path file);

    /// The sum (64 hexadecimal digits) of the file that `status` describes. May be called from several
    /// threads.
    std::optional<std::string> find(const struct stat& status) const;

    /// Notes the sum of a file; `status` was taken after it was read, and the reading began at `began`
    /// (seconds since the epoch). A file that was changed shortly before, or later, is not noted.
    void note(const struct stat& status, const std::string& sum, std::int64_t began);

    /// Writes what is known and noted, where enough was noted to be worth it. What cannot be written is
    /// computed again the next time.
    void keep() const;

  private:
    struct Record {
        std::array<std::int64_t, 5> key;  ///< device, inode, size, mtime and ctime in nanoseconds
        std::array<char, 64> sum;
    };

    std::filesystem::path file_;
    std::vector<Record> known_;  ///< sorted by key
    std::vector<Record> noted_;
};

}  // namespace migrate
