#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/adapter.hpp"

namespace migrate {

/// How the lock of a tool is read that it keeps in a table, where a killed run leaves it: `select` answers
/// with a row while it is taken. nullopt where the tool takes none, or one that ends with its session.
std::optional<HistoryQuery> left_lock_query(const Unit& unit, const std::filesystem::path& root,
                                            const Target& target);

/// How the session is found that holds a lock of the tool's own which ends with it: `select` answers with its
/// number, user, age in seconds, state and query. nullopt where the tool takes none, or its number is not
/// known.
std::optional<std::string> session_lock_query(const Unit& unit, const Target& target);

/// Whether what the reader of the tool's status answered (Adapter::read_status) says that its lock is taken.
bool says_locked(const Unit& unit, std::string_view answer);

/// Whether it is taken. Opens a read-only session of its own; what cannot be read counts as free.
bool has_left_lock(const Unit& unit, const std::filesystem::path& root, const Target& target);

}  // namespace migrate
