#include "db/sqlite_file.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

namespace migrate::db {

Stamp stamp_of(const std::string& file) {
    Stamp stamp;
    struct stat status {};
    if (stat(file.c_str(), &status) == 0) stamp = {status.st_mtim, status.st_size, false};
    stamp.in_use = stat((file + "-shm").c_str(), &status) == 0 ||
                   (stat((file + "-wal").c_str(), &status) == 0 && status.st_size > 0);
    return stamp;
}

bool uses_write_ahead_log(const std::string& file) {
    std::array<char, 20> header{};
    std::ifstream stream(file, std::ios::binary);
    return stream.read(header.data(), header.size()) && header[18] == 2 && header[19] == 2;
}

std::string as_uri(const std::string& file, std::string_view query) {
    std::string uri = "file://";
    for (const char byte : file) {
        if (byte == '%' || byte == '?' || byte == '#')
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
        else
            uri += byte;
    }
    return fmt::format("{}?{}", uri, query);
}

}  // namespace migrate::db
