#pragma once
#include <functional>
#include <string>
#include <vector>

namespace migrate {

/// When a unit's turn comes although another has failed (--continue).
enum class Continue { never, dependencies_successful, always };

/// One piece of work and what it waits for.
struct Task {
    std::vector<std::size_t> after;  ///< indices of tasks that must have ended first
    std::string exclusive;           ///< tasks with the same non-empty key never run at the same time
    std::function<bool()> work;      ///< returns whether it succeeded; must not throw
};

enum class TaskEnd { succeeded, failed, not_started };

/// Runs the tasks in their order as far as `after` allows, `jobs` at a time, and says how each ended. With
/// one job everything runs on the calling thread.
std::vector<TaskEnd> run_tasks(const std::vector<Task>& tasks, int jobs, Continue mode);

}  // namespace migrate
