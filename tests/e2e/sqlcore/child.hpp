#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/e2e/sqlcore/repo.hpp"

namespace migrate::test {

/// The real binary, started and left alone, so that it can be killed.
class Child {
  public:
    Child(const Repo& repo, const std::vector<std::string>& words);
    ~Child();
    Child(Child&& other) noexcept : pid_(other.pid_), log_(std::move(other.log_)) { other.pid_ = -1; }
    Child& operator=(Child&&) = delete;

    pid_t pid() const { return pid_; }
    void kill();
    /// Its exit status; -9 where it was killed.
    int wait();
    /// What it said, on both streams.
    std::string output() const;

  private:
    pid_t pid_ = -1;
    std::string log_;
};

/// Which of the children has a TCP connection from that local port; 0 for none of them.
pid_t process_of_port(int port, const std::vector<Child>& children);

/// Waits until the server has no session of that database but the one that asks.
void wait_for_silence(const Repo& repo);

}  // namespace migrate::test
