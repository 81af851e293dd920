#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy_file.hpp"
#include "db/database.hpp"
#include "target/level.hpp"

// What people wrote into a database about the database itself: what it is (`mark`), that nothing may change
// it now (`freeze`), whose signature approves plans (`mark --key`), and which signatures are used up.
// PostgreSQL: table `marker` in schema `_migrate`; elsewhere `_migrate_marker`. One row a fact.
namespace migrate {

struct MarkRow {
    Level level = Level::production;
    std::string id;  ///< random, 32 hex digits: what identifies the database in plans
    std::string who;
    std::int64_t at = 0;     ///< seconds since the epoch
    std::int64_t until = 0;  ///< 0: for ever
    std::string identity;    ///< identity_of() when it was written
};

struct FreezeRow {
    std::string reason;
    std::string who;
    std::int64_t at = 0;
};

struct Marker {
    bool readable = true;  ///< false: it is there, and this role may not read it
    std::optional<MarkRow> mark;
    std::optional<FreezeRow> freeze;
    std::vector<ApprovalKey> keys;
    std::string identity;  ///< of the database as it is now
};

/// What tells this database of this server from a copy elsewhere: PostgreSQL the system identifier and the
/// database's oid, MySQL and MariaDB the server's own id (else host name and data directory) and the name,
/// SQLite host name and path. A logical dump restored elsewhere has another one; a physical copy has the
/// same.
std::string identity_of(db::Database& database, const Connection& connection);

/// A moment as marks and freezes are shown: RFC 3339 in UTC.
std::string time_text(std::int64_t at);

/// Reads all of it; nothing where there is none. A mark that has run out at `now` is none.
/// Errors: `target.unreachable`.
Result<Marker> read_marker(db::Database& database, const Connection& connection, std::int64_t now);

/// The mark as evidence: "marked production by alice on 2025-01-02".
Mark mark_of(const MarkRow& row, const std::string& identity);

/// Each writes in one transaction, and makes the table where it is missing (in PostgreSQL everybody may read
/// it: a role that cannot see the mark would be less careful). `database` is open for writing, in no
/// transaction. Errors: the database's.
Result<void> write_mark(db::Database& database, const MarkRow& row);
Result<void> write_key(db::Database& database, const ApprovalKey& key, const MarkRow& by);
Result<void> write_freeze(db::Database& database, const FreezeRow& row, const std::string& identity);
/// false: it was not frozen.
Result<bool> remove_freeze(db::Database& database);
/// Notes a signature as used for a plan. false: it had been used before.
Result<bool> use_signature(db::Database& database, const std::string& signature_sha256,
                           const std::string& plan_id, const std::string& who, std::int64_t now);

}  // namespace migrate
