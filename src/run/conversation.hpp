#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "run/process.hpp"

namespace migrate {

/// A program that only reads and stays open to be asked again: a question is one line on its descriptor 3,
/// the answer one line there. Started by the first question. It is killed with this object, and told to end
/// when the descriptor is closed, which is also what happens when this process dies.
class Conversation {
  public:
    /// `timeout`, `collect`, `probe` and `log_dir` of the spec mean nothing here.
    explicit Conversation(ProcessSpec spec);
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// The answer without its line end. One that ended after it had answered is started once more. The error
    /// is how the program ended, with what it had printed; an interrupt or the limit ends it.
    tl::expected<std::string, ProcessResult> ask(std::string_view question, std::chrono::milliseconds limit);

  private:
    using Clock = std::chrono::steady_clock;
    struct Child;

    std::optional<ProcessResult> start();
    tl::expected<std::string, ProcessResult> ask_once(std::string_view question, Clock::time_point until);
    ProcessResult ended(std::optional<ProcessResult::End> by_us, int signal);

    ProcessSpec spec_;
    std::unique_ptr<Child> child_;
};

}  // namespace migrate
