#pragma once
#include <mutex>
#include <utility>
#include <vector>

#include "model/plan.hpp"
#include "model/result.hpp"
#include "run/process.hpp"

namespace migrate {

/// Is told what happens while plans run, as it happens. Who runs a plan calls it; what people see on stderr
/// and what `--events` writes are implementations (report/progress.hpp, report/events.hpp). All text in it
/// has been redacted.
class RunObserver {
  public:
    virtual ~RunObserver() = default;
    /// Once, before the first step, when everything has been judged.
    virtual void on_plan(const Plan&) {}
    virtual void on_step_start(const UnitPlan&, const Step&) {}
    virtual void on_output(const UnitPlan&, const Step&, const OutputLine&) {}
    /// What this program itself has to say of a step while it runs: what it waits for, that it is tried
    /// again.
    virtual void on_note(const UnitPlan&, const Step&, std::string_view) {}
    virtual void on_step_end(const UnitPlan&, const Step&, const StepOutcome&) {}
    /// Once, at the very end, also after a failure.
    virtual void on_summary(const CommandResult&) {}
};

/// Passes everything on to several observers, one call at a time: units may run on several threads.
class Observers : public RunObserver {
  public:
    /// Does not own them; null pointers are left out.
    explicit Observers(std::vector<RunObserver*> observers) : observers_(std::move(observers)) {
        std::erase(observers_, nullptr);
    }
    void on_plan(const Plan& plan) override { tell(&RunObserver::on_plan, plan); }
    void on_step_start(const UnitPlan& unit, const Step& step) override {
        tell(&RunObserver::on_step_start, unit, step);
    }
    void on_output(const UnitPlan& unit, const Step& step, const OutputLine& line) override {
        tell(&RunObserver::on_output, unit, step, line);
    }
    void on_note(const UnitPlan& unit, const Step& step, std::string_view text) override {
        tell(&RunObserver::on_note, unit, step, text);
    }
    void on_step_end(const UnitPlan& unit, const Step& step, const StepOutcome& outcome) override {
        tell(&RunObserver::on_step_end, unit, step, outcome);
    }
    void on_summary(const CommandResult& result) override { tell(&RunObserver::on_summary, result); }

  private:
    template <class Method, class... Args>
    void tell(Method method, const Args&... args) {
        std::lock_guard lock(mutex_);
        for (RunObserver* observer : observers_) (observer->*method)(args...);
    }

    std::mutex mutex_;
    std::vector<RunObserver*> observers_;
};

}  // namespace migrate
