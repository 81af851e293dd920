#include "adapters/support/py_failure.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "adapters/alembic/alembic.hpp"

namespace migrate::py {

namespace {

/// What must be importable before the tool can do anything, and the package that brings it.
struct Module {
    std::string_view name, package;
};

std::vector<Module> modules_of(const Unit& unit) {
    if (unit.tool == Tool::django) return {{"django", "Django"}};
    if (alembic::is_flask(unit)) return {{"flask", "Flask"}, {"flask_migrate", "Flask-Migrate"}};
    return {{"alembic", "alembic"}};
}

bool says(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
}

/// `before` and the name, and then no letter that would make it another name.
bool names(std::string_view text, std::string_view before, std::string_view name) {
    const std::string words = std::string(before) + std::string(name);
    for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        const char next = end < text.size() ? text[end] : '\n';
        const bool goes_on = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
                             (next >= '0' && next <= '9') || next == '_' || next == '-' || next == '.';
        if (!goes_on) return true;
    }
    return false;
}

bool no_module(std::string_view said, std::string_view name) {
    return names(said, "No module named ", name) || names(said, "No module named '", name);
}

/// A package manager does not find the program in the environment that it keeps.
bool no_program(std::string_view said, std::string_view name) {
    return names(said, "Failed to spawn: ", name) || names(said, "Failed to spawn: `", name) ||
           names(said, "Command not found: ", name) ||
           (names(said, "Command '", name) && says(said, "is not found in your PATH")) ||
           (names(said, "the command ", name) && says(said, "could not be found"));
}

/// The command that installs what the project names, or the package alone where nothing is named.
std::string how_to_install(const FailedStep& failed, std::string_view package) {
    const std::string& runner = failed.unit.runner;
    if (runner == "uv") return "uv sync";
    if (runner == "poetry" || runner == "pdm" || runner == "pipenv" || runner == "pixi")
        return runner + " install";
    const auto& native = std::get<Native>(failed.step.action);
    const std::string python = native.launch.empty() ? "python3" : native.launch.front();
    return python + " -m pip install " + std::string(package);
}

Error missing(const FailedStep& failed, std::string_view package) {
    return {"tool.missing",
            failed.unit.id + ": " + std::string(package) + " is not installed in the project's environment",
            "Nothing was changed. Install it: " + how_to_install(failed, package),
            {}};
}

}  // namespace

std::optional<Error> explained_python(const FailedStep& failed) {
    const auto* native = std::get_if<Native>(&failed.step.action);
    if (!native) return std::nullopt;
    for (const Module& module : modules_of(failed.unit))
        if (no_module(failed.said, module.name)) return missing(failed, module.package);
    if (no_program(failed.said, native->program))
        return missing(failed, alembic::is_flask(failed.unit) ? "Flask-Migrate" : native->program);
    if (alembic::is_flask(failed.unit) && says(failed.said, "No such command 'check'"))
        return Error{"verb.unsupported",
                     failed.unit.id + ": this Flask-Migrate has no `flask db check`",
                     "It came with 4.0.2, and Debian's 4.0.4 leaves it out.",
                     {{By::you,
                       {"migrate", "status", "-u", failed.unit.id},
                       "",
                       "compares the files with the database"}}};
    return std::nullopt;
}

}  // namespace migrate::py
