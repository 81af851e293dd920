#pragma once
#include <sys/types.h>

#include <utility>

namespace migrate {

/// A process beside a child that ends the child's whole group when this program dies without a word (SIGKILL,
/// out of memory): SIGTERM, and after five seconds SIGKILL. The lock of a dead migrator is free at once, and
/// the next one must not meet a tool that goes on behind its back.
///
/// PR_SET_PDEATHSIG would do without a process, but reaches the child alone: launchers (npx, mvn, the script
/// `flyway`) start the tool as a child of their own.
class DeathWatch {
  public:
    DeathWatch() = default;
    DeathWatch(DeathWatch&& other) noexcept
        : life_(std::exchange(other.life_, -1)), pid_(std::exchange(other.pid_, -1)) {}
    DeathWatch& operator=(DeathWatch&& other) noexcept {
        std::swap(life_, other.life_);
        std::swap(pid_, other.pid_);
        return *this;
    }
    ~DeathWatch() { end(); }

    /// Over a process group that has just been started. Where the system refuses, nobody watches.
    static DeathWatch over(pid_t group);

    /// The group is nobody's business any more.
    void end();

  private:
    int life_ = -1;  ///< the writing end of a pipe that nobody else holds
    pid_t pid_ = -1;
};

}  // namespace migrate
