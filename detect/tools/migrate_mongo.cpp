// migrate-mongo: its configuration, by name or as a script gives it.
#include <algorithm>

#include "detect/find.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Config {
    std::string path;
    Tree::Dir dir = 0;
    const Call* named_by = nullptr;
};

std::vector<Config> configs(const Sources& sources) {
    std::vector<Config> found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::mongo_config))
        found.push_back({sources.tree.path(place), place.dir, nullptr});
    for (const Call& call : sources.calls.scripts("migrate-mongo")) {
        for (const std::string& value : option_values(call, {"-f", "--file"})) {
            std::string path = join(call.package->path, value);
            auto known =
                std::find_if(found.begin(), found.end(), [&](const Config& c) { return c.path == path; });
            if (known != found.end()) {
                if (!known->named_by) known->named_by = &call;
            } else if (sources.tree.has_file(path)) {
                found.push_back({path, sources.tree.find(parent_of(path)), &call});
            } else if (!contains_any(value, {"$", "dist/", "build/"}) && !sources.repo.exists(path)) {
                sources.repo.report(call.path, call.line, "config.stale",
                                    "script \"" + call.name + "\" names " + value + ", which is not there");
            }
        }
    }
    return found;
}

/// Whether code with a name about migrations loads the library.
bool is_used_in_code(const Sources& sources, Tree::Dir root) {
    int opened = 0;
    auto own = sources.tree.below(
        root, [&](Tree::Dir dir) { return sources.tree.holds(dir, FileKind::package_json); });
    for (Tree::Dir dir : own) {
        bool telling = contains(lowercase(sources.tree.name(dir)), "migrat");
        for (const Tree::File& file : sources.tree.files(dir)) {
            if (file.kind != FileKind::js) continue;
            if (!telling && !contains(lowercase(sources.tree.name(file)), "migrat")) continue;
            if (++opened > 20) return false;
            std::string text = sources.repo.head(join(sources.tree.path(dir), sources.tree.name(file)));
            if (contains_any(text, {"'migrate-mongo'", "\"migrate-mongo\""})) return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Find> find_migrate_mongo(const Sources& sources) {
    std::vector<Find> finds;
    for (const Config& config : configs(sources)) {
        const std::string& raw = sources.repo.text(config.path);
        std::string text = without_js_comments(raw);
        std::string directory = "migrations";
        int line = 0;
        for (const JsValue& value : values_of_key(text, "migrationsDir")) {
            line = value.line;
            if (!value.strings.empty()) directory = value.strings.front();
        }
        Find find;
        find.unit.tool = Tool::migrate_mongo;
        find.unit.config = config.path;
        find.own_path = config.path;
        find.unit.engines = {Engine::mongodb};
        // Paths count from the working directory: where the script runs, else where they lead somewhere.
        std::vector<Tree::Dir> candidates{config.dir};
        if (config.named_by) candidates.insert(candidates.begin(), config.named_by->dir);
        if (const Package* package = sources.packages.nearest(config.dir)) candidates.push_back(package->dir);
        Tree::Dir root = candidates.front();
        for (Tree::Dir dir : candidates) {
            if (sources.tree.find(join(sources.tree.path(dir), directory)) == Tree::none) continue;
            root = dir;
            break;
        }
        find.unit.root = sources.tree.path(root);
        std::string migrations = join(find.unit.root, directory);
        if (sources.tree.find(migrations) == Tree::none)
            sources.repo.report(config.path, line, "config.missing_directory",
                                "names " + migrations + ", which is not there");
        find.unit.migrations.push_back({migrations, std::nullopt});
        find.add(config.named_by ? Signal::mongo_named : Signal::mongo_config, config.path, line);
        for (const JsMigrations& dir : sources.js)
            if (dir.kind == JsKind::migrate_mongo && dir.path == migrations)
                find.add(Signal::mongo_migrations, dir.sample, dir.line);

        if (contains_any(text, {"./build/", "./dist/"}))
            find.unit.how_run = HowRun::build;
        else if (sources.calls.scripts("migrate-mongo").empty() && is_used_in_code(sources, root))
            find.unit.how_run = HowRun::programmatic;
        std::string_view name = name_of_path(config.path);
        if (name.substr(0, name.rfind('.')) != "migrate-mongo-config" ||
            parent_of(config.path) != find.unit.root)
            find.name = telling_name(relative_to(config.path, find.unit.root), {"migrate", "mongo"});
        finds.push_back(std::move(find));
    }
    return finds;
}

}  // namespace migrate::detection
