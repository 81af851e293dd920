#include "adapters/launchers/lines.hpp"

#include <algorithm>

#include "adapters/launchers/table.hpp"

namespace migrate::launchers {

namespace {

/// `--help` as the last word ends every one of the tools before it does anything, unless it is the value of a
/// flag; so does no word at all.
bool only_asks(Tool tool, Args args) {
    if (args.empty()) return true;
    const std::string& last = args.back();
    bool short_form = last == "-h" && (tool == Tool::alembic || tool == Tool::django ||
                                       tool == Tool::prisma || tool == Tool::flyway);
    if (args.size() == 1 && (last == "--version" || last == "-V")) return true;
    if (last != "--help" && !short_form) return false;
    return args.size() == 1 || !args[args.size() - 2].starts_with('-');
}

}  // namespace

bool listed(std::string_view list, std::string_view word, char mark) {
    while (!list.empty()) {
        std::string_view one = list.substr(0, list.find(' '));
        list.remove_prefix(std::min(one.size() + 1, list.size()));
        bool marked = one.starts_with('!');
        if (marked) one.remove_prefix(1);
        if (one == word && (mark != '!' || marked)) return true;
    }
    return false;
}

std::string base_name(std::string_view program) {
    std::string name(program.substr(
        program.find_last_of("/\\") == std::string_view::npos ? 0 : program.find_last_of("/\\") + 1));
    for (const char* ending : {".cmd", ".exe", ".bat", ".ps1"})
        if (name.ends_with(ending)) name.resize(name.size() - 4);
    if (name.starts_with("npm:")) name.erase(0, 4);
    if (std::size_t at = name.find('@'); at != std::string::npos && at > 0) name.resize(at);
    return name;
}

std::optional<Tool> tool_of_path(std::string_view path) {
    constexpr std::string_view kModules = "node_modules/";
    for (std::size_t at = path.rfind(kModules); at != std::string_view::npos;) {
        std::string_view package = path.substr(at + kModules.size());
        package = package.substr(0, package.find('/'));
        if (auto tool = tool_of_package(package)) return tool;
        if (at == 0) break;
        at = path.rfind(kModules, at - 1);
    }
    return std::nullopt;
}

bool is_assignment(std::string_view word) {
    std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos) return false;
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_harmless(std::string_view assignment) {
    return listed(
        "CI NO_COLOR FORCE_COLOR DEBUG TZ LANG LC_ALL TERM PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE",
        assignment.substr(0, assignment.find('=')));
}

void take_worse(Found& worst, Classified other) {
    if (!worst) {
        worst = std::move(other);
        return;
    }
    Words unknown = worst->unknown;
    unknown.insert(unknown.end(), other.unknown.begin(), other.unknown.end());
    bool retargets = worst->retargets || other.retargets;
    if (other.risk > worst->risk) worst = std::move(other);
    worst->unknown = std::move(unknown);
    worst->retargets = retargets;
}

Classified unclassified(Tool tool, Args args) {
    Classified result;
    result.tool = tool;
    result.risk = Risk::destroy;
    result.unknown.assign(args.begin(), args.end());
    return result;
}

Classified of_tool(Tool tool, Args args) {
    if (only_asks(tool, args)) {
        Classified result;
        result.tool = tool;
        result.risk = Risk::read;
        return result;
    }
    if (auto found = classify(adapter_of(tool), args, std::nullopt)) return *found;
    return unclassified(tool, args);
}

Classified of_flyway(Args args) {
    Words flags, commands;
    for (const auto& arg : args) (arg.starts_with('-') ? flags : commands).push_back(arg);
    if (commands.size() < 2 || commands.front() == "help") return of_tool(Tool::flyway, args);
    Found worst;
    for (const auto& command : commands) {
        Words one = flags;
        one.insert(one.begin(), command);
        take_worse(worst, of_tool(Tool::flyway, one));
    }
    return *worst;
}

std::string gradle_task(std::string_view word) {
    std::string_view task = word.substr(word.rfind(':') == std::string_view::npos ? 0 : word.rfind(':') + 1);
    std::size_t upper = task.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (upper == std::string_view::npos || upper == 0 ||
        !std::string_view("flyway").starts_with(task.substr(0, upper)))
        return "";
    for (std::string_view verb : {"Migrate", "Clean", "Info", "Validate", "Undo", "Baseline", "Repair"})
        if (verb.starts_with(task.substr(upper))) return "flyway" + std::string(verb);
    return "";
}

std::string maven_goal(std::string_view word) {
    word = word.substr(0, word.find('@'));
    if (word.starts_with("flyway:")) return std::string(word);
    if (word.find(":flyway-maven-plugin:") == std::string_view::npos) return "";
    return "flyway:" + std::string(word.substr(word.rfind(':') + 1));
}

}  // namespace migrate::launchers
