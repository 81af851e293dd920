// Prisma: schemas with a datasource, and the histories beside them.
#include <algorithm>
#include <set>

#include "detect/find.hpp"
#include "detect/js_project.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Datasource {
    std::string provider;  ///< as written
    int line = 0;
};

/// The `datasource NAME { provider = "..." }` block of a schema.
std::optional<Datasource> datasource_in(const std::string& text) {
    for (std::size_t at = find_word(text, "datasource"); at != std::string::npos;
         at = find_word(text, "datasource", at + 1)) {
        std::size_t start = text.rfind('\n', at);
        start = start == std::string::npos ? 0 : start + 1;
        if (!trim(std::string_view(text).substr(start, at - start)).empty()) continue;
        std::size_t open = text.find('{', at);
        if (open == std::string::npos || text.find('\n', at) < open) continue;
        std::string_view inside = std::string_view(text).substr(open, text.find('}', open) - open);
        Datasource found{"", line_of(text, at)};
        if (std::size_t provider = find_word(inside, "provider"); provider != std::string_view::npos) {
            std::size_t quote = inside.find('"', provider);
            if (quote != std::string_view::npos)
                found.provider = inside.substr(quote + 1, inside.find('"', quote + 1) - quote - 1);
        }
        return found;
    }
    return std::nullopt;
}

struct Schema {
    Tree::Dir dir = 0;
    std::string path;
    Datasource datasource;
};

/// The schemas that hold a datasource. A schema may be split over many files: likely names are read first,
/// and of a directory without such names no more than it takes to find one.
std::vector<Schema> schemas(const Sources& sources) {
    std::vector<Schema> found;
    std::map<Tree::Dir, std::vector<std::string_view>> by_dir;
    for (Tree::Place place : sources.tree.of_kind(FileKind::prisma_schema))
        by_dir[place.dir].push_back(sources.tree.name(place));
    for (auto& [dir, names] : by_dir) {
        bool split = names.size() > 6;
        std::stable_partition(names.begin(), names.end(), [](std::string_view name) {
            return contains_any(name, {"schema", "datasource", "main", "base", "index"});
        });
        for (std::string_view name : names) {
            std::string path = join(sources.tree.path(dir), name);
            auto datasource = datasource_in(sources.repo.text(path));
            if (!datasource) continue;
            found.push_back({dir, path, *datasource});
            if (split) break;
        }
    }
    std::sort(found.begin(), found.end(), [](const Schema& a, const Schema& b) { return a.path < b.path; });
    return found;
}

/// A prisma.config file and what it says.
struct Config {
    Tree::Dir dir = 0;
    std::string path;
    std::string schema;      ///< resolved
    std::string migrations;  ///< resolved
    std::string seed;
};

/// prisma.config.* anywhere, and `.config/prisma.*`, which no name alone gives away.
std::vector<Tree::Place> config_places(const Tree& tree) {
    std::vector<Tree::Place> places = tree.of_kind(FileKind::prisma_config);
    for (Tree::Dir dir = 1; dir < tree.directory_count(); ++dir) {
        if (tree.name(dir) != ".config") continue;
        auto files = tree.files(dir);
        for (std::uint32_t at = 0; at < files.size(); ++at)
            if (files[at].kind == FileKind::js && tree.name(files[at]).starts_with("prisma."))
                places.push_back({dir, at});
    }
    return places;
}

/// A schema that the configuration names and that nothing has is a mistake; a build's output is not there
/// yet.
void check_paths(const Sources& sources, const Config& config, int line) {
    const std::string& schema = config.schema;
    if (schema.empty() || contains(schema, "*") || sources.tree.find(schema) != Tree::none ||
        sources.tree.has_file(schema) || sources.repo.exists(schema))
        return;
    sources.repo.report(config.path, line, "config.stale", "names " + schema + ", which is not there");
}

std::vector<Config> configs(const Sources& sources) {
    std::vector<Config> found;
    for (Tree::Place place : config_places(sources.tree)) {
        Config config;
        config.dir = place.dir;
        config.path = sources.tree.path(place);
        std::string text = without_js_comments(sources.repo.text(config.path));
        // `.config/prisma.ts` resolves from the directory above.
        if (sources.tree.name(place.dir) == ".config") config.dir = sources.tree.parent(place.dir);
        std::string base = sources.tree.path(config.dir);
        // What a path counts from: the working directory, or the file itself (`__dirname`).
        std::string own(parent_of(config.path));
        auto first = [&](std::string_view within, std::string_view key) -> std::optional<JsValue> {
            for (JsValue& value : values_of_key(within, key))
                if (!value.strings.empty() && !value.text.empty() && trim(value.text)[0] != '{')
                    return std::move(value);
            return std::nullopt;
        };
        auto path_of = [&](const JsValue& value) {
            return join(value.from_file ? own : base, value.strings.front());
        };
        if (auto schema = first(text, "schema")) config.schema = path_of(*schema);
        for (const JsValue& value : values_of_key(text, "migrations")) {
            if (auto path = first(value.text, "path")) config.migrations = path_of(*path);
            auto seed = first(value.text, "seed");
            config.seed = seed ? seed->strings.front() : "";
        }
        check_paths(sources, config, line_with(text, "schema"));
        found.push_back(std::move(config));
    }
    return found;
}

/// Whether a directory holds a history: the lock, or a subdirectory with a migration.sql.
bool is_history(const Tree& tree, Tree::Dir dir) {
    if (dir == Tree::none) return false;
    if (tree.holds(dir, FileKind::prisma_lock)) return true;
    for (Tree::Dir child : tree.sorted_children(dir))
        if (tree.holds(child, FileKind::migration_sql) && !tree.has(child, "snapshot.json")) return true;
    return false;
}

/// The only history in a package, "" where there is none or several.
std::string only_history(const Sources& sources, const Package* package) {
    std::string found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::prisma_lock)) {
        if (sources.packages.nearest(place.dir) != package) continue;
        if (!found.empty()) return "";
        found = sources.tree.path(place.dir);
    }
    return found;
}

std::string migrations_of(const Sources& sources, const Schema& schema, const Config* config,
                          HowRun& how_run) {
    if (config && !config->migrations.empty()) {
        if (sources.tree.find(config->migrations) != Tree::none) return config->migrations;
        // A directory that is made before Prisma runs: the history lies where a script copies it from.
        std::string source = only_history(sources, sources.packages.nearest(schema.dir));
        if (source.empty()) {
            if (!sources.repo.exists(config->migrations))
                sources.repo.report(config->path, 0, "config.missing_directory",
                                    "names " + config->migrations + ", which is not there");
            return config->migrations;
        }
        how_run = HowRun::wrapper;
        return source;
    }
    std::string beside = join(sources.tree.path(schema.dir), "migrations");
    if (is_history(sources.tree, sources.tree.find(beside))) return beside;
    // A folder of schema files: Prisma 7 counts from the folder, so the history may be one level up.
    std::string above = join(parent_of(sources.tree.path(schema.dir)), "migrations");
    if (schema.dir != 0 && is_history(sources.tree, sources.tree.find(above)) &&
        !sources.tree.has_file(join(parent_of(above), "schema.prisma")))
        return above;
    return beside;
}

/// Whether a package knows the CLI: the dependency, or a script that calls it.
bool knows_prisma(const Packages& packages, const Package& package) {
    if (!package.mentions("prisma")) return false;
    if (packages.depends(package, "prisma") || packages.depends(package, "@prisma/prisma7")) return true;
    for (const auto& [name, text] : packages.manifest(package).scripts)
        if (has_word(text, "prisma")) return true;
    return packages.manifest(package).has_prisma;
}

Tree::Dir root_of(const Sources& sources, const Schema& schema, const Config* config) {
    if (config) return config->dir;
    if (const Package* package = sources.packages.nearest_with(schema.dir, "prisma")) return package->dir;
    std::string_view name = sources.tree.name(schema.dir);
    if ((name == "prisma" || name == "schema") && schema.dir != 0) return sources.tree.parent(schema.dir);
    return schema.dir;
}

/// The file that a seed command runs: the first word that is one.
std::string seed_file(const Sources& sources, const std::string& base, std::string_view command) {
    for (const std::string& word : shell_words(command)) {
        std::string path = join(base, word);
        if (sources.tree.has_file(path)) return path;
    }
    return "";
}

std::string seeds_of(const Sources& sources, const Find& find, const Schema& schema, const Config* config) {
    if (config && !config->seed.empty()) return seed_file(sources, find.unit.root, config->seed);
    if (const Package* package = sources.packages.at(sources.tree.find(find.unit.root)))
        if (package->mentions("\"seed\""))
            if (std::string file =
                    seed_file(sources, find.unit.root, sources.packages.manifest(*package).prisma_seed);
                !file.empty())
                return file;
    for (std::string_view name : {"seed.ts", "seed.js", "seed.mts", "seed.mjs"})
        if (sources.tree.has(schema.dir, name)) return join(sources.tree.path(schema.dir), name);
    return "";
}

void check_history(const Sources& sources, const std::string& path) {
    Tree::Dir dir = sources.tree.find(path);
    if (dir == Tree::none) return;
    for (Tree::Dir child : sources.tree.sorted_children(dir))
        if (leading_digits(sources.tree.name(child)) == 14 &&
            !sources.tree.holds(child, FileKind::migration_sql))
            sources.repo.report(sources.tree.path(child), 0, "history.disagrees",
                                "a migration without its migration.sql");
}

std::string lock_provider(const Sources& sources, const std::string& lock) {
    const std::string& text = sources.repo.text(lock);
    std::size_t at = find_word(text, "provider");
    std::size_t quote = at == std::string::npos ? at : text.find('"', at);
    return quote == std::string::npos ? "" : text.substr(quote + 1, text.find('"', quote + 1) - quote - 1);
}

void add_lock(const Sources& sources, Find& find, const std::string& migrations) {
    std::string lock = join(migrations, "migration_lock.toml");
    if (!sources.tree.has_file(lock)) return;
    std::string provider = lock_provider(sources, lock);
    if (provider.empty()) {
        sources.repo.report(lock, 0, "config.invalid", "no provider");
        return;
    }
    find.add(Signal::prisma_lock, lock, line_with(sources.repo.text(lock), "provider"));
    if (auto engine = engine_from(provider); engine && find.unit.engines.empty())
        find.unit.engines.push_back(*engine);
}

Find find_of(const Sources& sources, const Schema& schema, const Config* config) {
    Find find;
    find.unit.tool = Tool::prisma;
    find.unit.schema = schema.path;
    Tree::Dir root = root_of(sources, schema, config);
    find.unit.root = sources.tree.path(root);
    const Package* package = sources.packages.at(root);
    if (config)
        find.unit.config = config->path;
    else if (package && package->mentions("\"prisma\"") && sources.packages.manifest(*package).has_prisma)
        find.unit.config = package->file;
    if (auto engine = engine_from(schema.datasource.provider)) find.unit.engines.push_back(*engine);

    std::string migrations = migrations_of(sources, schema, config, find.unit.how_run);
    find.unit.migrations.push_back({migrations, std::nullopt});
    find.add(is_history(sources.tree, sources.tree.find(migrations)) ? Signal::prisma_history
                                                                     : Signal::prisma_schema,
             schema.path, schema.datasource.line);
    add_lock(sources, find, migrations);
    if (config) find.add(Signal::prisma_config, config->path);
    for (Tree::Dir at = schema.dir; at != Tree::none; at = sources.tree.parent(at)) {
        const Package* owner = sources.packages.at(at);
        if (!owner || !knows_prisma(sources.packages, *owner)) continue;
        find.add(Signal::prisma_dependency, owner->file, line_with(*owner->text, "\"prisma\""));
        break;
    }
    find.unit.seeds = seeds_of(sources, find, schema, config);

    // Where the tool itself looks, with the configuration or the manifest naming another place.
    std::string below = relative_to(schema.path, find.unit.root);
    std::string declared = package && package->mentions("\"prisma\"")
                               ? sources.packages.manifest(*package).prisma_schema
                               : std::string();
    bool named = config || (!declared.empty() && is_within(schema.path, join(find.unit.root, declared)));
    if (!named && below != "schema.prisma" && below != "prisma/schema.prisma")
        find.name = telling_name(below, {"prisma"});
    find.own_path = schema.path;
    if (find.unit.how_run != HowRun::wrapper) check_history(sources, migrations);
    return find;
}

/// The config that governs a schema: it names the schema or a directory above it, or names none and lies at
/// or above the schema's directory.
const Config* config_of(const std::vector<Config>& configs, const Tree& tree, const Schema& schema) {
    const Config* best = nullptr;
    for (const Config& config : configs) {
        bool named = !config.schema.empty() && is_within(schema.path, config.schema);
        if (named) return &config;
        if (!config.schema.empty() || !tree.within(schema.dir, config.dir)) continue;
        std::string below = relative_to(schema.path, tree.path(config.dir));
        if (below == "schema.prisma" || below == "prisma/schema.prisma") best = &config;
    }
    return best;
}

}  // namespace

std::vector<Find> find_prisma(const Sources& sources) {
    std::vector<Find> finds;
    std::vector<Config> all_configs = configs(sources);
    std::set<std::string> histories;
    for (const Schema& schema : schemas(sources)) {
        Find find = find_of(sources, schema, config_of(all_configs, sources.tree, schema));
        const std::string& migrations = find.unit.migrations.front().path;
        auto same = std::find_if(finds.begin(), finds.end(), [&](const Find& other) {
            return other.unit.migrations.front().path == migrations;
        });
        if (same != finds.end()) {
            // Several schemas over one history: the one for the engine that the lock names counts.
            std::string lock = join(migrations, "migration_lock.toml");
            std::string locked = sources.tree.has_file(lock) ? lock_provider(sources, lock) : "";
            bool other_fits =
                !same->unit.engines.empty() && engine_from(locked) == same->unit.engines.front();
            if (!locked.empty() && schema.datasource.provider == locked && !other_fits)
                *same = std::move(find);
            continue;
        }
        histories.insert(migrations);
        finds.push_back(std::move(find));
    }
    // Histories whose schema is made by a build, or lies where nobody would look.
    for (Tree::Place place : sources.tree.of_kind(FileKind::prisma_lock)) {
        std::string path = sources.tree.path(place.dir);
        if (histories.contains(path)) continue;
        Find find;
        find.unit.tool = Tool::prisma;
        find.unit.migrations.push_back({path, std::nullopt});
        const Package* package = sources.packages.nearest_with(place.dir, "prisma");
        std::string above(parent_of(path));
        if (name_of_path(above) == "prisma") above = std::string(parent_of(above));
        find.unit.root = package ? package->path : above;
        add_lock(sources, find, path);
        find.name = telling_name(relative_to(path, find.unit.root), {"prisma"});
        find.own_path = path;
        finds.push_back(std::move(find));
    }
    return finds;
}

}  // namespace migrate::detection
