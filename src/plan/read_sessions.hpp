#pragma once
#include <map>
#include <memory>
#include <string>

#include "db/database.hpp"
#include "model/target.hpp"

namespace migrate {

/// Sessions in which the targets of one unit are read: each opened when it is first needed, once, and closed
/// with this object. A target that did not answer is not asked a second time.
class ReadSessions {
  public:
    /// Reads in a session of somebody else's first, which may see more: what runs in it, and what its lock
    /// keeps others from. It must not be inside a transaction, and outlive this object.
    void lend(const Target& target, db::Database& session) { lent_[target.name] = &session; }

    /// What was lent; nullptr where nothing was.
    db::Database* lent(const Target& target) const;

    /// A read-only session of our own. Errors: those of db::open().
    Result<db::Database*> open(const Target& target);

  private:
    std::map<std::string, db::Database*> lent_;
    std::map<std::string, Result<std::unique_ptr<db::Database>>> opened_;
};

}  // namespace migrate
