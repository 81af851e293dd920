#pragma once
#include <sys/stat.h>

#include <string>
#include <string_view>

namespace migrate::db {

/// What shows that somebody wrote to the file, without opening it as a database.
struct Stamp {
    timespec modified{};
    off_t size = -1;
    bool in_use = false;  ///< shared memory or an unfinished write-ahead log lies beside it
    bool operator==(const Stamp& other) const {
        return modified.tv_sec == other.modified.tv_sec && modified.tv_nsec == other.modified.tv_nsec &&
               size == other.size && in_use == other.in_use;
    }
};

/// The stamp of a file as it is now; size -1 where it is not there.
Stamp stamp_of(const std::string& file);

/// Bytes 18 and 19 of the header are 2 for write-ahead logging (SQLite file format, section 1.3).
bool uses_write_ahead_log(const std::string& file);

/// A path as SQLite reads it with SQLITE_OPEN_URI, with parameters.
std::string as_uri(const std::string& file, std::string_view query);

}  // namespace migrate::db
