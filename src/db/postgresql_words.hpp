#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/target.hpp"

namespace migrate::db {

using Keywords = std::vector<std::pair<std::string, std::string>>;

/// The connection in libpq's own words. What other drivers write is translated (`ssl=true`,
/// `sslmode=no-verify`), what libpq does not know is left out (`schema`, `pgbouncer`, `connection_limit`).
/// Host, port and database always stand in it, so that PGHOST and the like cannot redirect the session.
Keywords postgres_keywords(const Connection& connection);

/// An error of the connection phase as libpq words it, with the SQLSTATE taken out ("" where the server did
/// not answer): "FATAL:  3D000: database ..." becomes {"3D000", "database ..."}.
struct PostgresRefusal {
    std::string state;
    std::string text;
};
PostgresRefusal read_refusal(std::string_view libpq_text);

}  // namespace migrate::db
