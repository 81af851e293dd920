#include "report/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "report/shell_words.hpp"

namespace migrate {

namespace {

constexpr std::chrono::milliseconds kTick{250};
constexpr std::size_t kLongestHalfLine = 4096;

std::string seconds(std::chrono::milliseconds time) {
    return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

std::string title_of(const UnitPlan& unit, const Step& step) {
    return fmt::format("[{}/{}] {}", step.n, unit.steps.size(), step.purpose);
}

/// How a step ended, in a few words.
std::string end_of(const StepOutcome& outcome) {
    std::string time = seconds(std::chrono::milliseconds(outcome.ms));
    if (outcome.ok) return "done, " + time;
    if (outcome.timed_out) return "ended after " + time + ", its time was over";
    if (!outcome.signal.empty()) return "killed by " + outcome.signal + " after " + time;
    if (outcome.native_exit && *outcome.native_exit != 0)
        return fmt::format("failed with exit status {} after {}", *outcome.native_exit, time);
    return "failed after " + time;
}

long unix_time() {
    return static_cast<long>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

}  // namespace

ProgressStyle progress_style(const Environment& env, bool terminal, bool color, bool quiet,
                             std::size_t units) {
    ProgressStyle style;
    style.quiet = quiet;
    style.color = color;
    style.prefixed = units > 1;
    if (env.get("GITHUB_ACTIONS") == "true") style.groups = ProgressStyle::Groups::github;
    if (env.get("GITLAB_CI") == "true") style.groups = ProgressStyle::Groups::gitlab;
    std::string kind = env.get("TERM").value_or("");
    style.moving = terminal && !kind.empty() && kind != "dumb" && env.get("CI").value_or("").empty() &&
                   style.groups == ProgressStyle::Groups::none;
    return style;
}

std::size_t terminal_width(int descriptor) {
    struct winsize size {};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
}

Progress::Progress(ProgressStyle style, Sink sink)
    : style_(style), paint_{style.color}, sink_(std::move(sink)) {
    if (style_.moving && !style_.quiet) ticker_ = std::jthread([this](std::stop_token stop) { tick(stop); });
}

Progress::~Progress() {
    ticker_.request_stop();
    std::lock_guard lock(mutex_);
    clear_line();
}

void Progress::on_step_start(const UnitPlan& unit, const Step& step) {
    if (style_.quiet) return;
    std::lock_guard lock(mutex_);
    Running& running = running_[unit.unit];
    running = {title_of(unit, step), ++steps_, Clock::now(), {}, {}, {}};
    open_next_group();
    if (!grouped()) print(unit.unit, running, paint_.bold(running.title));
    // What is built in is no command that could be typed; where its name is all there is the title says it.
    const auto words = argv_of(step);
    if (step.native())
        print(unit.unit, running, paint_.dim("$ " + shell_words(words)));
    else if (words.size() > 1)
        print(unit.unit, running, paint_.dim(shell_words(words)));
    draw_line();
}

void Progress::on_output(const UnitPlan& unit, const Step&, const OutputLine& line) {
    if (style_.quiet) return;
    std::lock_guard lock(mutex_);
    Running* running = find(unit);
    if (!running) return;
    std::string& half = running->half[line.stream];
    if (line.end == OutputLine::End::overwritten) {
        // Progress on one line: worth a place on a line that moves, not in a log.
        running->last = plain_text(line.text);
    } else {
        half += line.text;
        running->last = plain_text(half);
        if (line.end == OutputLine::End::newline || half.size() > kLongestHalfLine) {
            print(unit.unit, *running, terminal_text(half, style_.color));
            half.clear();
        }
    }
    draw_line();
}

void Progress::on_note(const UnitPlan& unit, const Step&, std::string_view text) {
    if (style_.quiet) return;
    std::lock_guard lock(mutex_);
    Running* running = find(unit);
    if (!running) return;
    running->last = plain_text(text);
    print(unit.unit, *running, paint_.yellow("! ") + running->last);
    draw_line();
}

void Progress::on_step_end(const UnitPlan& unit, const Step&, const StepOutcome& outcome) {
    if (style_.quiet) return;
    std::lock_guard lock(mutex_);
    Running* running = find(unit);
    if (!running) return;
    for (auto& [stream, half] : running->half)
        if (!half.empty()) print(unit.unit, *running, terminal_text(half, style_.color));
    std::string end = end_of(outcome);
    std::string text = outcome.ok ? paint_.green(end) : paint_.red(end);
    if (!grouped()) text = running->title + ": " + text;
    print(unit.unit, *running, text);
    close_group(unit.unit, *running);
    running_.erase(unit.unit);
    open_next_group();
    draw_line();
}

void Progress::on_summary(const CommandResult&) {
    std::lock_guard lock(mutex_);
    clear_line();
    running_.clear();
}

Progress::Running* Progress::find(const UnitPlan& unit) {
    auto found = running_.find(unit.unit);
    return found == running_.end() ? nullptr : &found->second;
}

void Progress::print(const std::string& unit, Running& running, std::string_view line) {
    std::string text = style_.prefixed ? paint_.dim(unit + " |") + " " : "";
    text += std::string(line) + "\n";
    if (grouped() && group_ != unit)
        running.held += text;
    else
        write(text);
}

std::string Progress::group_begin(const std::string& unit, const Running& running) const {
    std::string title = unit + " " + running.title;
    if (style_.groups == ProgressStyle::Groups::github) return "::group::" + title + "\n";
    return fmt::format("\x1b[0Ksection_start:{}:migrate_{}\r\x1b[0K{}\n", unix_time(), running.number, title);
}

std::string Progress::group_end(const Running& running) const {
    if (style_.groups == ProgressStyle::Groups::github) return "::endgroup::\n";
    return fmt::format("\x1b[0Ksection_end:{}:migrate_{}\r\x1b[0K\n", unix_time(), running.number);
}

/// Groups do not nest: one step writes into the open group, the others wait with what they have to say.
void Progress::open_next_group() {
    if (!grouped() || group_ || running_.empty()) return;
    auto& [unit, running] = *running_.begin();
    group_ = unit;
    write(group_begin(unit, running) + running.held);
    running.held.clear();
}

void Progress::close_group(const std::string& unit, const Running& running) {
    if (!grouped()) return;
    if (group_ != unit) {
        finished_ += group_begin(unit, running) + running.held + group_end(running);
        return;
    }
    write(group_end(running) + finished_);
    finished_.clear();
    group_.reset();
}

void Progress::write(std::string_view text) {
    clear_line();
    sink_(text);
}

void Progress::clear_line() {
    if (drawn_) sink_("\r\x1b[2K");
    drawn_ = false;
}

void Progress::draw_line() {
    if (!style_.moving || style_.quiet) return;
    clear_line();
    if (running_.empty()) return;
    auto oldest = std::min_element(running_.begin(), running_.end(), [](const auto& a, const auto& b) {
        return a.second.since < b.second.since;
    });
    const auto& [unit, running] = *oldest;
    auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - running.since);
    std::string line = running_.size() > 1 ? fmt::format("({} at a time) ", running_.size()) : "";
    line += fmt::format("{} {} {}", unit, running.title, seconds(time));
    if (!running.last.empty()) line += "  " + running.last;
    // The last column stays free: some terminals break the line there.
    sink_(paint_.dim(cut_to_columns(line, style_.width - 1)));
    drawn_ = true;
}

/// Shows that time goes by while a native tool is silent.
void Progress::tick(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        wake_.wait_for(lock, stop, kTick, [] { return false; });
        if (!stop.stop_requested()) draw_line();
    }
}

}  // namespace migrate
