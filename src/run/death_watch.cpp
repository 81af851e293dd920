#include "run/death_watch.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace migrate {

namespace {

constexpr int kPolls = 100;
constexpr long kPollNanoseconds = 50'000'000;

void close_from(unsigned first) {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, first, ~0u, 0u) == 0) return;
#endif
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (long fd = first; fd < limit; ++fd) ::close(static_cast<int>(fd));
}

/// The whole life of the process that watches. Only system calls: other threads of the program that it was
/// forked from may have held locks.
[[noreturn]] void watch(int life, pid_t group) {
    ::setsid();  // what a terminal sends to the program is not for this one
    // Not by the C library's name for it: under a sanitizer that takes a lock, too.
    ::syscall(SYS_prctl, PR_SET_NAME, "migrate-watch", 0, 0, 0);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT})
        ::sigaction(signal, &ignore, nullptr);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(life, 0);
    close_from(1);  // also our copies of the writing ends, or their end would never come
    char byte = 0;
    ssize_t got = 0;
    while ((got = ::read(0, &byte, 1)) < 0 && errno == EINTR) continue;
    if (got != 0) ::_exit(0);
    ::kill(-group, SIGTERM);
    ::kill(-group, SIGCONT);
    for (int i = 0; i < kPolls && ::kill(-group, 0) == 0; ++i) {
        const timespec pause{0, kPollNanoseconds};
        ::nanosleep(&pause, nullptr);
    }
    ::kill(-group, SIGKILL);
    ::_exit(0);
}

}  // namespace

DeathWatch DeathWatch::over(pid_t group) {
    DeathWatch watching;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return watching;
    watching.pid_ = ::fork();
    if (watching.pid_ == 0) watch(ends[0], group);
    ::close(ends[0]);
    if (watching.pid_ < 0) {
        ::close(ends[1]);
        return watching;
    }
    watching.life_ = ends[1];
    return watching;
}

void DeathWatch::end() {
    if (pid_ <= 0) return;
    const char byte = 1;
    while (::write(life_, &byte, 1) < 0 && errno == EINTR) continue;
    ::close(std::exchange(life_, -1));
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    pid_ = -1;
}

}  // namespace migrate
