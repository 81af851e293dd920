#include "run/schedule.hpp"

#include <atomic>
#include <mutex>
#include <thread>

using namespace migrate;

namespace {

/// Tasks that note the order in which they ran; the ones named in `failing` fail.
struct Recorder {
    std::mutex mutex;
    std::vector<std::size_t> order;
    Task task(std::size_t number, std::vector<std::size_t> after = {}, bool succeeds = true,
              std::string key = "") {
        return {std::move(after), std::move(key), [this, number, succeeds] {
                    std::lock_guard lock(mutex);
                    order.push_back(number);
                    return succeeds;
                }};
    }
};

using Ends = std::vector<TaskEnd>;
constexpr auto ok = TaskEnd::succeeded, failed = TaskEnd::failed, left = TaskEnd::not_started;

}  // namespace

TEST_CASE("tasks run in their order, behind what they wait for") {
    for (int jobs : {1, 4}) {
        Recorder recorder;
        std::vector<Task> tasks{recorder.task(0, {2}), recorder.task(1, {0}), recorder.task(2)};
        CHECK(run_tasks(tasks, jobs, Continue::never) == Ends{ok, ok, ok});
        CHECK(recorder.order == std::vector<std::size_t>{2, 0, 1});
    }
}

TEST_CASE("after a failure nothing, the independent, or everything goes on") {
    auto ends = [](Continue mode) {
        Recorder recorder;
        std::vector<Task> tasks{recorder.task(0, {}, false), recorder.task(1, {0}), recorder.task(2),
                                recorder.task(3, {1})};
        return run_tasks(tasks, 1, mode);
    };
    CHECK(ends(Continue::never) == Ends{failed, left, left, left});
    CHECK(ends(Continue::dependencies_successful) == Ends{failed, left, ok, left});
    CHECK(ends(Continue::always) == Ends{failed, ok, ok, ok});
}

TEST_CASE("tasks on one database never run at the same time") {
    std::atomic<int> inside = 0, most = 0, runs = 0;
    std::vector<Task> tasks;
    for (int i = 0; i < 40; ++i)
        tasks.push_back({{}, "same", [&] {
                             most = std::max(most.load(), ++inside);
                             std::this_thread::yield();
                             --inside;
                             ++runs;
                             return true;
                         }});
    run_tasks(tasks, 8, Continue::always);
    CHECK(runs == 40);
    CHECK(most == 1);
}
