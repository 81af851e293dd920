#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "live/lock_waits.hpp"
#include "live/session_owner.hpp"
#include "run/process.hpp"

namespace migrate {

/// How long a migration may wait for a lock: everybody who comes after it waits behind it.
constexpr std::chrono::seconds kLockLimit{5};

/// A wait of the native tool that was seen.
struct SeenWait {
    Blockers blockers;
    std::chrono::milliseconds seen{0};  ///< how long it was watched; it began up to two seconds before
    bool cancelled = false;             ///< by us
};

/// Looks from outside whether a native tool waits for a lock, and ends waits that are too long: the only way
/// with tools and drivers that no limit can be handed to. It runs on a thread of its own while the tool does,
/// and asks nothing in the first two seconds.
///
/// A session counts as the tool's only where its client's end, as the server sees it, is a TCP socket that a
/// process of the tool's own session holds (live/session_owner.hpp), or where it calls itself by a name that
/// was made for this one run. Through a pooler, a tunnel or a local socket only the latter can be known; else
/// nothing is cancelled or said: an innocent program's query is worth more.
class LockWatch : public ProcessWatch {
  public:
    /// Whether a wait may be cancelled, asked when the first is seen; else they are only noted.
    using May = std::function<bool()>;
    /// Is called on the watching thread.
    using Note = std::function<void(std::string_view)>;

    /// `session` (the one that holds the migration lock) is used by nobody else between on_start and on_end.
    /// `name`: what the tool's sessions may call themselves, "" for nothing.
    LockWatch(db::Database& session, std::string name, May may, Note note)
        : session_(session), name_(std::move(name)), may_(std::move(may)), note_(std::move(note)) {}
    ~LockWatch() override { on_end(); }
    LockWatch(const LockWatch&) = delete;
    LockWatch& operator=(const LockWatch&) = delete;

    void on_start(int pid) override;
    void on_end() override;

    /// The wait that was cancelled last, or else the longest. After on_end.
    std::optional<SeenWait> worst() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct Current {
        Clock::time_point since;
        bool noted = false;
        SeenWait wait;
    };

    void watch(int pid, std::stop_token stop);
    bool look(int pid);
    std::vector<LockWait> of_the_tool(std::vector<LockWait> waits, int pid);
    void follow(const LockWait& wait, Current& current);

    db::Database& session_;
    std::string name_;
    May may_;
    Note note_;
    std::optional<bool> cancels_;
    std::mutex mutex_;  // only to sleep on
    std::condition_variable_any wake_;
    std::optional<Path> path_;
    std::map<std::string, Current> current_;  // by session and query
    std::vector<SeenWait> seen_;
    std::jthread thread_;
};

}  // namespace migrate
