#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/half_done.hpp"
#include "report/shell_words.hpp"

namespace migrate {

namespace {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
    std::size_t have = width_of(text);
    if (have < width) text.append(width - have, ' ');
    return text;
}

/// "2024-01-01T10:00:00Z" as "2024-01-01 10:00:00".
std::string time_text(const std::string& at) {
    std::string text = at.substr(0, 19);
    if (text.size() > 10) text[10] = ' ';
    return text;
}

std::string colored_state(State state, std::string_view text, const Paint& paint) {
    switch (state) {
        case State::current:
            return paint.green(text);
        case State::pending:
        case State::uninitialised:
        case State::edited:
        case State::unknown:
            return paint.yellow(text);
        case State::skipped:
            return paint.dim(text);
        default:
            return paint.red(text);
    }
}

std::string colored_level(Level level, const Paint& paint) {
    std::string text(to_string(level));
    return is_protected(level) ? paint.red(text) : text;
}

std::string heading(const UnitResult& unit, const Paint& paint) {
    std::string line = paint.bold(unit.unit.id);
    if (!unit.unit.version_text.empty()) line += "  " + paint.dim(unit.unit.version_text);
    return line + "\n";
}

template <class Names>
std::string list_line(std::string_view label, const Names& names, const std::string& meaning) {
    if (names.empty()) return "";
    std::string text = fmt::format("    {:<13}{:>3}  {}\n", label, names.size(), meaning);
    for (const auto& name : names) text += fmt::format("    {:<18}{}\n", "", name);
    return text;
}

/// Of several targets' errors the unit has one as its own; below the target it has been said already.
bool said_of_a_target(const UnitResult& unit) {
    return unit.error &&
           std::any_of(unit.targets.begin(), unit.targets.end(), [&](const TargetStatus& target) {
               return target.error && target.error->code == unit.error->code &&
                      target.error->message == unit.error->message;
           });
}

std::string target_block(const TargetStatus& status, bool full, const Paint& paint) {
    std::string text =
        fmt::format("  {}  {}  {}{}\n", target_text(status.target), colored_level(status.target.level, paint),
                    colored_state(status.history.state, to_string(status.history.state), paint),
                    status.history.source == HistorySource::native ? paint.dim("  the tool says") : "");
    if (status.error) return text + error_text(*status.error, paint);
    const History& history = status.history;
    if (full) {
        for (const auto& row : history.applied)
            text += fmt::format("    {:<18}{}  {}\n", "applied", row.id, paint.dim(time_text(row.at)));
    } else if (!history.applied.empty()) {
        const auto& last = history.applied.back();
        text += fmt::format("    {:<13}{:>3}  last {}{}\n", "applied", history.applied.size(), last.id,
                            last.at.empty() ? "" : paint.dim("  " + time_text(last.at)));
    }
    if (!history.pending.empty()) {
        text += fmt::format("    {:<13}{:>3}\n", "pending", history.pending.size());
        for (const auto& file : history.pending) text += fmt::format("    {:<18}{}\n", "", file.id);
    }
    for (const auto& row : history.failed)
        text += fmt::format("    {:<18}{}{}\n", paint.red("failed"), row.id,
                            row.detail.empty() ? "" : ": " + row.detail);
    for (const auto& half : history.half_done)
        text += fmt::format("    {:<18}{}\n", paint.red("half done"), half_done_line(half, history));
    text += list_line("edited", history.edited, "changed after they were applied");
    text += list_line("missing", history.missing, "applied, but their files are gone");
    std::vector<std::string> renamed;
    for (const auto& [from, to] : history.renamed) renamed.push_back(from + " -> " + to);
    text += list_line("renamed", renamed, "the same content under another name");
    text += list_line("out of order", history.out_of_order, "older than the last applied one");
    text += list_line("will be skipped", history.will_skip, "the tool will not apply these");
    return text;
}

std::string step_line(const Step& step, const Paint& paint) {
    std::string text = fmt::format("  {:>3}  {:<8}{}\n", step.n, to_string(step.risk), step.purpose);
    std::string where = step.cwd == "." || !step.native() ? "" : paint.dim("   (in " + step.cwd + ")");
    text += fmt::format(
        "       {}{}\n",
        paint.dim(step.native() ? "$ " + shell_words(argv_of(step)) : shell_words(argv_of(step))), where);
    // A native command says how many; which ones, a reader must be told.
    constexpr std::size_t kListed = 12;
    std::size_t listed = 0;
    for (const auto& id : step.migrations) {
        if (!step.native() || step.purpose.find(id) != std::string::npos) continue;
        if (++listed <= kListed) text += fmt::format("       {}\n", id);
    }
    if (listed > kListed) text += fmt::format("       and {} more\n", listed - kListed);
    for (const auto& statement : step.destructive)
        text += fmt::format("       {} {}\n", paint.red("destroys:"), statement);
    return text;
}

/// baseline and resolve write history rows: what they record was not applied by them, unless a step says so.
bool only_rows(const UnitResult& unit) {
    if (!unit.plan || (unit.plan->verb != Verb::baseline && unit.plan->verb != Verb::resolve)) return false;
    return std::none_of(unit.plan->steps.begin(), unit.plan->steps.end(), [](const Step& step) {
        return std::holds_alternative<ApplyMigration>(step.action) ||
               std::holds_alternative<ExecuteSql>(step.action);
    });
}

std::string verdict_text(const Verdict& verdict, const Paint& paint) {
    std::string word(to_string(verdict.decision));
    std::string text = "  verdict: ";
    text += verdict.decision == Decision::allow    ? paint.green(word)
            : verdict.decision == Decision::refuse ? paint.red(word)
                                                   : paint.yellow(word);
    text += "\n";
    for (const auto& rule : verdict.rules) {
        text += fmt::format("    {}: {}\n", rule.id, rule.message);
        for (const auto& next : rule.next) text += fmt::format("      {}\n", shell_words(next.argv));
    }
    return text;
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        if (row.size() > widths.size()) widths.resize(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            text += i + 1 == row.size() ? row[i] : padded(row[i], widths[i] + 2);
        text += '\n';
    }
    return text;
}

std::string target_text(const Target& target) {
    const Connection& connection = target.connection;
    std::string text = connection.engine ? std::string(to_string(*connection.engine)) : "database";
    if (connection.engine == Engine::sqlite || connection.engine == Engine::libsql)
        return text + " " + (connection.shown.empty() ? connection.database : connection.shown);
    std::string host = connection.host.empty() ? connection.socket : connection.host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    text += " " + host;
    if (connection.port > 0) text += ":" + std::to_string(connection.port);
    text += "/" + connection.database;
    if (!connection.schema.empty()) text += " schema " + connection.schema;
    return text;
}

std::string state_text(const TargetStatus& status) {
    if (status.error) return status.error->code;
    const History& history = status.history;
    switch (history.state) {
        case State::pending:
            return fmt::format("{} pending", history.pending.size());
        case State::uninitialised:
            return fmt::format("uninitialised, {} pending", history.pending.size());
        case State::failed:
            return history.failed.empty() ? "1 half done" : fmt::format("{} failed", history.failed.size());
        case State::edited:
            return fmt::format("{} edited", history.edited.size());
        case State::diverged:
            return fmt::format("{} missing", history.missing.size());
        default:
            return std::string(to_string(history.state));
    }
}

std::string status_text(const CommandResult& result, bool full, const Paint& paint) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, paint);
        if (!unit.skipped.empty()) text += fmt::format("  {}: {}\n", paint.dim("skipped"), unit.skipped);
        for (const auto& target : unit.targets) text += target_block(target, full, paint);
        if (unit.error && !said_of_a_target(unit)) text += error_text(*unit.error, paint);
        if (unit.skipped.empty()) text += next_text(unit.next, paint);
    }
    return text;
}

std::string history_text(const CommandResult& result, const Paint& paint) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, paint);
        if (unit.error && !said_of_a_target(unit)) text += error_text(*unit.error, paint);
        for (const auto& target : unit.targets) {
            text += fmt::format("  {}\n", target_text(target.target));
            if (target.error) text += error_text(*target.error, paint);
            if (target.history.applied.empty()) text += "    nothing is applied\n";
            for (auto row = target.history.applied.rbegin(); row != target.history.applied.rend(); ++row)
                text += fmt::format("    {:<20}{}\n", row->at.empty() ? "-" : time_text(row->at), row->id);
        }
    }
    return text;
}

std::string steps_text(const UnitPlan& plan, const Paint& paint) {
    std::string text;
    for (const auto& step : plan.steps) text += step_line(step, paint);
    return text;
}

std::string plan_text(const CommandResult& result, const Paint& paint) {
    std::string text;
    if (!result.plan_id.empty())
        text += fmt::format("{}  environment {} ({})\n", paint.bold("plan " + result.plan_id),
                            result.environment.name, result.environment.source);
    for (const auto& unit : result.units) {
        text += heading(unit, paint);
        if (!unit.skipped.empty()) text += fmt::format("  {}: {}\n", paint.dim("skipped"), unit.skipped);
        for (const auto& target : unit.targets)
            text += fmt::format("  {}  {}\n", target_text(target.target),
                                colored_level(target.target.level, paint));
        if (unit.error) text += error_text(*unit.error, paint);
        if (!unit.plan) continue;
        if (unit.plan->steps.empty()) text += "  nothing to do\n";
        text += steps_text(*unit.plan, paint);
        if (!unit.text.empty()) text += unit.text;
        text += verdict_text(unit.plan->verdict, paint);
    }
    return text;
}

/// The time behind the migration at `i` of `done`. Several of one step have one time together: it stands
/// behind the last of them.
std::string time_of_done(const UnitResult& unit, std::size_t i) {
    const auto& done = unit.done;
    const auto together = [&](std::size_t a, std::size_t b) {
        return unit.steps.size() < done.size() && done[a].ms == done[b].ms &&
               done[a].direction == done[b].direction;
    };
    if (i + 1 < done.size() && together(i, i + 1)) return "";
    return fmt::format("  {} ms{}", done[i].ms, i > 0 && together(i - 1, i) ? " together" : "");
}

std::string outcome_text(const CommandResult& result, const Paint& paint) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, paint);
        if (!unit.skipped.empty()) {
            text += fmt::format("  {}: {}\n", paint.dim("skipped"), unit.skipped);
            if (result.units.size() == 1) text += next_text(unit.next, paint);
            continue;
        }
        for (const auto& target : unit.targets)
            text += fmt::format("  {}  {}\n", target_text(target.target),
                                colored_level(target.target.level, paint));
        const bool rows = only_rows(unit);
        for (std::size_t i = 0; i < unit.done.size(); ++i) {
            const auto& done = unit.done[i];
            const bool up = done.direction == "up";
            const char* word = rows ? (up ? "recorded" : "erased  ") : (up ? "applied " : "reverted");
            text += fmt::format("  {} {}{}\n", paint.green(word), done.id,
                                rows ? "" : paint.dim(time_of_done(unit, i)));
        }
        for (const auto& file : unit.files) text += fmt::format("  {} {}\n", paint.green("wrote   "), file);
        if (!unit.text.empty()) text += unit.text;
        for (const auto& id : unit.left) text += fmt::format("  {} {}\n", paint.yellow("left    "), id);
        if (auto found = differs(unit))
            text +=
                *found ? fmt::format("  {}\n", paint.yellow("there are differences")) : "  no difference\n";
        if (unit.error)
            text += error_text(*unit.error, paint);
        else if (!differs(unit) && unit.done.empty() && unit.files.empty() && unit.text.empty() &&
                 unit.next.empty())
            text += unit.changed == Changed::nothing ? "  nothing to do\n" : "  done\n";
        auto next = unit.next;
        std::erase_if(next, [&](const Next& one) {
            auto same = [&](const Next& other) { return other.argv == one.argv; };
            return unit.error && std::any_of(unit.error->next.begin(), unit.error->next.end(), same);
        });
        text += next_text(next, paint);
    }
    return text;
}

std::string summary_table(const CommandResult& result, const Paint& paint) {
    if (result.units.size() < 2) return "";
    std::vector<std::vector<std::string>> rows;
    for (const auto& unit : result.units) {
        if (!unit.skipped.empty()) {
            rows.push_back({unit.unit.id, "", "", "skipped"});
        } else if (unit.targets.empty()) {
            rows.push_back(
                {unit.unit.id, "", "", unit.error ? unit.error->code : std::string(to_string(unit.state))});
        }
        const auto found = differs(unit);
        for (const auto& target : unit.targets) {
            if (!unit.skipped.empty()) break;
            rows.push_back({unit.unit.id, target_text(target.target),
                            std::string(to_string(target.target.level)),
                            unit.error ? unit.error->code
                            : found    ? (*found ? "differs" : "no difference")
                                       : state_text(target)});
        }
    }
    return "\n" + paint.dim(table(rows));
}

std::string next_text(const std::vector<Next>& next, const Paint& paint) {
    std::string text;
    for (const auto& one : next) {
        text += fmt::format("  {} {}",
                            one.by == By::you ? "next:" : "next (" + std::string(to_string(one.by)) + "):",
                            paint.bold(shell_words(one.argv)));
        if (!one.when.empty()) text += "  when " + one.when;
        if (!one.why.empty()) text += paint.dim("  - " + one.why);
        text += "\n";
    }
    return text;
}

std::string error_text(const Error& error, const Paint& paint) {
    std::string text =
        fmt::format("{} {} {}\n", paint.red("error:"), error.message, paint.dim("(" + error.code + ")"));
    // Every line, or a caret would not stand below what it points to.
    for (std::size_t at = 0; at < error.hint.size();) {
        const std::size_t end = std::min(error.hint.find('\n', at), error.hint.size());
        text += "  " + error.hint.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return text + next_text(error.next, paint);
}

}  // namespace migrate
