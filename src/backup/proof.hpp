#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "backup/programs.hpp"
#include "backup/store.hpp"
#include "model/target.hpp"

namespace migrate {

/// What a proof of backup is asked with.
struct ProofSettings {
    BackupStore store;
    ProgramSettings programs;
    std::chrono::seconds max_age{0};
    std::vector<std::string> command;  ///< of the policy file; asked where there is no dump of our own
    std::chrono::milliseconds command_time{60000};
    std::int64_t now = 0;
};

/// Whether there is a fresh backup of a database, and which, or why not: one clause for people.
struct Proof {
    bool proven = false;
    std::string what;
};

/// A dump of our own of this very database, not older than `max_age` and still of the size that was
/// recorded; else what `command` prints: one JSON object {"id", "resource", "taken_at", "restorable_to"} of
/// the provider's newest snapshot or of its point-in-time recovery. Its `resource` must be the target's own
/// (its host, the first label of it, or HOST/DATABASE), its newer time (RFC 3339, UTC) within `max_age`. The
/// command has `command_time` and is given MIGRATE_TARGET_HOST and MIGRATE_TARGET_DATABASE.
Proof proof_of_backup(const Target& target, const std::string& fingerprint, const ProofSettings& settings);

}  // namespace migrate
