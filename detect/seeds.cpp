#include "detect/seeds.hpp"

#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// The first word of a script that is a file of the repository: "pnpm with-env tsx ./seed.ts" -> seed.ts.
std::string file_in(const Sources& sources, const std::string& base, std::string_view script) {
    for (const std::string& word : shell_words(script)) {
        if (!contains(word, ".")) continue;
        std::string path = join(base, word);
        if (sources.tree.has_file(path)) return path;
    }
    return "";
}

std::string from_scripts(const Sources& sources, const Unit& unit) {
    const Package* package = sources.packages.at(sources.tree.find(unit.root));
    if (!package || !package->mentions("seed")) return "";
    for (const auto& [name, script] : sources.packages.manifest(*package).scripts) {
        if (name != "seed" && !name.ends_with(":seed") && name != "seed:run" && name != "db-seed") continue;
        if (std::string file = file_in(sources, unit.root, script); !file.empty()) return file;
    }
    return "";
}

/// A Python module with a usual name, in the unit's root or one level below it.
std::string from_modules(const Sources& sources, const Unit& unit) {
    Tree::Dir root = sources.tree.find(unit.root);
    if (root == Tree::none) return "";
    std::vector<Tree::Dir> places = sources.tree.sorted_children(root);
    places.insert(places.begin(), root);
    for (Tree::Dir place : places)
        for (const char* name : {"initial_data.py", "seed.py", "seeds.py", "seed_data.py"})
            if (sources.tree.has(place, name)) return join(sources.tree.path(place), name);
    return "";
}

/// A management command of a usual name in an app with migrations, else the fixtures of the only app that has
/// some: in which order those of several apps load, nobody says.
std::string from_apps(const Sources& sources, const Unit& unit) {
    std::vector<std::string> fixtures;
    for (const auto& migrations : unit.migrations) {
        const std::string app(parent_of(migrations.path));
        const std::string commands = join(app, "management/commands");
        for (const char* name : {"seed.py", "seed_db.py", "populate.py", "init_data.py"})
            if (std::string path = join(commands, name); sources.tree.has_file(path)) return path;
        if (std::string path = join(app, "fixtures"); sources.tree.find(path) != Tree::none)
            fixtures.push_back(std::move(path));
    }
    return fixtures.size() == 1 ? fixtures.front() : "";
}

/// A directory beside the migrations.
std::string beside(const Sources& sources, const Unit& unit) {
    if (unit.migrations.empty()) return "";
    std::string above(parent_of(unit.migrations.front().path));
    for (const std::string& base : {above, std::string(parent_of(above))})
        for (const char* name : {"seeds", "seed"})
            if (std::string path = join(base, name); sources.tree.find(path) != Tree::none) return path;
    return "";
}

}  // namespace

void add_seeds(const Sources& sources, Unit& unit) {
    if (!unit.seeds.empty()) return;
    if (ecosystem_of(unit.tool) == Ecosystem::javascript)
        unit.seeds = from_scripts(sources, unit);
    else if (unit.tool == Tool::alembic)
        unit.seeds = from_modules(sources, unit);
    else if (unit.tool == Tool::django)
        unit.seeds = from_apps(sources, unit);
    else if (unit.tool == Tool::sql)
        unit.seeds = beside(sources, unit);
}

}  // namespace migrate::detection
