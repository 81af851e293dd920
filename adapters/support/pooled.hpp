#pragma once
#include "model/target.hpp"

namespace migrate {

/// Whether a pooler seems to stand before the server. It refuses a session that brings options along
/// (PgBouncer: "unsupported startup parameter"), and hands what one session sets on to the next.
inline bool is_pooled(const Connection& connection) {
    return connection.port == 6432 || connection.parameters.contains("pgbouncer") ||
           connection.host.find("pooler") != std::string::npos;
}

}  // namespace migrate
