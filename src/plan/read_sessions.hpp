#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "db/database.hpp"
#include "model/target.hpp"

namespace migrate {

/// Sessions in which the targets of one unit are read: each opened when it is first needed, once, and closed
/// with this object. A target that did not answer is not asked a second time.
class ReadSessions {
  public:
    /// `for_writes`: the sessions will be taken to write in.
    explicit ReadSessions(bool for_writes = false) : for_writes_(for_writes) {}
    ReadSessions(ReadSessions&&) = default;
    ReadSessions& operator=(ReadSessions&&) = default;

    /// Reads in a session of somebody else's first, which may see more: what runs in it, and what its lock
    /// keeps others from. It must not be inside a transaction, and outlive this object.
    void lend(const Target& target, db::Database& session) { lent_[target.name] = &session; }

    /// What was lent; nullptr where nothing was.
    db::Database* lent(const Target& target) const;

    /// A read-only session of our own. Errors: those of db::open().
    Result<db::Database*> open(const Target& target);

    /// Gives away the session that open() has opened; nullptr where there is none.
    std::unique_ptr<db::Database> take(const Target& target);

    /// Its version() before anything was read in it.
    std::optional<std::int64_t> version(const Target& target) const;

  private:
    struct Opened {
        Result<std::unique_ptr<db::Database>> session;
        std::optional<std::int64_t> version;
    };

    bool for_writes_;
    std::map<std::string, db::Database*> lent_;
    std::map<std::string, Opened> opened_;
};

}  // namespace migrate
