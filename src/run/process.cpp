// One child from its start to its end. Boost.Asio reads its pipes and keeps the time; what starts it is in
// launch.cpp.
#include "run/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <thread>

#include "run/death_watch.hpp"
#include "run/interrupts.hpp"
#include "run/launch.hpp"
#include "run/output.hpp"

namespace migrate {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kQuiet{150};          // a half line that has waited so long is shown
constexpr milliseconds kDrainQuiet{250};     // after the child's end: silence that ends the reading
constexpr milliseconds kDrainLongest{3000};  // and what ends it in any case
constexpr milliseconds kGroupPoll{20};
constexpr milliseconds kInterruptPoll{50};
constexpr milliseconds kAfterKill{500};  // what a killed group may take to be gone

/// One output pipe of the child, and what becomes of its bytes.
struct Source {
    explicit Source(asio::io_context& loop) : pipe(loop), silence(loop), buffer(64 * 1024) {}
    asio::posix::stream_descriptor pipe;
    asio::steady_timer silence;
    std::vector<char> buffer;
    OutputStream* lines = nullptr;
    std::string* raw = nullptr;  // also appended here, up to `raw_limit`
    std::size_t raw_limit = 0;
    bool* raw_all = nullptr;
};

/// One child from its start to its end. Everything but waiting for it happens on the thread that calls `run`.
class Child {
  public:
    Child(const ProcessSpec& spec, const OutputHandler& handler)
        : spec_(spec), out_lines_(Stream::out, spec, handler), err_lines_(Stream::err, spec, handler) {}
    ~Child();
    ProcessResult run();

  private:
    Result<void> start();
    void listen(Source& source, Descriptor pipe, OutputStream* lines);
    void read(Source& source);
    void take(Source& source, std::string_view bytes);
    void show_half_line_when_quiet(Source& source);
    void await_exit();
    void await_timeout();
    void await_interrupt();
    void look_for_interrupts();
    void stop(int signal);
    void on_exit();
    void await_group(Clock::time_point patience);
    void drain();
    void reap();
    void fill_in_end();

    const ProcessSpec& spec_;
    ProcessResult result_;
    Interrupts interrupts_;
    asio::io_context loop_{1};
    OutputStream out_lines_, err_lines_;
    Source out_{loop_}, err_{loop_}, probe_{loop_};
    asio::posix::stream_descriptor interrupt_{loop_};
    asio::steady_timer time_limit_{loop_}, escalation_{loop_}, interrupt_poll_{loop_}, group_poll_{loop_},
        drain_{loop_};
    std::thread waiter_;
    DeathWatch death_watch_;  // ends the child should this process be killed
    Clock::time_point started_, exited_;
    int pid_ = -1;
    int status_ = 0;
    int sent_ = 0;  // the last signal that the group got from us
    int interrupts_seen_ = 0;
    int open_pipes_ = 0;
    bool has_exited_ = false;
    bool reaped_ = false;
    bool draining_ = false;
    bool timed_out_ = false;
};

/// A callback that threw leaves neither a child nor its processes behind.
Child::~Child() {
    if (pid_ > 0 && !reaped_) ::kill(-pid_, SIGKILL);
    if (waiter_.joinable()) waiter_.join();
    if (pid_ > 0 && !reaped_) reap();
}

ProcessResult Child::run() {
    interrupts_seen_ = interrupts_.count();
    if (interrupts_seen_ > 0 && !spec_.after_interrupt) {
        result_.end = ProcessResult::End::interrupted;
        result_.signal = interrupts_.signal();
        return std::move(result_);
    }
    started_ = Clock::now();
    if (auto started = start(); !started) {
        result_.start_error = started.error();
        return std::move(result_);
    }
    if (spec_.watch) spec_.watch->on_start(pid_);
    await_exit();
    await_timeout();
    await_interrupt();
    loop_.run();
    out_lines_.finish();
    err_lines_.finish();
    result_.out = out_lines_.captured();
    result_.err = err_lines_.captured();
    fill_in_end();
    return std::move(result_);
}

Result<void> Child::start() {
    auto launched = launch(spec_);
    if (!launched) return tl::unexpected(launched.error());
    pid_ = launched->pid;
    death_watch_ = DeathWatch::over(pid_);
    listen(out_, std::move(launched->out), &out_lines_);
    out_.raw = &result_.collected;
    out_.raw_limit = spec_.collect;
    out_.raw_all = &result_.collected_all;
    listen(err_, std::move(launched->err), &err_lines_);
    if (!spec_.probe) return {};
    listen(probe_, std::move(launched->probe), nullptr);
    probe_.raw = &result_.probe;
    probe_.raw_limit = spec_.probe_limit;
    probe_.raw_all = &result_.probe_all;
    return {};
}

void Child::listen(Source& source, Descriptor pipe, OutputStream* lines) {
    source.pipe.assign(pipe.release());
    source.lines = lines;
    ++open_pipes_;
    read(source);
}

void Child::read(Source& source) {
    source.pipe.async_read_some(asio::buffer(source.buffer),
                                [this, &source](error_code problem, std::size_t count) {
                                    if (!problem) {
                                        take(source, {source.buffer.data(), count});
                                        if (draining_) drain();
                                        read(source);
                                    } else {
                                        source.silence.cancel();
                                        if (--open_pipes_ == 0 && draining_) loop_.stop();
                                    }
                                });
}

void Child::take(Source& source, std::string_view bytes) {
    if (source.raw) {
        std::size_t fits = std::min(bytes.size(), source.raw_limit - source.raw->size());
        source.raw->append(bytes.substr(0, fits));
        if (fits < bytes.size() && source.raw_limit > 0) *source.raw_all = false;
    }
    if (!source.lines) return;
    source.lines->feed(bytes, Clock::now());
    show_half_line_when_quiet(source);
}

void Child::show_half_line_when_quiet(Source& source) {
    if (!source.lines->has_half_line()) return;
    source.silence.expires_after(kQuiet);
    source.silence.async_wait([&source](error_code cancelled) {
        if (!cancelled) source.lines->quiet();
    });
}

/// The kernel tells a parent of a child's end by SIGCHLD, whose handler belongs to the whole process, or by
/// blocking. A thread that blocks disturbs nobody; it leaves the child to be reaped by `reap`.
void Child::await_exit() {
    waiter_ = std::thread([this, pid = pid_] {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
            continue;
        asio::post(loop_, [this] { on_exit(); });
    });
}

void Child::await_timeout() {
    if (spec_.timeout.count() <= 0) return;
    time_limit_.expires_after(spec_.timeout);
    time_limit_.async_wait([this](error_code cancelled) {
        if (cancelled || has_exited_) return;
        timed_out_ = true;
        stop(SIGTERM);
    });
}

void Child::await_interrupt() {
    if (interrupts_seen_ > 0) return look_for_interrupts();
    interrupt_.assign(::fcntl(interrupts_.descriptor(), F_DUPFD_CLOEXEC, 0));
    interrupt_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code cancelled) {
        if (!cancelled) look_for_interrupts();
    });
}

/// Once one has come the descriptor stays readable, so that others who wait on it wake up too; from then on
/// the count is looked at from time to time.
void Child::look_for_interrupts() {
    if (has_exited_) return;
    if (int count = interrupts_.count(); count > interrupts_seen_) {
        bool again = result_.signal != 0;
        interrupts_seen_ = count;
        result_.signal = interrupts_.signal();
        if (!again && sent_ == 0)
            stop(result_.signal);
        else
            stop(sent_ == SIGTERM ? SIGKILL : SIGTERM);
    }
    interrupt_poll_.expires_after(kInterruptPoll);
    interrupt_poll_.async_wait([this](error_code cancelled) {
        if (!cancelled) look_for_interrupts();
    });
}

/// Tells the whole group, and does so more strongly after the grace.
void Child::stop(int signal) {
    sent_ = signal;
    ::kill(-pid_, signal);
    ::kill(-pid_, SIGCONT);  // a stopped process would not hear it
    if (signal == SIGKILL) {
        escalation_.cancel();
        return;
    }
    escalation_.expires_after(spec_.grace);
    escalation_.async_wait([this, signal](error_code cancelled) {
        if (!cancelled) stop(signal == SIGTERM ? SIGKILL : SIGTERM);
    });
}

void Child::on_exit() {
    has_exited_ = true;
    exited_ = Clock::now();
    time_limit_.cancel();
    interrupt_poll_.cancel();
    error_code not_open;
    interrupt_.cancel(not_open);
    if (spec_.watch) spec_.watch->on_end();
    reap();
    if (sent_ != 0)
        await_group(exited_ + spec_.grace + kAfterKill);
    else
        drain();
}

/// A group that was told to stop may outlive its leader: it keeps the rest of its grace, and SIGKILL ends it.
/// The group's number cannot be given to anyone else while one of its processes lives.
void Child::await_group(Clock::time_point patience) {
    bool gone = ::kill(-pid_, 0) != 0;
    if (gone || Clock::now() >= patience) {
        escalation_.cancel();
        return drain();
    }
    group_poll_.expires_after(kGroupPoll);
    group_poll_.async_wait([this, patience](error_code cancelled) {
        if (!cancelled) await_group(patience);
    });
}

/// Reads what the child has left in the pipes. A process that it left behind (a daemon) may hold them open
/// for ever: silence ends the reading.
void Child::drain() {
    draining_ = true;
    if (open_pipes_ == 0) return loop_.stop();
    auto until = std::min(Clock::now() + kDrainQuiet, exited_ + spec_.grace + kDrainLongest);
    drain_.expires_at(until);
    drain_.async_wait([this](error_code cancelled) {
        if (cancelled) return;
        result_.held_open = true;
        loop_.stop();
    });
}

void Child::reap() {
    struct rusage usage {};
    while (::wait4(pid_, &status_, 0, &usage) < 0 && errno == EINTR) continue;
    reaped_ = true;
    death_watch_.end();
    auto milli = [](const timeval& time) { return milliseconds(time.tv_sec * 1000 + time.tv_usec / 1000); };
    result_.cpu = milli(usage.ru_utime) + milli(usage.ru_stime);
    result_.max_rss_kib = usage.ru_maxrss;
}

void Child::fill_in_end() {
    using End = ProcessResult::End;
    result_.duration = std::chrono::duration_cast<milliseconds>(exited_ - started_);
    if (WIFEXITED(status_)) result_.exit_code = WEXITSTATUS(status_);
    if (result_.signal != 0) {
        result_.end = End::interrupted;
        return;
    }
    if (WIFSIGNALED(status_)) result_.signal = WTERMSIG(status_);
    if (timed_out_)
        result_.end = End::timed_out;
    else
        result_.end = WIFSIGNALED(status_) ? End::signalled : End::exited;
}

}  // namespace

ProcessResult run_process(const ProcessSpec& spec, const OutputHandler& on_output) {
    Child child(spec, on_output);
    return child.run();
}

}  // namespace migrate
