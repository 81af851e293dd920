#include "run/lock_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migrate {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirst{2000};  // a tool that is through by then costs nothing
constexpr milliseconds kPause{500};
constexpr milliseconds kWorthSaying{1000};  // a tool may wait for many rows, shortly each

}  // namespace

void LockWatch::on_start(int pid) {
    thread_ = std::jthread([this, pid](std::stop_token stop) { watch(pid, stop); });
}

void LockWatch::on_end() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
    for (const auto& [key, current] : current_) seen_.push_back(current.wait);
    current_.clear();
}

std::optional<SeenWait> LockWatch::worst() const {
    std::optional<SeenWait> worst;
    for (const SeenWait& wait : seen_) {
        const bool worse = !worst || wait.cancelled || (!worst->cancelled && wait.seen > worst->seen);
        if (worse) worst = wait;
    }
    return worst;
}

void LockWatch::watch(int pid, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const auto stopped = [&](milliseconds pause) {
        wake_.wait_for(lock, stop, pause, [] { return false; });
        return stop.stop_requested();
    };
    if (stopped(kFirst)) return;
    do {
        if (!look(pid)) return;
    } while (!stopped(kPause));
}

/// false: there is no sense in looking again.
bool LockWatch::look(int pid) {
    auto all = lock_waits(session_);
    if (!all) return false;
    const auto waits = all->empty() ? std::vector<LockWait>{} : of_the_tool(std::move(*all), pid);
    const auto key_of = [](const LockWait& wait) { return wait.session + " " + wait.query; };
    for (auto one = current_.begin(); one != current_.end();) {
        const bool goes_on = std::any_of(waits.begin(), waits.end(),
                                         [&](const LockWait& wait) { return key_of(wait) == one->first; });
        if (!goes_on) seen_.push_back(one->second.wait);
        one = goes_on ? std::next(one) : current_.erase(one);
    }
    for (const LockWait& wait : waits) {
        const auto [one, first] = current_.try_emplace(key_of(wait));
        if (first)
            one->second.since = Clock::now();
        else
            follow(wait, one->second);
    }
    return true;
}

std::vector<LockWait> LockWatch::of_the_tool(std::vector<LockWait> waits, int pid) {
    const auto is_named = [&](const LockWait& wait) { return !name_.empty() && wait.application == name_; };
    if (std::all_of(waits.begin(), waits.end(), is_named)) return waits;
    const auto sockets = tcp_sockets();
    if (!path_) {
        auto own = own_end(session_);
        if (own) path_ = direct_path(*own, sockets, sockets_of("self"));
    }
    std::set<std::string> inodes;
    if (path_)
        for (const auto& process : processes_of_session(pid)) inodes.merge(sockets_of(process));
    std::erase_if(waits, [&](const LockWait& wait) {
        return !is_named(wait) && !(path_ && is_owner(wait.client, *path_, sockets, inodes));
    });
    return waits;
}

void LockWatch::follow(const LockWait& wait, Current& current) {
    const auto seen = std::chrono::duration_cast<milliseconds>(Clock::now() - current.since);
    current.wait.seen = std::max(seen, current.wait.seen);
    if (!current.noted && seen >= kWorthSaying) {
        current.noted = true;
        current.wait.blockers = blockers_of(session_, wait);
        const std::string who = text_of(current.wait.blockers);
        note_("waits for a lock" + (who.empty() ? "" : ", " + who));
    }
    if (seen < kLockLimit) return;
    if (!cancels_) cancels_ = may_();
    if (!*cancels_) return;
    if (auto blockers = blockers_of(session_, wait); !blockers.sessions.empty())
        current.wait.blockers = std::move(blockers);
    if (!cancel_wait(session_, wait)) return;
    current.since = Clock::now();  // a tool that tries again by itself gets the same time again
    current.wait.cancelled = true;
    note_(fmt::format("waited {} s for the lock: the statement was cancelled, so that nobody waits behind it",
                      kLockLimit.count()));
}

}  // namespace migrate
