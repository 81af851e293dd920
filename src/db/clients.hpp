#pragma once
#include <memory>

#include "db/database.hpp"

namespace migrate::db {

/// The clients behind open(); nobody else calls them. Each takes a connection whose engine is its own.
Result<std::unique_ptr<Database>> open_sqlite(const Connection& connection, const OpenOptions& options);
Result<std::unique_ptr<Database>> open_postgresql(const Connection& connection, const OpenOptions& options);
Result<std::unique_ptr<Database>> open_mysql(const Connection& connection, const OpenOptions& options);

}  // namespace migrate::db
