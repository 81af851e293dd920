#pragma once
#include <filesystem>
#include <optional>

#include "adapters/adapter.hpp"

namespace migrate {

/// How the lock of a tool is read that it keeps in a table, where a killed run leaves it: `select` answers
/// with a row while it is taken. nullopt where the tool takes none, or one that ends with its session.
std::optional<HistoryQuery> left_lock_query(const Unit& unit, const std::filesystem::path& root,
                                            const Target& target);

/// Whether it is taken. Opens a read-only session of its own; what cannot be read counts as free.
bool has_left_lock(const Unit& unit, const std::filesystem::path& root, const Target& target);

}  // namespace migrate
