#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "run/observer.hpp"

namespace migrate {

/// `--events`: one JSON object a line, written as things happen. Every object has `event` (plan, step_start,
/// output, note, step_end, summary) and `at` (RFC 3339, UTC, milliseconds); those about a step have `unit`
/// and `n`.
///
///     {"event": "output", "at": "...", "unit": "api:prisma", "n": 1, "stream": "stdout", "text": "...",
///     "end": "newline"}
///
/// `plan` holds the steps as `plan --json` prints them, `summary` the envelope of the command's document. An
/// `end` of "open" says that the line goes on, "overwritten" that it was progress on one line.
class EventWriter : public RunObserver {
  public:
    using Sink = std::function<void(std::string_view)>;
    using Clock = std::function<std::string()>;

    /// `sink` gets whole lines; `now` tells the time, utc_now() in the program.
    explicit EventWriter(Sink sink, Clock now);

    void on_plan(const Plan& plan) override;
    void on_step_start(const UnitPlan& unit, const Step& step) override;
    void on_output(const UnitPlan& unit, const Step& step, const OutputLine& line) override;
    void on_note(const UnitPlan& unit, const Step& step, std::string_view text) override;
    void on_step_end(const UnitPlan& unit, const Step& step, const StepOutcome& outcome) override;
    void on_summary(const CommandResult& result) override;

  private:
    Sink sink_;
    Clock now_;
};

/// "2024-05-01T12:00:00.123Z".
std::string utc_now();

}  // namespace migrate
