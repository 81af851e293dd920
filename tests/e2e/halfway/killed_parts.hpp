#pragma once
#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/e2e/halfway/killed.hpp"

// What the tests of killed runs share.
namespace migrate::test {

/// The last migration: a table, a pause, another table; and back.
void write_half(const Killed& killed, const std::string& seconds);
bool has_table_of(const Killed& killed, const std::string& table);
/// Whether a session of the database is in such a pause.
bool is_sleeping(const Killed& killed);
/// The tools that a process has started, without what watches over them; and whether such a group lives.
std::vector<pid_t> tools_of(pid_t parent);
bool lives(pid_t group);
/// Whether the history has the migration, by what `status --json` says of the target.
bool is_recorded(const nlohmann::json& target, const std::string& id);
/// What `resolve` would have typed, by its document of the unit: what undoes, or else what only records.
std::vector<std::string> way_out(const nlohmann::json& unit);

}  // namespace migrate::test
