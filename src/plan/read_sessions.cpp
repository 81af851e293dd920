#include "plan/read_sessions.hpp"

namespace migrate {

db::Database* ReadSessions::lent(const Target& target) const {
    auto found = lent_.find(target.name);
    return found == lent_.end() ? nullptr : found->second;
}

Result<db::Database*> ReadSessions::open(const Target& target) {
    auto found = opened_.find(target.name);
    if (found == opened_.end()) found = opened_.emplace(target.name, db::open(target.connection, {})).first;
    if (!found->second) return tl::unexpected(found->second.error());
    return found->second->get();
}

}  // namespace migrate
