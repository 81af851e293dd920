#pragma once
#include <span>
#include <string>
#include <string_view>

#include "config/tree.hpp"
#include "model/error.hpp"

namespace migrate {

/// Who may set a key. A repository is what the policy governs, so it may name things and be stricter, never
/// looser: `policy` keys in a `migrate.toml` are errors.
enum class Trust {
    repo,     ///< `migrate.toml` only
    tighten,  ///< both; in `migrate.toml` only what is stricter counts
    policy    ///< policy files only
};

enum class KeyType { text, texts, flag, duration, tool, engine, level, decision, severity };

/// One known key. In `path`, "*" stands for any name and "[]" for each entry of an array of tables.
struct Key {
    std::string_view path;
    KeyType type;
    Trust trust;
    std::string_view about;  ///< one clause, for documents
};

/// Every key of `migrate.toml` and of the policy files, in the order in which documents list them.
std::span<const Key> all_keys();

enum class ConfigKind { repo, policy };

/// Whether every key of a document is known, has its type and may stand in this kind of file. Errors:
/// `config.invalid`, "file:line: ...", with the nearest known key.
Result<void> check_keys(const TomlNode& document, ConfigKind kind, const std::string& file);

std::string_view to_string(Trust trust);

}  // namespace migrate
