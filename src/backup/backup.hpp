#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "model/tool.hpp"

namespace migrate {

/// A dump that was taken and read back. Holds no credential.
struct Backup {
    std::string id;           ///< "20261121T171400Z_shop_1f3a"
    std::string fingerprint;  ///< of the database, as plans know it
    std::string target;       ///< for people: "postgresql localhost:5432/shop"
    std::string unit;         ///< the unit that it was taken for
    Engine engine = Engine::postgresql;
    std::string database;
    std::int64_t taken_at = 0;  ///< when the dump began, seconds since the epoch: it is not older than that
    std::int64_t finished_at = 0;
    std::string format;          ///< "custom", "directory", "sql", "sqlite"
    std::filesystem::path path;  ///< absolute; a directory with the format of that name
    std::uintmax_t bytes = 0;
    std::string sha256;
    std::string made_by;   ///< the program: "pg_dump (PostgreSQL) 15.18"
    std::string server;    ///< its version
    std::string verified;  ///< how it was read back, for people
};

}  // namespace migrate
