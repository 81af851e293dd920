#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/result.hpp"
#include "model/target.hpp"

namespace migrate {

/// `hosts` of one environment in `migrate.toml`: whatever matches is that environment's.
struct HostsRule {
    std::string environment;
    std::string pattern;
    std::string source;  ///< "migrate.toml:5"
};

/// A level that somebody declared, and where: the policy file ([[target]]), or migrate.toml.
struct DeclaredLevel {
    std::string host = "*";  ///< patterns that the target must match
    std::string database = "*";
    Level level = Level::production;
    std::string source;
    std::string reason;
};

/// What the database says of itself (`migrate mark`). A mark of another server or database (after a restore)
/// is foreign and counts only where it is the more careful.
struct Mark {
    Level level = Level::production;
    bool foreign = false;
    std::string text;  ///< "marked production by alice on 2025-01-02"
};

/// All that a level is decided from. What is not known is left at its default, which is the careful one.
struct LevelFacts {
    EnvironmentName environment;
    std::string settings_module;        ///< Django
    std::filesystem::path root;         ///< absolute scan root
    std::filesystem::path temporary;    ///< absolute directory for temporary files
    std::vector<std::string> services;  ///< of the repo's compose files
    std::vector<HostsRule> hosts;       ///< of every environment
    std::vector<DeclaredLevel> repo;    ///< migrate.toml: more care only
    std::vector<DeclaredLevel> policy;  ///< policy files
    std::optional<Mark> mark;
    std::vector<LevelEvidence> signs;  ///< of a managed service or a tunnel, as the server itself shows them
    bool empty_for_verb = false;       ///< no user tables, and the verb is run or seed
    bool made_by_us = false;           ///< created by this program for a test or a generation
};

struct LevelDecision {
    Level level = Level::shared;
    std::vector<LevelEvidence> evidence;  ///< all of it, what decided first
};

/// What a target is (contract, section 5.5): evidence of production decides; else a mark or the policy file;
/// else the `local` rules; else `shared`. Of several pieces of one kind the most careful counts, and a
/// repository can only raise the outcome. Pure.
LevelDecision decide_level(const Target& target, const LevelFacts& facts);

/// A name given by flag or MIGRATE_ENV that the evidence contradicts (contract, section 5.8): it claims to be
/// no production and the target is one by something else than the name, or the host is another environment's.
/// Error `policy.refused`, with both pieces.
std::optional<Error> contradiction(const Target& target, const LevelFacts& facts);

}  // namespace migrate
