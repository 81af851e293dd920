#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/policy_file.hpp"
#include "target/level.hpp"

namespace migrate {

/// What a database and its server say of themselves, asked once and read-only before a changing verb is
/// judged (contract, section 5.6). Where nothing could be asked, nothing is known: that is never read as
/// "no".
struct LiveFacts {
    std::optional<Mark> mark;            ///< `migrate mark`
    std::string marker;                  ///< the mark's id, "" without one
    std::string frozen;                  ///< who froze it, since when and why: one clause; "" where not
    std::vector<ApprovalKey> keys;       ///< of `migrate mark --key`, where the mark is this database's own
    std::vector<LevelEvidence> signs;    ///< of a managed service, or of a tunnel that owns the port
    std::vector<LevelEvidence> remarks;  ///< what is worth knowing and decides nothing
    std::optional<bool> user_tables;     ///< whether users' tables are there
    std::optional<bool> rows;            ///< whether one of them holds a row
    /// Another unit's history is there, so the tables that this one's does not explain may be that one's.
    bool explained = false;

    /// Other sessions' transactions that a migration would wait behind, for people.
    std::vector<std::string> long_transactions;

    /// The most that may be taken for granted: no users' tables, or none that holds a row.
    bool empty() const { return user_tables == false; }
    bool without_rows() const { return empty() || rows == false; }
};

/// What is known when only the server's facts changed: whether a verdict that rests on `before` may stand.
bool same_for_judging(const LiveFacts& before, const LiveFacts& now);

}  // namespace migrate
