#pragma once
#include <sys/types.h>

#include <string>

namespace migrate::test {

/// A port of this machine that leads to another one, held by a process of the given name; gone with the
/// value.
class Forwarded {
  public:
    Forwarded(int to, const std::string& name);
    ~Forwarded();
    Forwarded(const Forwarded&) = delete;
    Forwarded& operator=(const Forwarded&) = delete;
    int port() const { return port_; }

  private:
    pid_t pid_ = -1;
    int port_ = 0;
};

}  // namespace migrate::test
