#pragma once
#include <memory>

#include "db/database.hpp"

namespace migrate::db {

/// The code of an error by which a server says that it takes no connection now: it is starting, or full.
/// open() asks again for a while, and makes `target.unreachable` of it in the end.
inline constexpr const char* kNotYet = "target.not_yet";

/// The clients behind open(); nobody else calls them. Each takes a connection whose engine is its own.
Result<std::unique_ptr<Database>> open_sqlite(const Connection& connection, const OpenOptions& options);
Result<std::unique_ptr<Database>> open_postgresql(const Connection& connection, const OpenOptions& options);
Result<std::unique_ptr<Database>> open_mysql(const Connection& connection, const OpenOptions& options);

}  // namespace migrate::db
