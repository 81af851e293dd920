#include "run/conversation.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "run/interrupts.hpp"
#include "run/launch.hpp"
#include "run/output.hpp"

namespace migrate {

namespace {

constexpr std::chrono::milliseconds kLeave{1000};  // what a child that has hung up may take to be gone
constexpr std::chrono::milliseconds kLeavePoll{2};
constexpr std::chrono::milliseconds kInterruptPoll{50};
constexpr std::size_t kLongest = 16u << 20;  // an answer

/// What can be read without waiting; false once nothing more will come.
bool read_some(int fd, std::string& into) {
    std::array<char, 64 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count > 0) {
            into.append(buffer.data(), static_cast<std::size_t>(count));
            continue;
        }
        if (count < 0 && errno == EINTR) continue;
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
}

void never_block(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

struct Conversation::Child {
    Child(const ProcessSpec& spec, Launched launched)
        : pid(launched.pid),
          talk(std::move(launched.probe)),
          out(std::move(launched.out)),
          err(std::move(launched.err)),
          out_kept(Stream::out, spec, unheard),
          err_kept(Stream::err, spec, unheard) {
        for (int fd : {talk.get(), out.get(), err.get()}) never_block(fd);
    }
    ~Child() {
        if (pid <= 0) return;
        ::kill(-pid, SIGKILL);
        reap(0);
    }

    /// Whether it has ended and is waited for; `options` as for waitpid.
    bool reap(int options) {
        pid_t done = 0;
        do done = ::waitpid(pid, &status, options);
        while (done < 0 && errno == EINTR);
        if (done == 0) return false;
        pid = -1;
        return true;
    }

    void take_output() {
        for (auto [pipe, kept] : {std::pair{&out, &out_kept}, std::pair{&err, &err_kept}}) {
            std::string text;
            if (pipe->get() >= 0 && !read_some(pipe->get(), text)) pipe->close();
            if (!text.empty()) kept->feed(text, Clock::now());
        }
    }

    const OutputHandler unheard;
    int pid = -1;
    int status = 0;
    Descriptor talk, out, err;
    OutputStream out_kept, err_kept;
    std::string heard;  ///< of an answer that is not there as a whole
    bool answered = false;
    Clock::time_point started = Clock::now();
};

Conversation::Conversation(ProcessSpec spec) : spec_(std::move(spec)) {}
Conversation::~Conversation() = default;

std::optional<ProcessResult> Conversation::start() {
    spec_.log_dir.clear();
    auto launched = launch(spec_, true);
    if (launched) {
        child_ = std::make_unique<Child>(spec_, std::move(*launched));
        return std::nullopt;
    }
    ProcessResult result;
    result.start_error = launched.error();
    return result;
}

tl::expected<std::string, ProcessResult> Conversation::ask(std::string_view question,
                                                           std::chrono::milliseconds limit) {
    const auto until = Clock::now() + limit;
    const bool again = child_ && child_->answered;
    auto answer = ask_once(question, until);
    const bool left = !answer && (answer.error().end == ProcessResult::End::exited ||
                                  answer.error().end == ProcessResult::End::signalled);
    return again && left ? ask_once(question, until) : answer;
}

tl::expected<std::string, ProcessResult> Conversation::ask_once(std::string_view question,
                                                                Clock::time_point until) {
    const Interrupts interrupts;
    const int before = interrupts.count();
    if (!child_)
        if (auto problem = start()) return tl::unexpected(std::move(*problem));
    Child& child = *child_;
    const std::string line = std::string(question) + "\n";
    // A socket with room for a line, and no signal where nobody listens any more.
    (void)!::send(child.talk.get(), line.data(), line.size(), MSG_NOSIGNAL);
    for (;;) {
        const bool talks = read_some(child.talk.get(), child.heard);
        child.take_output();
        if (auto end = child.heard.find('\n'); end != std::string::npos) {
            std::string answer = child.heard.substr(0, end);
            child.heard.erase(0, end + 1);
            child.answered = true;
            return answer;
        }
        if (!talks || child.heard.size() > kLongest) return tl::unexpected(ended(std::nullopt, 0));
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0) return tl::unexpected(ended(ProcessResult::End::timed_out, 0));
        if (interrupts.count() > before)
            return tl::unexpected(ended(ProcessResult::End::interrupted, interrupts.signal()));
        // An interrupt from before this question keeps their descriptor readable: then they are counted.
        const int watched = before == 0 ? interrupts.descriptor() : -1;
        const auto wait = before == 0 ? left : std::min(left, kInterruptPoll);
        std::array<pollfd, 4> all{{{child.talk.get(), POLLIN, 0},
                                   {child.out.get(), POLLIN, 0},
                                   {child.err.get(), POLLIN, 0},
                                   {watched, POLLIN, 0}}};
        ::poll(all.data(), all.size(), static_cast<int>(wait.count()));
    }
}

/// Says how it ended: by itself, or because of what is given.
ProcessResult Conversation::ended(std::optional<ProcessResult::End> by_us, int signal) {
    Child& child = *child_;
    const auto patience = Clock::now() + kLeave;
    bool gone = false;
    while (!by_us && !gone && Clock::now() < patience) {
        gone = child.reap(WNOHANG);
        if (!gone) std::this_thread::sleep_for(kLeavePoll);
    }
    if (!gone) {
        ::kill(-child.pid, SIGKILL);
        child.reap(0);
    }
    child.take_output();
    child.out_kept.finish();
    child.err_kept.finish();
    ProcessResult result;
    result.out = child.out_kept.captured();
    result.err = child.err_kept.captured();
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - child.started);
    if (WIFEXITED(child.status)) result.exit_code = WEXITSTATUS(child.status);
    if (WIFSIGNALED(child.status)) result.signal = WTERMSIG(child.status);
    if (signal != 0) result.signal = signal;
    result.end = by_us                       ? *by_us
                 : WIFSIGNALED(child.status) ? ProcessResult::End::signalled
                                             : ProcessResult::End::exited;
    child_.reset();
    return result;
}

}  // namespace migrate
