#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/result.hpp"
#include "run/builtin.hpp"
#include "run/execute.hpp"

namespace migrate {

/// Files of a unit and when each was last written.
using Written = std::map<std::filesystem::path, std::filesystem::file_time_type>;

/// Native commands that write files write more than the one that proves it: a journal, a snapshot, the
/// schema.
bool may_write(const Step& step);

/// What such a command may write: the schema, and everything in the directories of the migrations and of the
/// files that are expected.
Written written_files(const Unit& unit, const std::vector<std::string>& patterns,
                      const std::filesystem::path& root);

/// Notes what has been written since; expected files stand first already.
void note_written(UnitResult& result, const Written& before, const Written& after,
                  const std::filesystem::path& root);

/// Notes the new files that the step must have written, beyond those that were there `before`; error
/// `run.unverified` where one is not there.
std::optional<Error> verify_files(UnitResult& result, const Step& step, const BuiltinState& state,
                                  const ExecuteSettings& settings,
                                  const std::set<std::filesystem::path>& before);

}  // namespace migrate
