// Knex: knexfiles, and directories of migrations that only an application applies.
#include <algorithm>
#include <set>

#include "detect/engines.hpp"
#include "detect/find.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Knexfile {
    std::string path;
    Tree::Dir dir = 0;
    const Call* named_by = nullptr;
};

std::vector<Knexfile> knexfiles(const Sources& sources) {
    std::vector<Knexfile> found;
    std::set<std::string> seen;
    for (Tree::Place place : sources.tree.of_kind(FileKind::knexfile)) {
        if (sources.tree.name(place).find(".d.") != std::string_view::npos) continue;
        found.push_back({sources.tree.path(place), place.dir, nullptr});
        seen.insert(found.back().path);
    }
    for (const Call& call : sources.calls.scripts("knex")) {
        for (const std::string& value : option_values(call, {"--knexfile"})) {
            std::string path = join(call.package->path, value);
            if (seen.contains(path)) {
                for (Knexfile& file : found)
                    if (file.path == path && !file.named_by) file.named_by = &call;
                continue;
            }
            if (sources.tree.has_file(path)) {
                seen.insert(path);
                found.push_back({path, sources.tree.find(parent_of(path)), &call});
            } else if (!contains_any(value, {"$", "dist/", "build/"}) && !sources.repo.exists(path)) {
                sources.repo.report(call.path, call.line, "config.stale",
                                    "script \"" + call.name + "\" names " + value + ", which is not there");
            }
        }
    }
    return found;
}

/// The directories that a section (`migrations`, `seeds`) of a knexfile names, relative to the scan root.
std::vector<std::string> directories_of(const std::string& text, std::string_view section,
                                        const std::string& base, bool& computed) {
    std::vector<std::string> found;
    for (const JsValue& part : values_of_key(text, section)) {
        for (const JsValue& value : values_of_key(part.text, "directory")) {
            computed = computed || value.computed || value.strings.empty();
            for (const std::string& directory : value.strings) {
                if (directory.empty() || contains(directory, "*")) {
                    computed = true;
                    continue;
                }
                std::string path = join(base, directory);
                if (std::find(found.begin(), found.end(), path) == found.end()) found.push_back(path);
            }
        }
    }
    return found;
}

bool is_claimed(const std::vector<Find>& finds, const std::string& path) {
    return std::any_of(finds.begin(), finds.end(), [&](const Find& find) {
        return std::any_of(find.unit.migrations.begin(), find.unit.migrations.end(),
                           [&](const MigrationsDir& dir) { return dir.path == path; });
    });
}

Find from_knexfile(const Sources& sources, const Knexfile& file) {
    Find find;
    find.unit.tool = Tool::knex;
    find.unit.config = file.path;
    // The CLI changes into the knexfile's directory.
    find.unit.root = std::string(parent_of(file.path));
    find.own_path = file.path;
    find.add(Signal::knexfile, file.path);
    if (file.named_by) find.add(Signal::called, file.named_by->path, file.named_by->line);
    std::string text = without_js_comments(sources.repo.text(file.path, 512 * 1024));
    bool computed = contains(text, "migrationSource");
    if (computed) find.unit.how_run = HowRun::wrapper;
    for (const JsValue& client : values_of_key(text, "client"))
        for (const std::string& name : client.strings)
            if (auto engine = engine_from(name);
                engine && std::find(find.unit.engines.begin(), find.unit.engines.end(), *engine) ==
                              find.unit.engines.end())
                find.unit.engines.push_back(*engine);

    std::vector<std::string> directories = directories_of(text, "migrations", find.unit.root, computed);
    std::string usual = join(find.unit.root, "migrations");
    if (directories.empty() && !computed && sources.tree.find(usual) != Tree::none)
        directories.push_back(usual);
    for (const std::string& directory : directories) {
        if (sources.tree.find(directory) == Tree::none) {
            // dist/migrations and the like are made by a build.
            if (!contains_any(directory, {"dist/", "build/", "lib/"}))
                sources.repo.report(file.path, line_with(sources.repo.text(file.path), "directory"),
                                    "config.missing_directory",
                                    "names " + directory + ", which is not there");
            continue;
        }
        find.unit.migrations.push_back({directory, std::nullopt});
        find.add(Signal::knex_directory, file.path);
    }
    if (find.unit.migrations.empty()) {
        for (const JsMigrations& dir : sources.js) {
            if (dir.kind != JsKind::knex || !is_within(dir.path, find.unit.root)) continue;
            if (is_hidden_path(relative_to(dir.path, find.unit.root))) continue;
            find.unit.migrations.push_back({dir.path, std::nullopt});
            find.add(Signal::knex_migrations, dir.sample, dir.line);
        }
    }
    if (find.unit.migrations.empty()) find.unit.migrations.push_back({usual, std::nullopt});
    bool ignored = false;
    std::vector<std::string> seeds = directories_of(text, "seeds", find.unit.root, ignored);
    if (seeds.empty()) seeds.push_back(join(find.unit.root, "seeds"));
    if (sources.tree.find(seeds.front()) != Tree::none) find.unit.seeds = seeds.front();

    std::string_view name = name_of_path(file.path);
    if (name.substr(0, name.rfind('.')) != "knexfile") find.name = telling_name(name, {"knexfile", "knex"});
    return find;
}

}  // namespace

std::vector<Find> find_knex(const Sources& sources) {
    std::vector<Find> finds;
    for (const Knexfile& file : knexfiles(sources)) {
        // `knexfile.js` that only loads `knexfile.ts`: one unit.
        Find find = from_knexfile(sources, file);
        auto twin = std::find_if(finds.begin(), finds.end(), [&](const Find& other) {
            return other.unit.root == find.unit.root && other.name == find.name;
        });
        if (twin == finds.end())
            finds.push_back(std::move(find));
        else if (twin->unit.evidence.size() < find.unit.evidence.size())
            *twin = std::move(find);
    }
    for (const JsMigrations& dir : sources.js) {
        if (dir.kind != JsKind::knex || is_claimed(finds, dir.path)) continue;
        const Package* package = sources.packages.nearest_with(dir.dir, "\"knex\"");
        if (!package || !sources.packages.depends(*package, "knex")) continue;
        const Package* own = sources.packages.nearest(dir.dir);
        // `migrations-sqlite` beside `migrations`: the same history for another engine.
        auto beside = std::find_if(finds.begin(), finds.end(), [&](const Find& find) {
            const std::string& other = find.unit.migrations.front().path;
            return find.unit.config.empty() && dir.path.starts_with(other) &&
                   dir.path.size() > other.size() + 1 && contains("-_.", dir.path.substr(other.size(), 1)) &&
                   engine_in_name(dir.path.substr(other.size() + 1));
        });
        if (beside != finds.end()) {
            auto engine = engine_in_name(dir.path.substr(beside->unit.migrations.front().path.size() + 1));
            beside->unit.migrations.push_back({dir.path, engine});
            beside->add(Signal::knex_migrations, dir.sample, dir.line);
            continue;
        }
        Find find;
        find.unit.tool = Tool::knex;
        find.unit.root = own->path;
        find.unit.migrations.push_back({dir.path, std::nullopt});
        find.unit.how_run = HowRun::programmatic;
        find.own_path = dir.path;
        find.add(Signal::knex_migrations, dir.sample, dir.line);
        std::string below = relative_to(dir.path, find.unit.root);
        if (below != "migrations") find.name = telling_name(below, {"knex"});
        finds.push_back(std::move(find));
    }
    return finds;
}

}  // namespace migrate::detection
