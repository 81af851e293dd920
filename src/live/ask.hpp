#pragma once
#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "db/database.hpp"
#include "live/facts.hpp"

namespace migrate {

/// What ask_machine() is going to answer.
using MachineAnswer = std::shared_future<LiveFacts>;

/// What a target is asked for.
struct LiveQuestion {
    std::string history_table;         ///< of the unit itself: no user table
    std::vector<HistoryQuery> others;  ///< histories of other units that may lie in the same database
    bool tables = true;                ///< whether users' tables are looked for
    bool rows = false;                 ///< whether rows are looked for in them
    std::int64_t now = 0;              ///< seconds since the epoch
    MachineAnswer machine = {};        ///< valid where the machine is being asked already
};

/// Asks over an open session, in no transaction. Writes nothing. Errors: `target.unreachable` when the
/// session is gone; what the role may not see is left unknown.
Result<LiveFacts> ask_database(db::Database& database, const Connection& connection,
                               const LiveQuestion& question);

/// What can be known without a session: who owns the port.
LiveFacts ask_machine(const Connection& connection);
/// Begins to ask it, beside what the caller does until the answer is taken: looking through the processes
/// takes about as long as a server does for all other questions. `connection` must live until then.
MachineAnswer begin_to_ask_machine(const Connection& connection);

}  // namespace migrate
