#pragma once

namespace migrate {

/// As long as one lives, SIGINT, SIGTERM and SIGHUP do not end this process but are noted, so that whoever is
/// at work can stop in good order. Nesting and several threads are fine: all see the same note. A verb makes
/// one before its first step and asks between steps; run_process makes its own.
class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// How many of these signals have arrived since the first living guard was made.
    int count() const;
    /// The last one that arrived; 0 for none.
    int signal() const;
    /// Readable from the first signal on. Never read from it: others wait on it too.
    int descriptor() const;
};

}  // namespace migrate
