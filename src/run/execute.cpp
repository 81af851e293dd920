#include "run/execute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "run/builtin.hpp"
#include "run/explain_failure.hpp"
#include "run/interrupts.hpp"
#include "run/lock_failure.hpp"
#include "run/native_step.hpp"
#include "run/observer.hpp"
#include "run/project_words.hpp"
#include "run/redact.hpp"
#include "run/tries.hpp"
#include "run/verify.hpp"
#include "run/written_files.hpp"
#include "sql/session.hpp"

namespace migrate {

namespace {

const Target* target_of(const UnitResult& result, const Step& step) {
    for (const auto& status : result.targets)
        if (status.target.name == step.target) return &status.target;
    return result.targets.empty() ? nullptr : &result.targets.front().target;
}

db::Database* session_of(const TargetLocks& locks, const Step& step) {
    auto lock = locks.find(step.target);
    return lock == locks.end() ? nullptr : lock->second.session();
}

/// Whether a later step on the same target changes its history, too.
bool is_followed(const UnitPlan& plan, const Step& step) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& other) {
        return other.n > step.n && other.target == step.target && changes_history(other);
    });
}

/// The step as people see it while it runs: with the file names that it really writes.
Step as_shown(const Step& step, const BuiltinState& state) {
    Step shown = step;
    shown.purpose = fill_holes(step.purpose, state);
    if (auto* write = std::get_if<WriteFile>(&shown.action)) write->path = fill_holes(write->path, state);
    return shown;
}

bool has_started(std::string_view code) {
    return code != "tool.missing" && code != "target.busy";
}

/// How a step ended, built-in or native.
struct StepEnd {
    std::optional<Error> error;
    bool nothing = false;  ///< the tool found nothing to do
    bool passes = false;   ///< the failure is one that passes by itself
    bool undone = false;   ///< it failed, and nothing of it is left
};

StepEnd run_once(UnitResult& result, const Step& step, const Target* target, db::Database* session,
                 StepOutcome& outcome, BuiltinState& state, const ExecuteSettings& settings) {
    outcome = {};
    outcome.n = step.n;
    StepEnd end;
    if (!step.native()) {
        const auto started = std::chrono::steady_clock::now();
        const std::size_t said = result.text.size();
        end.error = run_builtin(result, step, target, session, state, settings);
        // A server quotes what stands in a migration, and there may stand what the connection's password is.
        if (settings.redactor) {
            result.text.replace(said, std::string::npos, settings.redactor->redact(result.text.substr(said)));
            for (std::string* text :
                 {end.error ? &end.error->message : nullptr, end.error ? &end.error->hint : nullptr})
                if (text) *text = settings.redactor->redact(*text);
        }
        const auto passed = std::chrono::steady_clock::now() - started;
        outcome.ms = std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
        end.passes = end.error && end.error->code == "target.busy";
        const bool locked = end.error && (end.passes || passes_by_itself(end.error->message));
        if (locked && session) end.error = behind_lock(std::move(*end.error), *session);
        return end;
    }
    NativeEnd native = run_native(result, step, target, session, outcome, state, settings);
    end.nothing = native.nothing;
    end.error = std::move(native.error);
    const bool may_leave = session && step.risk >= Risk::apply && builds_concurrently(result, settings.root);
    const std::string invalid = may_leave ? sql::invalid_indexes(*session) : "";
    if (!end.error) {
        // IF NOT EXISTS passes over one that an earlier run has left.
        if (!invalid.empty())
            result.text += fmt::format(
                "  invalid  {}: an index that is never used; DROP INDEX CONCURRENTLY and "
                "build it again\n",
                invalid);
        return end;
    }
    // What waited for a lock would only wait once more.
    const bool may_ask = target && !is_protected(target->level) && !native.wait;
    end.error = explain_failure(std::move(*end.error), result.unit, step, native.said,
                                may_ask ? session : nullptr, settings.root);
    if (!invalid.empty()) {
        end.error->hint +=
            (end.error->hint.empty() ? "" : "\n") +
            fmt::format("An invalid index is left: {0}. DROP INDEX CONCURRENTLY {0} makes room for it.",
                        invalid);
        std::erase_if(end.error->next, [](const Next& next) {
            return std::find(next.argv.begin(), next.argv.end(), "--applied") != next.argv.end();
        });
    }
    end.passes = end.error->code == "tool.failed" &&
                 (native.wait || passes_by_itself(native.said) || passes_by_itself(end.error->message));
    if (native.wait) end.error = behind_lock(std::move(*end.error), *native.wait, session->engine());
    return end;
}

/// Whether the history is what it was before the step. A tool that has made its table has changed something;
/// raw SQL's own table is no matter.
bool is_untouched(const UnitResult& result, const Step& step, const Target& target,
                  const std::vector<std::string>& applied, const HistoryReader& reader) {
    const auto now = reader(target);
    if (!now || now->source == HistorySource::none || !now->failed.empty() || applied_ids(*now) != applied)
        return false;
    if (!step.native()) return true;
    return std::any_of(result.targets.begin(), result.targets.end(), [&](const TargetStatus& status) {
        return status.target.name == target.name && status.history.initialised == now->initialised;
    });
}

/// A built-in step prints nothing of its own.
std::string shown_error(const Error& error, const ExecuteSettings& settings) {
    return (settings.redactor ? settings.redactor->redact(error.message) : error.message) + "; ";
}

/// Once, and again where it failed for something that passes by itself and has left nothing behind.
StepEnd run_until_done(UnitResult& result, const Step& step, const Target* target, const TargetLocks& locks,
                       AppliedIds& applied, const HistoryReader& reader, StepOutcome& outcome,
                       BuiltinState& state, const ExecuteSettings& settings) {
    db::Database* session = session_of(locks, step);
    for (Tries tries(settings.lock_wait);;) {
        StepEnd end = run_once(result, step, target, session, outcome, state, settings);
        end.undone = end.passes && target && changes_history(step) &&
                     (!step.native() || fails_as_a_whole(result, step, *target, settings.root)) &&
                     is_untouched(result, step, *target, applied[target->name], reader);
        if (!end.undone) return end;
        const auto pause = tries.next();
        if (!pause) {
            end.error = not_now(std::move(*end.error), !step.native());
            return end;
        }
        if (settings.observer)
            settings.observer->on_note(
                *result.plan, step,
                fmt::format("{}nothing was changed: tried again in {:.1f} s ({} of {})",
                            step.native() ? "" : shown_error(*end.error, settings),
                            static_cast<double>(pause->count()) / 1000, tries.count(), Tries::kMost));
        if (!sleep_for(*pause)) {
            end.error = Error{"interrupted",
                              "interrupted before it was tried again: " + step.purpose,
                              "Nothing of it was done.",
                              {}};
            return end;
        }
        state.caches.erase(step.target);
    }
}

}  // namespace

void execute(UnitResult& result, const TargetLocks& locks, const HistoryReader& reader,
             const ExecuteSettings& settings) {
    Interrupts interrupts;
    AppliedIds applied;
    for (const auto& status : result.targets) applied[status.target.name] = applied_ids(status.history);

    BuiltinState state;
    state.holes["{now}"] = settings.now;
    for (const auto& [name, lock] : locks)
        if (lock.session() && result.plan->steps.size() == 1) {
            const auto known = settings.unchanged.find(name);
            state.versions[name] =
                known == settings.unchanged.end() ? lock.session()->version() : known->second;
        }
    std::set<std::string> wanted, unwanted;
    for (const Step& step : result.plan->steps) {
        wanted.insert(step.expect.applied_added.begin(), step.expect.applied_added.end());
        unwanted.insert(step.expect.applied_removed.begin(), step.expect.applied_removed.end());
        if (interrupts.count() > 0) {
            result.error = Error{
                "interrupted", "interrupted before: " + step.purpose, "What was done before it stands.", {}};
            break;
        }
        const Target* target = target_of(result, step);
        std::vector<std::string> patterns;
        for (const auto& pattern : step.expect.files) patterns.push_back(fill_holes(pattern, state));
        auto before = files_like(settings.root, patterns);
        const auto watched =
            may_write(step) ? written_files(result.unit, patterns, settings.root) : Written{};
        const Step shown = as_shown(step, state);
        if (settings.observer) settings.observer->on_step_start(*result.plan, shown);
        StepOutcome outcome;
        StepEnd end = run_until_done(result, step, target, locks, applied, reader, outcome, state, settings);
        std::optional<Error> error = std::move(end.error);
        bool failed = error.has_value();
        if (end.nothing) {
            // The tool found nothing to do: the steps behind it have nothing to work on.
            outcome.ok = true;
            result.steps.push_back(outcome);
            if (settings.observer) settings.observer->on_step_end(*result.plan, shown, result.steps.back());
            break;
        }
        if (!failed && changes_history(step) && target && is_followed(*result.plan, step) &&
            is_recorded(step, session_of(locks, step), state))
            note_recorded(result, step, applied, outcome.ms);
        else if (!failed && changes_history(step) && target)
            error =
                verify(result, step, applied, *target, reader, session_of(locks, step), state, outcome.ms);
        else if (!failed && step.risk >= Risk::apply)
            result.changed = Changed::database;
        if (!error) error = verify_files(result, step, state, settings, before);
        if (may_write(step))
            note_written(result, watched, written_files(result.unit, patterns, settings.root), settings.root);
        if (!result.files.empty()) result.changed = std::max(result.changed, Changed::files);
        outcome.ok = !error;
        if (failed && step.risk >= Risk::apply) {
            settle(result, applied, reader, outcome.ms);
            // What a tool did before it failed need not stand in its history.
            if (step.native() && !end.undone && result.changed < Changed::database &&
                has_started(error->code))
                result.changed = Changed::unknown;
        }
        result.steps.push_back(outcome);
        if (settings.observer) settings.observer->on_step_end(*result.plan, shown, result.steps.back());
        if (error) {
            // "Not now" promises that nothing was changed.
            if (error->code == "target.busy" && result.changed > Changed::files)
                error->code = step.native() ? "tool.failed" : "run.failed";
            result.error = std::move(error);
            break;
        }
    }
    drop_scratch(state);
    if (!result.error) return;
    for (const Step& step : result.plan->steps) {
        wanted.insert(step.expect.applied_added.begin(), step.expect.applied_added.end());
        unwanted.insert(step.expect.applied_removed.begin(), step.expect.applied_removed.end());
    }
    for (const auto& done : result.done) (done.direction == "up" ? wanted : unwanted).erase(done.id);
    result.left.assign(wanted.begin(), wanted.end());
    result.left.insert(result.left.end(), unwanted.begin(), unwanted.end());
}

}  // namespace migrate
