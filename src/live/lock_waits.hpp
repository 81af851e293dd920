#pragma once
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/error.hpp"

namespace migrate {

/// Where the server sees a session's client: an address, or the name that the server has for it. Port 0: a
/// local socket, or not shown.
struct ClientEnd {
    std::string host;
    int port = 0;
};

/// A session that waits for a lock.
struct LockWait {
    std::string session;  ///< the server's number of it
    std::string started;  ///< when the session began, where the server says so: tells it from a later one
    std::string query;    ///< what it waits with, as it is: never shown
    ClientEnd client;
    std::string application;  ///< PostgreSQL: what the client calls itself
};

/// Sessions of the server that wait for a lock that others hold: PostgreSQL and MySQL/MariaDB, as far as the
/// role may see them (its own always). Who builds an index concurrently or waits for another migrator's lock
/// does so on purpose, with nobody behind it, and is not among them. Errors: those of query().
Result<std::vector<LockWait>> lock_waits(db::Database& database);

/// This session's own client end, as the server sees it.
Result<ClientEnd> own_end(db::Database& database);

/// Sessions that hold what another waits for.
struct Blockers {
    struct Session {
        std::string id;    ///< the server's number of it
        std::string text;  ///< "session 4711 of report, open for 93 s and idle: SELECT ... WHERE id = ?"
    };
    bool certain = true;  ///< false: the server does not say; these have a transaction open there
    std::vector<Session> sessions;
};

/// Those that hold what a session waits for; who waits before it is left out.
Blockers blockers_of(db::Database& database, const LockWait& wait);

/// The same where the wait is over already: whose transactions hold locks on tables there now. Never certain.
Blockers possible_blockers(db::Database& database);

/// "held by session 4711 of report, ...", "probably held by ..."; "" where nobody is known.
std::string text_of(const Blockers& blockers);

/// Cancels the statement that a session waits with; the session itself stays. Whether it was still waiting
/// and the server took the order.
bool cancel_wait(db::Database& database, const LockWait& wait);

}  // namespace migrate
