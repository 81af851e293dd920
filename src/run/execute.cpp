#include "run/execute.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/files.hpp"
#include "run/builtin.hpp"
#include "run/explain_failure.hpp"
#include "run/interrupts.hpp"
#include "run/lock_failure.hpp"
#include "run/native_step.hpp"
#include "run/observer.hpp"
#include "run/project_words.hpp"
#include "run/redact.hpp"
#include "run/tries.hpp"
#include "sql/session.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::string>;

const Target* target_of(const UnitResult& result, const Step& step) {
    for (const auto& status : result.targets)
        if (status.target.name == step.target) return &status.target;
    return result.targets.empty() ? nullptr : &result.targets.front().target;
}

Ids applied_ids(const History& history) {
    Ids ids;
    for (const auto& row : history.applied) ids.push_back(row.id);
    return ids;
}

/// How many ids stand at the beginning of both lists, as most do.
std::size_t same_beginning(const Ids& before, const Ids& after) {
    return static_cast<std::size_t>(
        std::mismatch(before.begin(), before.end(), after.begin(), after.end()).first - before.begin());
}

/// What the history lacks of what it should hold after a step, and what it holds beyond that.
struct Difference {
    Ids absent, extra;
};

Difference unexpected(const Ids& before, const Ids& after, const Step& step) {
    const auto &added = step.expect.applied_added, &removed = step.expect.applied_removed;
    // As a rule one is added behind all others, which then need not be compared as sets.
    std::size_t same = same_beginning(before, after);
    if (!removed.empty() || added.size() != 1 ||
        std::find(after.begin() + same, after.end(), added.front()) == after.end())
        same = 0;
    std::set<std::string> expected(before.begin() + same, before.end()),
        there(after.begin() + same, after.end());
    expected.insert(added.begin(), added.end());
    for (const auto& id : removed) expected.erase(id);
    Difference difference;
    std::set_difference(expected.begin(), expected.end(), there.begin(), there.end(),
                        std::back_inserter(difference.absent));
    std::set_difference(there.begin(), there.end(), expected.begin(), expected.end(),
                        std::back_inserter(difference.extra));
    return difference;
}

/// Notes in `result` what the history says was really done by the step.
void note_done(UnitResult& result, const Ids& before, const Ids& after, long ms) {
    const std::size_t same = same_beginning(before, after);
    const std::set<std::string> old(before.begin() + same, before.end()),
        now(after.begin() + same, after.end());
    for (auto id = after.begin() + same; id != after.end(); ++id)
        if (!old.contains(*id)) result.done.push_back({*id, "up", ms});
    for (auto id = before.rbegin(); id != before.rend() - same; ++id)
        if (!now.contains(*id)) result.done.push_back({*id, "down", ms});
}

db::Database* session_of(const TargetLocks& locks, const Step& step) {
    auto lock = locks.find(step.target);
    return lock == locks.end() ? nullptr : lock->second.session();
}

bool changes_history(const Step& step) {
    return !step.expect.applied_added.empty() || !step.expect.applied_removed.empty();
}

/// Reads the history again and compares; the error says what was expected and what is there.
std::optional<Error> verify(UnitResult& result, const Step& step, std::map<std::string, Ids>& applied,
                            const Target& target, const HistoryReader& reader, db::Database* session,
                            BuiltinState& state, long ms) {
    auto status = std::find_if(result.targets.begin(), result.targets.end(),
                               [&](const TargetStatus& one) { return one.target.name == target.name; });
    if (status == result.targets.end()) return std::nullopt;
    Ids before = applied[target.name];
    if (applied_ids(status->history) != before || !carry_on(status->history, step, session, state)) {
        auto history = reader(target);
        if (!history) return history.error();
        status->history = std::move(*history);
    }
    if (status->history.source == HistorySource::none) return std::nullopt;
    Ids after = applied_ids(status->history);
    const auto [absent, extra] = unexpected(before, after, step);
    note_done(result, before, after, ms);
    if (before != after) result.changed = Changed::database;
    applied[target.name] = after;
    if (absent.empty() && extra.empty()) return std::nullopt;
    std::string message =
        fmt::format("{} ended without an error, but the history is not what it should be", step.purpose);
    if (!absent.empty()) message += fmt::format("; not recorded: {}", fmt::join(absent, ", "));
    if (!extra.empty()) message += fmt::format("; recorded beyond that: {}", fmt::join(extra, ", "));
    return Error{
        "run.unverified",
        message,
        "The steps behind it were not started. `migrate status` shows how things stand now.",
        {{By::you, {"migrate", "status", "-u", result.unit.id}, "", "reads the history, changes nothing"}}};
}

/// Whether a later step on the same target changes its history, too.
bool is_followed(const UnitPlan& plan, const Step& step) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& other) {
        return other.n > step.n && other.target == step.target && changes_history(other);
    });
}

/// The step did what it should; the whole history is compared behind the last of its kind.
void note_recorded(UnitResult& result, const Step& step, std::map<std::string, Ids>& applied, long ms) {
    Ids& ids = applied[step.target];
    result.changed = Changed::database;
    for (const auto& id : step.expect.applied_added) {
        ids.push_back(id);
        result.done.push_back({id, "up", ms});
    }
    for (const auto& id : step.expect.applied_removed) {
        std::erase(ids, id);
        result.done.push_back({id, "down", ms});
    }
}

/// Files of a unit and when each was last written.
using Written = std::map<fs::path, fs::file_time_type>;

/// Native commands that write files write more than the one that proves it: a journal, a snapshot, the
/// schema.
bool may_write(const Step& step) {
    const auto* native = std::get_if<Native>(&step.action);
    return native && step.risk == Risk::files && native->capture_to.empty() && step.target != "scratch";
}

/// What such a command may write: the schema, and everything in the directories of the migrations and of the
/// files that are expected.
Written written_files(const Unit& unit, const std::vector<std::string>& patterns, const fs::path& root) {
    std::set<std::string> places;
    std::error_code ignored;
    if (fs::is_regular_file(root / unit.schema, ignored)) places.insert(unit.schema);
    for (const auto& directory : unit.migrations) places.insert(directory.path);
    for (const auto& pattern : patterns)
        places.insert(pattern.substr(0, pattern.rfind('/', std::min(pattern.find('*'), pattern.size()))));
    Written written;
    for (const auto& path : files_like(root, {places.begin(), places.end()}))
        if (path.parent_path().filename() != "__pycache__")
            written.emplace(path, fs::last_write_time(path, ignored));
    return written;
}

/// Notes what has been written since; expected files stand first already.
void note_written(UnitResult& result, const Written& before, const Written& after, const fs::path& root) {
    for (const auto& [path, time] : after) {
        auto known = before.find(path);
        if (known != before.end() && known->second == time) continue;
        std::string file = path.lexically_relative(root).generic_string();
        if (std::find(result.files.begin(), result.files.end(), file) == result.files.end())
            result.files.push_back(std::move(file));
    }
}

std::optional<Error> verify_files(UnitResult& result, const Step& step, const BuiltinState& state,
                                  const ExecuteSettings& settings, const std::set<fs::path>& before) {
    for (const auto& pattern : step.expect.files) {
        std::string expected = fill_holes(pattern, state);
        auto made = new_files(settings.root, expected, before);
        if (made.empty())
            return Error{
                "run.unverified",
                fmt::format("{} ended without an error, but wrote no file like {}", step.purpose, expected),
                "Nothing was applied. The tool's output says why; it may have wanted to ask something.",
                {}};
        for (auto& file : made)
            if (std::find(result.files.begin(), result.files.end(), file) == result.files.end())
                result.files.push_back(std::move(file));
    }
    return std::nullopt;
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

/// After a failure: what the history says now, and which migrations are left.
void settle(UnitResult& result, std::map<std::string, Ids>& applied, const HistoryReader& reader, long ms) {
    for (auto& status : result.targets) {
        auto history = reader(status.target);
        if (!history) {
            result.changed = Changed::unknown;
            continue;
        }
        if (history->source == HistorySource::none) {
            if (result.changed == Changed::nothing) result.changed = Changed::unknown;
            continue;
        }
        Ids after = applied_ids(*history);
        note_done(result, applied[status.target.name], after, ms);
        if (applied[status.target.name] != after) result.changed = Changed::database;
        if (!history->failed.empty()) result.changed = Changed::database;
        applied[status.target.name] = after;
        status.history = *history;
    }
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
bool is_untouched(const UnitResult& result, const Step& step, const Target& target, const Ids& applied,
                  const HistoryReader& reader) {
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
                       std::map<std::string, Ids>& applied, const HistoryReader& reader, StepOutcome& outcome,
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
    std::map<std::string, Ids> applied;
    for (const auto& status : result.targets) applied[status.target.name] = applied_ids(status.history);

    BuiltinState state;
    state.holes["{now}"] = settings.now;
    for (const auto& [name, lock] : locks)
        if (lock.session() && result.plan->steps.size() == 1)
            state.versions[name] = lock.session()->version();
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
