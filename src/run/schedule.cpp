#include "run/schedule.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace migrate {

namespace {

/// What the workers share. Every member is read and written under `mutex`.
class Board {
  public:
    Board(const std::vector<Task>& tasks, Continue mode)
        : tasks_(tasks), mode_(mode), ends_(tasks.size()), taken_(tasks.size(), false) {}

    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            auto next = take();
            if (!next) {
                if (running_ == 0) return changed_.notify_all();
                changed_.wait(lock);
                continue;
            }
            const Task& task = tasks_[*next];
            ++running_;
            lock.unlock();
            bool succeeded = task.work();
            lock.lock();
            --running_;
            busy_.erase(task.exclusive);
            ends_[*next] = succeeded ? TaskEnd::succeeded : TaskEnd::failed;
            failed_ |= !succeeded;
            changed_.notify_all();
        }
    }

    std::vector<TaskEnd> ends() const {
        std::vector<TaskEnd> all;
        for (const auto& end : ends_) all.push_back(end.value_or(TaskEnd::not_started));
        return all;
    }

  private:
    /// The first task that may start now. Tasks whose dependency failed are given up on the way.
    std::optional<std::size_t> take() {
        if (failed_ && mode_ == Continue::never) return std::nullopt;
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (taken_[i] || (!tasks_[i].exclusive.empty() && busy_.contains(tasks_[i].exclusive))) continue;
            bool ready = true, hopeless = false;
            for (std::size_t before : tasks_[i].after) {
                ready &= ends_[before].has_value();
                hopeless |=
                    mode_ != Continue::always && ends_[before] && *ends_[before] != TaskEnd::succeeded;
            }
            if (hopeless) {
                taken_[i] = true;
                ends_[i] = TaskEnd::not_started;
                return take();
            }
            if (!ready) continue;
            taken_[i] = true;
            if (!tasks_[i].exclusive.empty()) busy_.insert(tasks_[i].exclusive);
            return i;
        }
        return std::nullopt;
    }

    const std::vector<Task>& tasks_;
    Continue mode_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::optional<TaskEnd>> ends_;
    std::vector<bool> taken_;
    std::set<std::string> busy_;
    int running_ = 0;
    bool failed_ = false;
};

}  // namespace

std::vector<TaskEnd> run_tasks(const std::vector<Task>& tasks, int jobs, Continue mode) {
    Board board(tasks, mode);
    std::vector<std::jthread> others;
    for (int i = 1; i < std::min<int>(jobs, static_cast<int>(tasks.size())); ++i)
        others.emplace_back([&board] { board.work(); });
    board.work();
    others.clear();
    return board.ends();
}

}  // namespace migrate
