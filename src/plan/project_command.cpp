#include "plan/project_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/adapter.hpp"
#include "base/files.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

using Argv = std::vector<std::string>;

const std::set<std::string, std::less<>> kManagers{"npm", "pnpm", "yarn", "bun"};

/// The script that `argv` runs, and the arguments that follow it; "" where it runs none.
std::string script_of(const Argv& argv, Argv& rest) {
    if (argv.size() < 2 || !kManagers.contains(fs::path(argv[0]).filename().string())) return "";
    std::size_t at = 1;
    bool run = argv[at] == "run" || argv[at] == "run-script";
    if (run) ++at;
    if (at >= argv.size() || argv[at].starts_with('-')) return "";
    // Only yarn, pnpm and bun run a script without the word `run`.
    if (!run && argv[0] == "npm") return "";
    rest.assign(argv.begin() + static_cast<std::ptrdiff_t>(at) + 1, argv.end());
    if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
    return argv[at];
}

std::optional<std::string> script_text(const fs::path& package, const std::string& name) {
    auto text = read_file(package);
    if (!text) return std::nullopt;
    auto json = nlohmann::json::parse(*text, nullptr, false, true);
    if (json.is_discarded() || !json.is_object()) return std::nullopt;
    auto scripts = json.find("scripts");
    if (scripts == json.end() || !scripts->is_object()) return std::nullopt;
    auto script = scripts->find(name);
    if (script == scripts->end() || !script->is_string()) return std::nullopt;
    return script->get<std::string>();
}

}  // namespace

Result<Argv> resolve_scripts(Argv argv, const fs::path& directory, int depth) {
    Argv rest;
    std::string name = script_of(argv, rest);
    if (name.empty()) return argv;
    auto text = script_text(directory / "package.json", name);
    if (!text) {
        bool explicit_run = std::find(argv.begin(), argv.end(), "run") != argv.end();
        if (!explicit_run) return argv;  // `pnpm prisma ...`: a program, not a script
        return fail("config.invalid",
                    fmt::format("{} has no script \"{}\"", (directory / "package.json").string(), name),
                    "commands.* in migrate.toml names it.");
    }
    if (depth == 0)
        return fail("config.invalid", fmt::format("the package script \"{}\" calls itself", name),
                    "Nothing was run.");
    // A script is shell text. classify_command() reads `sh -c TEXT` word by word and takes the worst part.
    std::string line = *text;
    for (const auto& word : rest) line += " " + word;
    if (line.find_first_of("&|;<>$`(){}*?\"'\\") != std::string::npos) return Argv{"sh", "-c", line};
    Argv words;
    std::size_t at = 0;
    while (at < line.size()) {
        std::size_t end = std::min(line.find_first_of(" \t\n", at), line.size());
        if (end > at) words.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return resolve_scripts(std::move(words), directory, depth - 1);
}

std::optional<Error> use_project_command(const Unit& unit, const Request& request, const fs::path& root,
                                         UnitPlan& plan) {
    auto command = unit.commands.find(std::string(to_string(request.verb)));
    if (command == unit.commands.end() || !changes_something(request.verb) || plan.steps.empty())
        return std::nullopt;
    auto resolved = resolve_scripts(command->second, root / unit.root);
    if (!resolved) return resolved.error();

    Step step;
    step.purpose = fmt::format("{} by the project's own command", to_string(request.verb));
    step.cwd = unit.root;
    step.target = plan.steps.front().target;
    for (const auto& one : plan.steps) {
        step.risk = std::max(step.risk, one.risk);
        step.migrations.insert(step.migrations.end(), one.migrations.begin(), one.migrations.end());
        auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
        append(step.expect.applied_added, one.expect.applied_added);
        append(step.expect.applied_removed, one.expect.applied_removed);
        append(step.expect.files, one.expect.files);
        append(step.destructive, one.destructive);
        step.env.insert(one.env.begin(), one.env.end());
    }
    step.action = Native{command->second.front(),
                         {command->second.front()},
                         {command->second.begin() + 1, command->second.end()},
                         "",
                         ""};
    auto classified = classify_command(*resolved);
    if (!classified) {
        plan.unclassified.push_back(fmt::format("{}", (*resolved)[0]));
    } else {
        step.risk = std::max(step.risk, classified->risk);
        plan.unclassified.insert(plan.unclassified.end(), classified->unknown.begin(),
                                 classified->unknown.end());
    }
    plan.steps = {std::move(step)};
    return std::nullopt;
}

}  // namespace migrate
