// Sequelize: .sequelizerc, calls of sequelize-cli, and migrations that Umzug or an application applies.
#include <algorithm>

#include "detect/find.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Paths {
    std::string config;
    std::string migrations;
    std::string models;
    std::string seeders;
};

std::string existing(const Sources& sources, const std::string& path) {
    return sources.tree.find(path) != Tree::none ? path : "";
}

/// Of the places where sequelize-cli looks by itself.
std::string usual_config(const Sources& sources, const std::string& root) {
    for (std::string_view name : {"config/config.js", "config/config.json"})
        if (std::string path = join(root, name); sources.tree.has_file(path)) return path;
    return "";
}

void add_engines(const Sources& sources, const std::string& config, Unit& unit) {
    if (config.empty() || !sources.tree.has_file(config)) return;
    std::string text = without_js_comments(sources.repo.text(config));
    auto add = [&](std::optional<Engine> engine) {
        if (engine && std::find(unit.engines.begin(), unit.engines.end(), *engine) == unit.engines.end())
            unit.engines.push_back(*engine);
    };
    for (const JsValue& value : values_of_key(text, "dialect"))
        for (const std::string& name : value.strings) add(engine_from(name));
}

void add_paths(const Sources& sources, Find& find, const Paths& paths) {
    Unit& unit = find.unit;
    std::string migrations = paths.migrations.empty() ? join(unit.root, "migrations") : paths.migrations;
    if (!paths.migrations.empty() && sources.tree.find(migrations) == Tree::none)
        sources.repo.report(unit.config.empty() ? unit.root : unit.config, 0, "config.missing_directory",
                            "names " + migrations + ", which is not there");
    unit.migrations.push_back({migrations, std::nullopt});
    for (const JsMigrations& dir : sources.js)
        if (dir.kind == JsKind::sequelize && dir.path == migrations)
            find.add(Signal::sequelize_migrations, dir.sample, dir.line);
    unit.schema = existing(sources, paths.models.empty() ? join(unit.root, "models") : paths.models);
    unit.seeds = existing(sources, paths.seeders.empty() ? join(unit.root, "seeders") : paths.seeders);
    add_engines(sources, paths.config.empty() ? usual_config(sources, unit.root) : paths.config, unit);
}

Find from_rc(const Sources& sources, Tree::Place place) {
    Find find;
    find.unit.tool = Tool::sequelize;
    find.unit.root = sources.tree.path(place.dir);
    find.unit.config = sources.tree.path(place);
    find.own_path = find.unit.config;
    find.add(Signal::sequelizerc, find.unit.config);
    std::string text = without_js_comments(sources.repo.text(find.unit.config));
    // path.resolve counts from the working directory, __dirname from the file: here they are the same.
    auto path_of = [&](std::string_view key) -> std::string {
        for (const JsValue& value : values_of_key(text, key))
            if (!value.strings.empty() && !contains(value.strings.front(), "*"))
                return join(find.unit.root, value.strings.front());
        return "";
    };
    add_paths(
        sources, find,
        {path_of("config"), path_of("migrations-path"), path_of("models-path"), path_of("seeders-path")});
    return find;
}

/// A package whose scripts call sequelize-cli, without a .sequelizerc beside it.
std::optional<Find> from_scripts(const Sources& sources, const Package& package) {
    Find find;
    find.unit.tool = Tool::sequelize;
    find.unit.root = package.path;
    find.own_path = package.file;
    Paths paths;
    const Call* named = nullptr;
    for (const char* word : {"sequelize", "sequelize-cli"}) {
        for (const Call& call : sources.calls.scripts(word)) {
            if (call.package->dir != package.dir) continue;
            auto take = [&](std::string& path, std::string_view option) {
                auto values = option_values(call, {option});
                if (values.empty() || contains(values.front(), "$")) return;
                if (path.empty()) path = join(package.path, values.front());
                if (!named) named = &call;
            };
            take(paths.config, "--config");
            take(paths.migrations, "--migrations-path");
            take(paths.models, "--models-path");
            take(paths.seeders, "--seeders-path");
        }
    }
    std::string usual = usual_config(sources, package.path);
    if (named)
        find.add(Signal::sequelize_script, named->path, named->line);
    else if (!usual.empty() && sources.packages.depends(package, "sequelize-cli"))
        find.add(Signal::sequelize_defaults, usual);
    else
        return std::nullopt;
    find.unit.config = !paths.config.empty() ? paths.config : usual;
    if (!paths.config.empty() && !sources.tree.has_file(paths.config)) {
        find.unit.config.clear();
        if (!sources.repo.exists(paths.config))
            sources.repo.report(
                package.file, named->line, "config.stale",
                "script \"" + named->name + "\" names " + paths.config + ", which is not there");
    }
    add_paths(sources, find, paths);
    if (!paths.migrations.empty() && paths.migrations != join(package.path, "migrations"))
        find.name = telling_name(relative_to(paths.migrations, package.path), {"sequelize"});
    return find;
}

}  // namespace

std::vector<Find> find_sequelize(const Sources& sources) {
    std::vector<Find> finds;
    for (Tree::Place place : sources.tree.of_kind(FileKind::sequelizerc))
        finds.push_back(from_rc(sources, place));
    for (const Package& package : sources.packages.all()) {
        if (!package.mentions("sequelize") || sources.tree.holds(package.dir, FileKind::sequelizerc))
            continue;
        if (auto find = from_scripts(sources, package)) finds.push_back(std::move(*find));
    }
    for (const JsMigrations& dir : sources.js) {
        if (dir.kind != JsKind::sequelize) continue;
        bool taken = std::any_of(finds.begin(), finds.end(), [&](const Find& find) {
            return find.unit.migrations.front().path == dir.path;
        });
        const Package* package = sources.packages.nearest(dir.dir);
        if (taken || !package) continue;
        Find find;
        find.unit.tool = Tool::sequelize;
        find.unit.root = package->path;
        find.unit.migrations.push_back({dir.path, std::nullopt});
        // Without configuration the CLI cannot be told where: Umzug or the application does it.
        find.unit.how_run = HowRun::programmatic;
        find.own_path = dir.path;
        find.add(Signal::sequelize_migrations, dir.sample, dir.line);
        std::string below = relative_to(dir.path, package->path);
        if (below != "migrations") find.name = telling_name(below, {"sequelize"});
        finds.push_back(std::move(find));
    }
    return finds;
}

}  // namespace migrate::detection
