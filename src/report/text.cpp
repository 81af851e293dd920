#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::string colored_state(State state, std::string_view text, const Style& style) {
    switch (state) {
        case State::current:
            return style.green(text);
        case State::pending:
        case State::uninitialised:
        case State::edited:
        case State::unknown:
            return style.yellow(text);
        case State::skipped:
            return style.dim(text);
        default:
            return style.red(text);
    }
}

std::string colored_level(Level level, const Style& style) {
    std::string text(to_string(level));
    return is_protected(level) ? style.red(text) : text;
}

std::string heading(const UnitResult& unit, const Style& style) {
    std::string line = style.bold(unit.unit.id);
    if (!unit.unit.version_text.empty()) line += "  " + style.dim(unit.unit.version_text);
    return line + "\n";
}

template <class Names>
std::string list_line(std::string_view label, const Names& names, const std::string& meaning) {
    if (names.empty()) return "";
    std::string text = fmt::format("    {:<13}{:>3}  {}\n", label, names.size(), meaning);
    for (const auto& name : names) text += fmt::format("    {:<18}{}\n", "", name);
    return text;
}

std::string target_block(const TargetStatus& status, bool full, const Style& style) {
    std::string text =
        fmt::format("  {}  {}  {}\n", target_text(status.target), colored_level(status.target.level, style),
                    colored_state(status.history.state, to_string(status.history.state), style));
    if (status.error) return text + error_text(*status.error, style);
    const History& history = status.history;
    if (full) {
        for (const auto& row : history.applied)
            text += fmt::format("    {:<18}{}  {}\n", "applied", row.id, style.dim(time_text(row.at)));
    } else if (!history.applied.empty()) {
        const auto& last = history.applied.back();
        text += fmt::format("    {:<13}{:>3}  last {}{}\n", "applied", history.applied.size(), last.id,
                            last.at.empty() ? "" : style.dim("  " + time_text(last.at)));
    }
    if (!history.pending.empty()) {
        text += fmt::format("    {:<13}{:>3}\n", "pending", history.pending.size());
        for (const auto& file : history.pending) text += fmt::format("    {:<18}{}\n", "", file.id);
    }
    for (const auto& row : history.failed)
        text += fmt::format("    {:<18}{}{}\n", style.red("failed"), row.id,
                            row.detail.empty() ? "" : ": " + row.detail);
    text += list_line("edited", history.edited, "changed after they were applied");
    text += list_line("missing", history.missing, "applied, but their files are gone");
    text += list_line("out of order", history.out_of_order, "older than the last applied one");
    text += list_line("will be skipped", history.will_skip, "the tool will not apply these");
    return text;
}

std::string step_line(const Step& step, const Style& style) {
    std::string text = fmt::format("  {:>3}  {:<8}{}\n", step.n, to_string(step.risk), step.purpose);
    std::string where = step.cwd == "." || !step.native() ? "" : style.dim("   (in " + step.cwd + ")");
    text += fmt::format(
        "       {}{}\n",
        style.dim(step.native() ? "$ " + shell_line(argv_of(step)) : shell_line(argv_of(step))), where);
    for (const auto& statement : step.destructive)
        text += fmt::format("       {} {}\n", style.red("destroys:"), statement);
    return text;
}

std::string verdict_text(const Verdict& verdict, const Style& style) {
    std::string word(to_string(verdict.decision));
    std::string text = "  verdict: ";
    text += verdict.decision == Decision::allow    ? style.green(word)
            : verdict.decision == Decision::refuse ? style.red(word)
                                                   : style.yellow(word);
    text += "\n";
    for (const auto& rule : verdict.rules) {
        text += fmt::format("    {}: {}\n", rule.id, rule.message);
        for (const auto& next : rule.next) text += fmt::format("      {}\n", shell_line(next.argv));
    }
    return text;
}

}  // namespace

std::string shell_line(const std::vector<std::string>& argv) {
    std::string line;
    for (const auto& word : argv) {
        if (!line.empty()) line += ' ';
        constexpr std::string_view safe =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-{}";
        if (!word.empty() && word.find_first_not_of(safe) == std::string::npos) {
            line += word;
            continue;
        }
        line += '\'';
        for (char c : word) {
            if (c == '\'')
                line += "'\\''";
            else
                line += c;
        }
        line += '\'';
    }
    return line;
}

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
        return text + " " + connection.database;
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
            return fmt::format("{} failed", history.failed.size());
        case State::edited:
            return fmt::format("{} edited", history.edited.size());
        case State::diverged:
            return fmt::format("{} missing", history.missing.size());
        default:
            return std::string(to_string(history.state));
    }
}

std::string status_text(const CommandResult& result, bool full, const Style& style) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, style);
        if (!unit.skipped.empty()) text += fmt::format("  {}: {}\n", style.dim("skipped"), unit.skipped);
        for (const auto& target : unit.targets) text += target_block(target, full, style);
        if (unit.error) text += error_text(*unit.error, style);
    }
    return text;
}

std::string history_text(const CommandResult& result, const Style& style) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, style);
        if (unit.error) text += error_text(*unit.error, style);
        for (const auto& target : unit.targets) {
            text += fmt::format("  {}\n", target_text(target.target));
            if (target.error) text += error_text(*target.error, style);
            if (target.history.applied.empty()) text += "    nothing is applied\n";
            for (auto row = target.history.applied.rbegin(); row != target.history.applied.rend(); ++row)
                text += fmt::format("    {:<20}{}\n", row->at.empty() ? "-" : time_text(row->at), row->id);
        }
    }
    return text;
}

std::string plan_text(const CommandResult& result, const Style& style) {
    std::string text;
    if (!result.plan_id.empty())
        text += fmt::format("{}  environment {} ({})\n", style.bold("plan " + result.plan_id),
                            result.environment.name, result.environment.source);
    for (const auto& unit : result.units) {
        text += heading(unit, style);
        if (!unit.skipped.empty()) text += fmt::format("  {}: {}\n", style.dim("skipped"), unit.skipped);
        for (const auto& target : unit.targets)
            text += fmt::format("  {}  {}\n", target_text(target.target),
                                colored_level(target.target.level, style));
        if (unit.error) text += error_text(*unit.error, style);
        if (!unit.plan) continue;
        if (unit.plan->steps.empty()) text += "  nothing to do\n";
        for (const auto& step : unit.plan->steps) text += step_line(step, style);
        if (!unit.text.empty()) text += unit.text;
        text += verdict_text(unit.plan->verdict, style);
    }
    return text;
}

std::string outcome_text(const CommandResult& result, const Style& style) {
    std::string text;
    for (const auto& unit : result.units) {
        text += heading(unit, style);
        if (!unit.skipped.empty()) {
            text += fmt::format("  {}: {}\n", style.dim("skipped"), unit.skipped);
            continue;
        }
        for (const auto& target : unit.targets)
            text += fmt::format("  {}  {}\n", target_text(target.target),
                                colored_level(target.target.level, style));
        for (const auto& done : unit.done)
            text +=
                fmt::format("  {} {}  {}\n", style.green(done.direction == "up" ? "applied " : "reverted"),
                            done.id, style.dim(fmt::format("{} ms", done.ms)));
        for (const auto& file : unit.files) text += fmt::format("  {} {}\n", style.green("wrote   "), file);
        if (!unit.text.empty()) text += unit.text;
        for (const auto& id : unit.left) text += fmt::format("  {} {}\n", style.yellow("left    "), id);
        if (unit.error)
            text += error_text(*unit.error, style);
        else if (unit.done.empty() && unit.files.empty() && unit.text.empty())
            text += unit.changed == Changed::nothing ? "  nothing to do\n" : "  done\n";
    }
    return text;
}

std::string summary_table(const CommandResult& result, const Style& style) {
    if (result.units.size() < 2) return "";
    std::vector<std::vector<std::string>> rows;
    for (const auto& unit : result.units) {
        if (!unit.skipped.empty()) {
            rows.push_back({unit.unit.id, "", "", "skipped"});
        } else if (unit.targets.empty()) {
            rows.push_back(
                {unit.unit.id, "", "", unit.error ? unit.error->code : std::string(to_string(unit.state))});
        }
        for (const auto& target : unit.targets) {
            if (!unit.skipped.empty()) break;
            rows.push_back({unit.unit.id, target_text(target.target),
                            std::string(to_string(target.target.level)),
                            unit.error ? unit.error->code : state_text(target)});
        }
    }
    return "\n" + style.dim(table(rows));
}

std::string next_text(const std::vector<Next>& next, const Style& style) {
    std::string text;
    for (const auto& one : next) {
        text += fmt::format("  {} {}",
                            one.by == By::you ? "next:" : "next (" + std::string(to_string(one.by)) + "):",
                            style.bold(shell_line(one.argv)));
        if (!one.when.empty()) text += "  when " + one.when;
        if (!one.why.empty()) text += style.dim("  - " + one.why);
        text += "\n";
    }
    return text;
}

std::string error_text(const Error& error, const Style& style) {
    std::string text = fmt::format("{} {}\n", style.red(error.code + ":"), error.message);
    if (!error.hint.empty()) text += fmt::format("  {}\n", error.hint);
    return text + next_text(error.next, style);
}

}  // namespace migrate
