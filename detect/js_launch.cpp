// How a JavaScript tool is started: its own binary, or Node with the loader that TypeScript needs. What works
// with which loader is measured for each tool (knex 2.0-3.3, typeorm 0.2-1.1, sequelize-cli 6, migrate-mongo
// 11-14).
#include <algorithm>
#include <array>

#include "detect/complete.hpp"
#include "detect/js_project.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Program {
    std::string_view package;
    std::string_view binary;
    std::string_view script;  ///< below node_modules, for `node -r LOADER SCRIPT`; "" where plain is enough
};

Program program_of(Tool tool) {
    switch (tool) {
        case Tool::prisma:
            return {"prisma", "prisma", ""};
        case Tool::drizzle:
            return {"drizzle-kit", "drizzle-kit", ""};
        case Tool::knex:
            return {"knex", "knex", "knex/bin/cli.js"};
        case Tool::typeorm:
            return {"typeorm", "typeorm", "typeorm/cli.js"};
        case Tool::sequelize:
            return {"sequelize-cli", "sequelize-cli", "sequelize-cli/lib/sequelize"};
        default:
            return {"migrate-mongo", "migrate-mongo", "migrate-mongo/bin/migrate-mongo.js"};
    }
}

bool is_typescript(std::string_view path) {
    return path.ends_with(".ts") || path.ends_with(".mts") || path.ends_with(".cts");
}

bool needs_loader(const Sources& sources, const Unit& unit) {
    if (is_typescript(unit.config)) return true;
    for (const JsMigrations& dir : sources.js)
        for (const MigrationsDir& own : unit.migrations)
            if (dir.path == own.path && dir.typescript) return true;
    return false;
}

/// Words of a script that start the tool itself: "typeorm/cli.js", "./node_modules/.bin/knex".
bool is_program_word(std::string_view word, const Program& program) {
    if (word.ends_with(program.script) || word.ends_with(program.script.substr(0, program.script.size() - 3)))
        return contains(word, "node_modules");
    return contains(word, "node_modules/.bin/") && name_of_path(word) == program.binary;
}

/// The loader that the project's own script puts before the tool, as an argv prefix:
/// `ts-node -r tsconfig-paths/register ./node_modules/typeorm/cli.js` -> all of it.
std::vector<std::string> loader_of_script(const Sources& sources, const Package& package,
                                          const Program& program, const JsProject& project, Tree::Dir root) {
    for (const Call& call : sources.calls.scripts(program.package)) {
        if (call.package->dir != package.dir || package.dir != root || contains(call.text, "$")) continue;
        std::vector<std::string> words = shell_words(call.text);
        std::size_t start = 0;
        for (std::size_t at = 0; at < words.size(); ++at) {
            if (words[at] == "&&" || words[at] == ";" || words[at] == "||" || words[at] == "|" ||
                words[at] == "--")
                start = at + 1;
            if (!is_program_word(words[at], program)) continue;
            // Assignments before the command are the environment's business.
            while (start < at &&
                   (contains(words[start], "=") || words[start] == "cross-env" || words[start] == "env"))
                ++start;
            if (start == at) break;
            const std::string& loader = words[start];
            static constexpr std::array<std::string_view, 6> kLoaders{"ts-node",     "tsx",        "node",
                                                                      "ts-node-esm", "babel-node", "esr"};
            std::string_view name = name_of_path(loader);
            if (std::find(kLoaders.begin(), kLoaders.end(), name) == kLoaders.end()) break;
            std::vector<std::string> launch;
            if (name == "node")
                launch.push_back("node");
            else
                launch = js_binary(sources.repo, sources.packages, project, root, name, name);
            launch.insert(launch.end(), words.begin() + static_cast<std::ptrdiff_t>(start) + 1,
                          words.begin() + static_cast<std::ptrdiff_t>(at));
            launch.push_back(
                module_path(sources.repo, sources.packages, project, root, program.package, program.script));
            return launch;
        }
    }
    return {};
}

}  // namespace

std::vector<std::string> javascript_launch(const Sources& sources, const Unit& unit, const JsProject& project,
                                           Tree::Dir root) {
    const Repo& repo = sources.repo;
    const Packages& packages = sources.packages;
    Program program = program_of(unit.tool);
    if (unit.tool == Tool::prisma && packages.dependency(root, "@prisma/prisma7").first)
        return js_binary(repo, packages, project, root, "@prisma/prisma7", "prisma7");
    std::vector<std::string> plain =
        js_binary(repo, packages, project, root, program.package, program.binary);
    if (program.script.empty() || !needs_loader(sources, unit)) return plain;

    const Package* package = packages.nearest(root);
    if (package && !project.plug_and_play)
        if (auto own = loader_of_script(sources, *package, program, project, root); !own.empty()) return own;

    auto depends = [&](std::string_view name) { return packages.dependency(root, name).first != nullptr; };
    auto node = [&](std::initializer_list<std::string_view> options) {
        std::vector<std::string> launch;
        if (project.plug_and_play) launch = {"yarn"};
        launch.emplace_back("node");
        for (std::string_view option : options) launch.emplace_back(option);
        launch.push_back(module_path(repo, packages, project, root, program.package, program.script));
        return launch;
    };
    bool module = package && package->mentions("\"module\"") && packages.manifest(*package).module;
    bool ts_node = depends("ts-node");
    if (unit.tool == Tool::typeorm) {
        // tsx emits no decorator metadata: only where nothing else is there.
        if (depends("@swc-node/register") && !ts_node) return node({"-r", "@swc-node/register"});
        if (depends("tsx") && !ts_node) return node({"--import", "tsx"});
        if (module) return node({"--loader", "ts-node/esm"});
        // The bins with a loader came with 0.3.2.
        if (unit.version && *unit.version < Version{0, 3, 2}) return node({"-r", "ts-node/register"});
        return js_binary(repo, packages, project, root, "typeorm", "typeorm-ts-node-commonjs");
    }
    if (depends("tsx")) return node({"--import", "tsx"});
    if (unit.tool == Tool::knex) {
        if (depends("@swc-node/register")) return node({"-r", "@swc-node/register"});
        // Knex registers ts-node itself, which does not reach ES modules.
        return module && ts_node ? node({"--loader", "ts-node/esm"}) : plain;
    }
    if (ts_node) return module ? node({"--loader", "ts-node/esm"}) : node({"-r", "ts-node/register"});
    return plain;
}

}  // namespace migrate::detection
