#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::db {

/// Whether a table holds what users put there: it is no history or lock table of a migration tool, and none
/// of ours (`_migrate_*`).
bool is_user_table(std::string_view table);

/// Those of `tables` that hold what users put there, in the same order. `history_table` is no user table
/// either, whatever its name, nor is what a framework fills by itself after every migration.
std::vector<std::string> user_tables(const std::vector<std::string>& tables,
                                     std::string_view history_table = "");

}  // namespace migrate::db
