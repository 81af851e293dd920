#pragma once

#include <memory>

#include "db/database.hpp"
#include "db/libpq.hpp"

namespace migrate::db {

struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PostgresHandle = std::unique_ptr<PGconn, CloseConnection>;

/// Opens the connection within the time limit. Errors: `target.missing`, `target.unreachable`,
/// `target.shadowed` where PGHOSTADDR in the environment would lead elsewhere.
Result<PostgresHandle> connect_postgresql(const Connection& connection, int timeout_s);

}  // namespace migrate::db
