#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/support/servers.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

/// The real binary, started and left alone, so that it can be killed.
class Child {
  public:
    /// In anything that has a tree and an environment.
    template <class Repo>
    Child(const Repo& repo, const std::vector<std::string>& words) : Child(repo.tree, repo.env, words) {}
    Child(const Tree& tree, const std::map<std::string, std::string>& environment,
          const std::vector<std::string>& words);
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
void wait_for_silence(const Connection& connection);

}  // namespace migrate::test
