#include "run/interrupts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

namespace migrate {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

// A signal handler has nothing but globals. All of them are here; they mean something only while a guard
// lives, and the mutex is for guards alone: the handler does not take it.
std::atomic<int> g_count{0};
std::atomic<int> g_signal{0};
std::atomic<int> g_write_end{-1};
static_assert(std::atomic<int>::is_always_lock_free);

std::mutex g_guards_mutex;
int g_guards = 0;
int g_read_end = -1;
std::array<struct sigaction, kSignals.size()> g_before;

extern "C" void note_signal(int signal) {
    int saved = errno;
    g_signal = signal;
    ++g_count;
    char byte = 0;
    // A full pipe is as good as a written one; nothing else can be done here.
    [[maybe_unused]] ssize_t put = ::write(g_write_end, &byte, 1);
    errno = saved;
}

}  // namespace

Interrupts::Interrupts() {
    std::lock_guard lock(g_guards_mutex);
    if (++g_guards > 1) return;
    g_count = 0;
    g_signal = 0;
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        g_read_end = ends[0];
        g_write_end = ends[1];
    }
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        ::sigaction(kSignals[i], nullptr, &g_before[i]);
        // What was started to outlive its terminal (nohup) stays that way.
        if (g_before[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
    }
}

Interrupts::~Interrupts() {
    std::lock_guard lock(g_guards_mutex);
    if (--g_guards > 0) return;
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &g_before[i], nullptr);
    int write_end = g_write_end.exchange(-1);
    if (write_end >= 0) ::close(write_end);
    if (g_read_end >= 0) ::close(g_read_end);
    g_read_end = -1;
}

int Interrupts::count() const {
    return g_count;
}

int Interrupts::signal() const {
    return g_signal;
}

int Interrupts::descriptor() const {
    std::lock_guard lock(g_guards_mutex);
    return g_read_end;
}

}  // namespace migrate
