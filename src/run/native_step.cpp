#include "run/native_step.hpp"

#include <fmt/format.h>

#include <random>

#include "base/files.hpp"
#include "run/execute.hpp"
#include "run/failure_line.hpp"
#include "run/observer.hpp"
#include "run/project_words.hpp"
#include "run/redact.hpp"

namespace migrate {

namespace {

/// A wait that was seen for so long may well be why the tool failed: the server's own limit is 5 s, and the
/// first look comes after 2 s.
constexpr std::chrono::milliseconds kLongWait{2000};

/// The default time limits of the contract, section 6: reading 60 s, changing 30 min, on protected targets
/// none.
std::chrono::seconds limit_of(const Step& step, const Target* target, const ExecuteSettings& settings) {
    if (settings.timeout) return *settings.timeout;
    if (step.timeout_s > 0) return std::chrono::seconds(step.timeout_s);
    if (step.risk <= Risk::files) return std::chrono::seconds(60);
    if (target && is_protected(target->level)) return std::chrono::seconds(0);
    return std::chrono::minutes(30);
}

ProcessSpec spec_of(const Step& step, const Native& native, const Target* target, const BuiltinState& state,
                    const ExecuteSettings& settings) {
    ProcessSpec spec;
    for (auto& word : argv_of(step)) spec.argv.push_back(fill_holes(word, state));
    spec.cwd = settings.root / step.cwd;
    for (const auto& [name, value] : settings.env->variables) spec.env[name] = value;
    for (const auto& [name, value] : step.env) spec.env[name] = fill_holes(value.value, state);
    // Of two settings of one parameter the later counts: the user's own.
    if (auto own = settings.env->get("PGOPTIONS"); own && step.env.contains("PGOPTIONS"))
        spec.env["PGOPTIONS"] += " " + *own;
    // Flyway takes one only: the user's own.
    if (auto own = settings.env->get("FLYWAY_INIT_SQL")) spec.env["FLYWAY_INIT_SQL"] = *own;
    spec.stdin_text = native.answers;
    spec.timeout = limit_of(step, target, settings);
    spec.redactor = settings.redactor;
    spec.log_dir = settings.state_dir / "output";
    spec.log_name = fmt::format("step-{}", step.n);
    if (!native.capture_to.empty()) spec.collect = 16u << 20;
    return spec;
}

void note_end(const ProcessResult& done, StepOutcome& outcome) {
    outcome.ms = static_cast<long>(done.duration.count());
    if (done.end == ProcessResult::End::exited) outcome.native_exit = done.exit_code;
    if (done.signal != 0) outcome.signal = std::to_string(done.signal);
    outcome.timed_out = done.end == ProcessResult::End::timed_out;
    outcome.output = done.out.text();
    if (done.err.bytes > 0) outcome.output += (outcome.output.empty() ? "" : "\n") + done.err.text();
    if (done.out.cut())
        outcome.output_file = done.out.log.string();
    else if (done.err.cut())
        outcome.output_file = done.err.log.string();
}

/// What the tool's status and words mean. Writes what was captured.
std::optional<Error> meaning_of(const ProcessResult& done, const Step& step, const Native& native,
                                NativeEnd& end, StepOutcome& outcome, const BuiltinState& state,
                                const ExecuteSettings& settings) {
    // A tool that writes files may say so with a status of its own (TypeORM ends with 1).
    const bool may_say_nothing = !native.nothing_when.empty() && (done.ok() || step.risk <= Risk::files);
    if (may_say_nothing && end.said.find(native.nothing_when) != std::string::npos) {
        end.nothing = true;
        return std::nullopt;
    }
    const bool found = !native.finding.empty() && end.said.find(native.finding) != std::string::npos;
    const bool finding = done.end == ProcessResult::End::exited && found;
    if (!done.ok() && !finding) {
        Error error = error_of(done, native.program);
        if (auto line = failure_line(end.said, settings.root); line && error.code == "tool.failed")
            error.message += ": " + *line;
        return error;
    }
    if (!native.finding.empty()) outcome.differs = found;
    if (!native.same_when.empty())
        outcome.differs =
            outcome.differs.value_or(false) || end.said.find(native.same_when) == std::string::npos;
    for (const auto& words : native.failed_when)
        if (end.said.find(words) != std::string::npos)
            return Error{"tool.failed",
                         fmt::format("{} said \"{}\" and ended with 0", native.program, words),
                         "Its exit status cannot be trusted here; nothing behind this step was started.",
                         {}};
    if (!native.capture_to.empty()) {
        auto written =
            write_file(settings.root / fill_holes(native.capture_to, state), done.collected, 0644, true);
        if (!written) return written.error();
    }
    return std::nullopt;
}

/// Whether other sessions can be asked about what the step waits for.
bool can_be_watched(const Step& step, const Target* target, const db::Database* session) {
    if (!session || !target || step.risk < Risk::apply || target->level == Level::scratch) return false;
    const Engine engine = session->engine();
    return engine == Engine::postgresql || engine == Engine::mysql || engine == Engine::mariadb;
}

/// What the drivers that read libpq's variables (psycopg, pg, postgres) call their sessions, unless the
/// project or the user has a name: it comes through poolers and local sockets, too. "" where none was given.
std::string name_sessions(ProcessSpec& spec, const db::Database& session) {
    if (session.engine() != Engine::postgresql || spec.env.contains("PGAPPNAME")) return "";
    std::random_device random;
    return spec.env["PGAPPNAME"] = fmt::format("migrate {:08x}{:08x}", random(), random());
}

}  // namespace

NativeEnd run_native(const UnitResult& result, const Step& step, const Target* target, db::Database* session,
                     StepOutcome& outcome, const BuiltinState& state, const ExecuteSettings& settings) {
    const UnitPlan& plan = *result.plan;
    const auto& native = std::get<Native>(step.action);
    ProcessSpec spec = spec_of(step, native, target, state, settings);
    std::optional<LockWatch> watch;
    if (can_be_watched(step, target, session)) {
        auto may_cancel = [&] { return !sets_lock_limit(result, *target, *settings.env, settings.root); };
        auto note = [&](std::string_view text) {
            if (!settings.observer) return;
            const std::string words(text);
            settings.observer->on_note(plan, step,
                                       settings.redactor ? settings.redactor->redact(words) : words);
        };
        watch.emplace(*session, name_sessions(spec, *session), may_cancel, note);
        spec.watch = &*watch;
    }
    auto observe = [&](const OutputLine& line) {
        if (settings.observer && native.capture_to.empty()) settings.observer->on_output(plan, step, line);
    };
    const ProcessResult done = run_process(spec, observe);
    NativeEnd end;
    note_end(done, outcome);
    end.said = done.out.text() + "\n" + done.err.text();
    end.error = meaning_of(done, step, native, end, outcome, state, settings);
    const bool failed = end.error && (end.error->code == "tool.failed" || end.error->code == "tool.timeout");
    if (failed && watch) end.wait = watch->worst();
    if (end.wait && !end.wait->cancelled && end.wait->seen < kLongWait) end.wait.reset();
    return end;
}

}  // namespace migrate
