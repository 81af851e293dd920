#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/caller.hpp"
#include "model/result.hpp"
#include "run/target_lock.hpp"

namespace migrate {

class Redactor;
class RunObserver;

/// What the steps of one unit run with. Everything a step may touch is in here.
struct ExecuteSettings {
    std::filesystem::path root;        ///< absolute scan root
    std::filesystem::path state_dir;   ///< private directory for full outputs and copies of history tables
    const Environment* env = nullptr;  ///< what native tools inherit; the steps' own variables go on top
    const Redactor* redactor = nullptr;
    RunObserver* observer = nullptr;              ///< must stand calls from several threads (Observers)
    std::string now;                              ///< what {now} stands for: YYYYMMDDHHMMSS in UTC
    std::optional<std::chrono::seconds> timeout;  ///< --timeout
    std::chrono::milliseconds lock_wait{60'000};  ///< --wait
    /// By target: version() before the plan's facts were read, where nobody has written since.
    std::map<std::string, std::int64_t> unchanged = {};
};

/// Reads a target's history anew; called after every step that should have changed it.
using HistoryReader = std::function<Result<History>(const Target&)>;

/// Runs the steps of one unit's plan in order and stops at the first that fails or does not do what it
/// should: an exit status of 0 proves nothing, the history is read again and compared with the step's
/// `expect` (`run.unverified`). Fills changed, steps, done, left, files and error of `result`, whose plan,
/// unit and targets are set. Scratch databases that the steps created are dropped however it ends.
void execute(UnitResult& result, const TargetLocks& locks, const HistoryReader& reader,
             const ExecuteSettings& settings);

}  // namespace migrate
