#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace migrate {

/// How often a step is started again, and when: after about 1, 2 and 4 s, and never later than `within` after
/// the first failure.
class Tries {
  public:
    explicit Tries(std::chrono::milliseconds within) : within_(within) {}
    /// The pause before the next try; nullopt where there is none.
    std::optional<std::chrono::milliseconds> next();
    /// How many pauses were given out.
    int count() const { return count_; }
    static constexpr int kMost = 3;

  private:
    using Clock = std::chrono::steady_clock;
    std::chrono::milliseconds within_;
    std::optional<Clock::time_point> first_;
    int count_ = 0;
};

/// Whether words of a tool or a server name a failure that passes by itself: a lock, a deadlock, a conflict
/// of transactions, a server that is starting or full. PostgreSQL, MySQL and MariaDB, in English.
bool passes_by_itself(std::string_view said);

/// Sleeps; false as soon as an interrupt is noted (run/interrupts.hpp).
bool sleep_for(std::chrono::milliseconds pause);

}  // namespace migrate
