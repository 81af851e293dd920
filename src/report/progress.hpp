#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "model/caller.hpp"
#include "report/paint.hpp"
#include "run/observer.hpp"

namespace migrate {

/// How progress looks on a stream.
struct ProgressStyle {
    enum class Groups { none, github, gitlab };
    bool quiet = false;   ///< says nothing at all
    bool moving = false;  ///< a terminal on which the last line can be redrawn
    bool color = false;
    bool prefixed = false;  ///< several units: each line begins with its unit's id
    Groups groups = Groups::none;
    std::size_t width = 80;  ///< columns of the terminal
};

/// The style for stderr: a moving line only on a terminal that can do it, and not in CI; groups where the CI
/// system folds them (GITHUB_ACTIONS, GITLAB_CI).
ProgressStyle progress_style(const Environment& env, bool terminal, bool color, bool quiet,
                             std::size_t units);

/// Columns of the terminal behind a descriptor; 80 where it does not say.
std::size_t terminal_width(int descriptor);

/// What people see while plans run: each step's beginning and end, and what native tools print in between.
/// Not safe against calls from several threads at a time (see Observers).
class Progress : public RunObserver {
  public:
    using Sink = std::function<void(std::string_view)>;

    Progress(ProgressStyle style, Sink sink);
    ~Progress() override;

    void on_step_start(const UnitPlan& unit, const Step& step) override;
    void on_output(const UnitPlan& unit, const Step& step, const OutputLine& line) override;
    void on_note(const UnitPlan& unit, const Step& step, std::string_view text) override;
    void on_step_end(const UnitPlan& unit, const Step& step, const StepOutcome& outcome) override;
    void on_summary(const CommandResult& result) override;

  private:
    using Clock = std::chrono::steady_clock;
    /// A step that is running.
    struct Running {
        std::string title;  // "[1/2] apply 2 pending migrations"
        long number = 0;    // of all steps so far: names its group
        Clock::time_point since;
        std::map<Stream, std::string> half;  // half lines that wait for their ends
        std::string last;                    // what was printed last, for the moving line
        std::string held;                    // lines that wait until another step's group is closed
    };

    bool grouped() const { return style_.groups != ProgressStyle::Groups::none; }
    Running* find(const UnitPlan& unit);
    void print(const std::string& unit, Running& running, std::string_view line);
    std::string group_begin(const std::string& unit, const Running& running) const;
    std::string group_end(const Running& running) const;
    void open_next_group();
    void close_group(const std::string& unit, const Running& running);
    void write(std::string_view text);
    void clear_line();
    void draw_line();
    void tick(std::stop_token stop);

    ProgressStyle style_;
    Paint paint_;
    Sink sink_;
    std::mutex mutex_;  // between the calls and the ticking thread
    std::condition_variable_any wake_;
    std::map<std::string, Running> running_;  // by unit id: one step of a unit at a time
    std::string finished_;                    // whole groups that wait for the open one
    std::optional<std::string> group_;        // the unit whose group is open
    long steps_ = 0;
    bool drawn_ = false;
    std::jthread ticker_;
};

}  // namespace migrate
