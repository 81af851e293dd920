#include "plan/read_sessions.hpp"

namespace migrate {

db::Database* ReadSessions::lent(const Target& target) const {
    auto found = lent_.find(target.name);
    return found == lent_.end() ? nullptr : found->second;
}

Result<db::Database*> ReadSessions::open(const Target& target) {
    auto found = opened_.find(target.name);
    if (found == opened_.end()) {
        Opened opened{db::open(target.connection, {.for_writes = for_writes_}), std::nullopt};
        if (for_writes_ && opened.session) opened.version = (*opened.session)->version();
        found = opened_.emplace(target.name, std::move(opened)).first;
    }
    auto& session = found->second.session;
    if (!session) return tl::unexpected(session.error());
    return session->get();
}

std::unique_ptr<db::Database> ReadSessions::take(const Target& target) {
    auto found = opened_.find(target.name);
    if (found == opened_.end() || !found->second.session) return nullptr;
    auto session = std::move(*found->second.session);
    opened_.erase(found);
    return session;
}

std::optional<std::int64_t> ReadSessions::version(const Target& target) const {
    auto found = opened_.find(target.name);
    return found == opened_.end() ? std::nullopt : found->second.version;
}

}  // namespace migrate
