#pragma once

#include <memory>

#include "db/database.hpp"
#include "db/libmariadb.hpp"

namespace migrate::db {

struct CloseMysql {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
};
using MysqlHandle = std::unique_ptr<MYSQL, CloseMysql>;

/// Opens the connection within the time limit: utf8mb4, one statement at a time, no local files for the
/// server, the password never in clear over an open line. Errors: `target.missing`, `target.unreachable`.
Result<MysqlHandle> connect_mysql(const Connection& connection, int timeout_s);

}  // namespace migrate::db
