#include "db/change_mark.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace migrate::db {

std::string change_mark(const Connection& connection) {
    if (connection.engine != Engine::sqlite) return "";
    const int file = ::open(connection.database.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return "";
    std::array<char, 28> header{};
    struct stat status {};
    const ssize_t got = ::fstat(file, &status) == 0 ? ::read(file, header.data(), header.size()) : -1;
    ::close(file);
    // Bytes 18 and 19 are 1 for a rollback journal: the counter stands still under write-ahead logging.
    if (got != static_cast<ssize_t>(header.size()) || header[18] != 1 || header[19] != 1) return "";
    // Another file may have been put in its place.
    return fmt::format("{}:{}:", status.st_ino, status.st_size) + std::string(header.data() + 24, 4);
}

}  // namespace migrate::db
