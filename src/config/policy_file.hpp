#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "model/caller.hpp"
#include "model/error.hpp"
#include "target/level.hpp"

namespace migrate {

/// An Ed25519 public key whose signature approves plans for some environments.
struct ApprovalKey {
    std::string public_key;  ///< PEM, or base64 of the 32 bytes
    std::vector<std::string> environments;
    std::string name;
    std::string source;
};

/// What the policy files say together, and after tightened() also the repository. The defaults are what holds
/// where nobody wrote a file.
struct PolicyRules {
    std::vector<std::string> files;      ///< that were read, for `explain`
    std::vector<DeclaredLevel> targets;  ///< [[target]]: for LevelFacts::policy
    std::vector<Floor> floors;           ///< cells of the matrix made stricter
    std::chrono::seconds plan_max_age = std::chrono::hours(24);
    std::chrono::seconds backup_max_age = std::chrono::hours(24);
    std::vector<std::string> backup_command;    ///< prints the provider's newest snapshot
    std::vector<std::string> idempotent_seeds;  ///< ids or aliases of units
    bool may_disable_rules = true;              ///< whether a repository may turn lint rules off
    std::vector<ApprovalKey> keys;
};

/// One policy file. Error `config.invalid` with "file:line".
Result<PolicyRules> parse_policy(std::string_view text, const std::string& file);

/// /etc/migrate/policy.toml, then .config/migrate/policy.toml below the home directory of the user's passwd
/// entry; HOME and XDG_* are not read.
std::vector<std::filesystem::path> policy_paths(const Caller& caller);

/// Reads what exists of the files, the system's first. What both speak of goes to the stricter: the shorter
/// age, every floor, every level (the most careful counts), the system's backup command, no disabling of
/// rules if one forbids it; seeds and keys add up. Error `config.invalid`: a file that is wrong, cannot be
/// read, or that somebody else may write.
Result<PolicyRules> read_policy(const std::vector<std::filesystem::path>& paths);

/// The same with what the repository makes stricter. Nothing in it can loosen.
PolicyRules tightened(PolicyRules rules, const Tightening& repo);

/// Adds the ids of the units that `idempotent_seeds` names by alias.
void name_seeds_by_id(PolicyRules& rules, const std::vector<Unit>& units);

}  // namespace migrate
