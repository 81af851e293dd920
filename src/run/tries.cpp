#include "run/tries.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <random>

#include "run/interrupts.hpp"

namespace migrate {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{1000};

/// PostgreSQL (55P03, 40P01, 40001, 57P03, 53300) and MySQL (1205, 1213, 1040).
constexpr std::array<std::string_view, 10> kWords{"due to lock timeout",
                                                  "could not obtain lock",
                                                  "deadlock detected",
                                                  "could not serialize access",
                                                  "the database system is starting up",
                                                  "too many clients already",
                                                  "remaining connection slots are reserved",
                                                  "Lock wait timeout exceeded",
                                                  "Deadlock found when trying to get lock",
                                                  "Too many connections"};

}  // namespace

std::optional<milliseconds> Tries::next() {
    const auto now = Clock::now();
    if (!first_) first_ = now;
    if (count_ == kMost) return std::nullopt;
    // Two that failed behind the same lock shall not come again at the same moment.
    std::uniform_real_distribution<> spread(0.8, 1.2);
    std::random_device random;
    const auto pause = milliseconds(
        static_cast<long>(static_cast<double>((kFirstPause * (1 << count_)).count()) * spread(random)));
    if (now + pause > *first_ + within_) return std::nullopt;
    ++count_;
    return pause;
}

bool passes_by_itself(std::string_view said) {
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view words) { return said.find(words) != std::string_view::npos; });
}

bool sleep_for(milliseconds pause) {
    const Interrupts interrupts;
    if (interrupts.count() > 0) return false;
    pollfd wake{interrupts.descriptor(), POLLIN, 0};
    ::poll(&wake, 1, static_cast<int>(pause.count()));
    return interrupts.count() == 0;
}

}  // namespace migrate
