// Flyway: versioned and repeatable scripts, wherever they lie, and who names their location.
#include <algorithm>
#include <map>
#include <set>

#include "detect/document.hpp"
#include "detect/engines.hpp"
#include "detect/find.hpp"
#include "detect/jvm_project.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// A location that a configuration names: "classpath:db/migration" in line 12 of application.yml.
struct Location {
    std::string file;
    Tree::Dir dir = 0;  ///< of the file
    int line = 0;
    std::string path;     ///< without prefix and without what is computed
    bool vendor = false;  ///< ends in {vendor} or another placeholder
    bool filesystem = false;
    bool hidden = false;
    bool absolute = false;  ///< a place outside the repository, as in a container
};

/// The locations in one text: everything behind `classpath:` and `filesystem:`.
void add_locations(const std::string& file, Tree::Dir dir, const std::string& text,
                   std::vector<Location>& found) {
    for (std::string_view prefix : {"classpath:", "filesystem:"}) {
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
            std::size_t start = at + prefix.size();
            std::size_t end = std::min(text.find_first_of(",;\"' \t\r\n<]", start), text.size());
            std::string_view path = std::string_view(text).substr(start, end - start);
            std::size_t hole = std::min(path.find('{'), path.find('$'));
            Location location{file,
                              dir,
                              line_of(text, at),
                              "",
                              hole != std::string_view::npos,
                              prefix == "filesystem:",
                              is_hidden_path(file)};
            path = path.substr(0, hole);
            location.absolute = location.filesystem && path.starts_with('/');
            while (path.starts_with('/')) path.remove_prefix(1);
            while (path.ends_with('/')) path.remove_suffix(1);
            location.path = std::string(path);
            if (!location.path.empty()) found.push_back(std::move(location));
        }
    }
}

/// From application files, Flyway's own files, and code that is named after it. Only read when there are
/// scripts at all.
std::vector<Location> locations(const Sources& sources) {
    std::vector<Location> found;
    for (FileKind kind : {FileKind::app_config, FileKind::flyway_config}) {
        for (Tree::Place place : sources.tree.of_kind(kind)) {
            std::string file = sources.tree.path(place);
            const std::string& text = sources.repo.text(file);
            if (contains(text, "flyway") || kind == FileKind::flyway_config)
                add_locations(file, place.dir, text, found);
        }
    }
    std::vector<std::pair<std::string, Tree::Dir>> code;
    sources.tree.each_of_kind(FileKind::jvm_code, [&](Tree::Place place) {
        std::string_view name = sources.tree.name(place);
        if (contains(name, "Flyway") || contains(name, "flyway"))
            code.emplace_back(sources.tree.path(place), place.dir);
    });
    std::sort(code.begin(), code.end());
    if (code.size() > 20) code.resize(20);
    for (const auto& [file, dir] : code) add_locations(file, dir, sources.repo.text(file), found);
    return found;
}

/// A directory that holds scripts, and the location that it is part of.
struct Scripts {
    std::string path;
    std::string sample;
    std::string base;  ///< the location's own directory
    std::optional<Engine> engine;
    const Location* named_by = nullptr;
    bool code = false;
};

bool ends_with_path(std::string_view path, std::string_view suffix) {
    return path == suffix || (path.size() > suffix.size() && path.ends_with(suffix) &&
                              path[path.size() - suffix.size() - 1] == '/');
}

/// Where the location that holds `path` begins: as a configuration says it, else at `db/migration`, else the
/// directory itself, without a last component that names an engine.
void settle_base(Scripts& scripts, const std::vector<Location>& all) {
    for (std::string at = scripts.path;; at = std::string(parent_of(at))) {
        for (const Location& location : all) {
            if (!ends_with_path(at, location.path) && !(location.vendor && at == location.path)) continue;
            // A test's configuration does not speak for the sources.
            if (location.hidden && !is_hidden_path(scripts.path)) continue;
            bool better = !scripts.named_by || location.path.size() > scripts.named_by->path.size() ||
                          (location.path.size() == scripts.named_by->path.size() &&
                           !is_within(scripts.named_by->file, parent_of(scripts.base)) &&
                           is_within(location.file, parent_of(at)));
            if (!better) continue;
            scripts.named_by = &location;
            scripts.base = at;
        }
        if (at == "." || scripts.named_by) break;
    }
    std::string_view name = name_of_path(scripts.path);
    scripts.engine = engine_in_name(name);
    if (scripts.named_by) return;
    std::size_t usual = scripts.path.rfind("db/migration");
    std::size_t end = usual == std::string::npos ? usual : usual + 12;
    if (usual != std::string::npos && (usual == 0 || scripts.path[usual - 1] == '/') &&
        (end == scripts.path.size() || scripts.path[end] == '/'))
        scripts.base = scripts.path.substr(0, end);
    else
        scripts.base = scripts.engine && scripts.path.find('/') != std::string::npos
                           ? std::string(parent_of(scripts.path))
                           : scripts.path;
}

std::string first_of_kind(const Tree& tree, Tree::Dir dir, FileKind kind) {
    std::string_view first;
    for (const Tree::File& file : tree.files(dir))
        if (file.kind == kind && (first.empty() || tree.name(file) < first)) first = tree.name(file);
    return std::string(first);
}

std::vector<Scripts> scripts_of(const Sources& sources, const std::vector<Location>& all) {
    std::vector<Scripts> found;
    for (Tree::Dir dir : sources.tree.holding(bit(FileKind::flyway_sql) | bit(FileKind::flyway_code))) {
        bool code = !sources.tree.holds(dir, FileKind::flyway_sql);
        Scripts scripts;
        scripts.path = sources.tree.path(dir);
        scripts.code = code;
        scripts.sample =
            join(scripts.path,
                 first_of_kind(sources.tree, dir, code ? FileKind::flyway_code : FileKind::flyway_sql));
        settle_base(scripts, all);
        found.push_back(std::move(scripts));
    }
    return found;
}

/// Flyway's own configuration at or above a directory: flyway.toml before flyway.conf, conf/ included.
std::string own_config(const Tree& tree, Tree::Dir dir, Tree::Dir& root) {
    for (Tree::Dir at = dir; at != Tree::none; at = tree.parent(at)) {
        for (const char* name : {"flyway.toml", "flyway.conf", "conf/flyway.toml", "conf/flyway.conf"}) {
            std::string path = join(tree.path(at), name);
            if (!tree.has_file(path)) continue;
            root = at;
            return path;
        }
    }
    return "";
}

void add_build(const Sources& sources, Find& find, Tree::Dir dir) {
    for (const std::string& file : build_files(sources.repo, dir)) {
        const std::string& text = sources.repo.text(file);
        bool plugin =
            contains_any(text, {"flyway-maven-plugin", "org.flywaydb.flyway", "com.redgate.flyway"});
        if (plugin && !find.has(Signal::flyway_plugin)) {
            find.add(Signal::flyway_plugin, file,
                     std::max(line_with(text, "flyway-maven-plugin"), line_with(text, "flywaydb.flyway")));
            if (find.unit.config.empty()) find.unit.config = file;
        }
        if (!find.has(Signal::flyway_dependency) && contains(lowercase(text), "flyway"))
            find.add(Signal::flyway_dependency, file, line_with(lowercase(text), "flyway"));
    }
}

std::string_view kUsualNames[] = {"db/migration", "src/main/resources/db/migration", "sql", "migrations"};

Find find_of(const Sources& sources, const std::vector<const Scripts*>& parts) {
    const Scripts& first = *parts.front();
    Find find;
    find.unit.tool = Tool::flyway;
    find.own_path = first.path;
    Tree::Dir dir = sources.tree.find(first.path);
    JvmProject project = jvm_project(sources.repo, dir);
    Tree::Dir config_dir = Tree::none;
    std::string config = own_config(sources.tree, dir, config_dir);
    Tree::Dir root = project.module != Tree::none ? project.module : config_dir;
    if (root == Tree::none) root = dir == 0 ? dir : sources.tree.parent(dir);
    // A configuration for the CLI counts when it lies in the module, or there is no module.
    if (!config.empty() && (project.module == Tree::none || sources.tree.within(config_dir, project.module) ||
                            contains(sources.repo.text(config), "locations"))) {
        find.unit.config = config;
        find.add(Signal::flyway_config, config);
        if (project.module == Tree::none || sources.tree.within(project.module, config_dir))
            root = config_dir;
    }
    find.unit.root = sources.tree.path(root);

    std::set<Engine> engines;
    for (const Scripts* part : parts)
        if (part->engine) engines.insert(*part->engine);
    bool variants = engines.size() > 1 && std::all_of(parts.begin(), parts.end(), [&](const Scripts* part) {
                        return part->code || (part->engine && part->path != first.base);
                    });
    for (const Scripts* part : parts) {
        // Flyway reads a location with everything below it.
        bool whole = first.named_by || is_within(first.base, "src/main/resources/db/migration") ||
                     first.base.ends_with("db/migration");
        const std::string& path = variants || part->code || !whole ? part->path : first.base;
        bool known = std::any_of(find.unit.migrations.begin(), find.unit.migrations.end(),
                                 [&](const MigrationsDir& other) { return other.path == path; });
        if (!known) find.unit.migrations.push_back({path, variants ? part->engine : std::nullopt});
        find.add(Signal::flyway_scripts, part->sample);
        add_engine(find.unit.engines, part->engine);
        if (!part->named_by || find.has(Signal::flyway_location)) continue;
        find.add(Signal::flyway_location, part->named_by->file, part->named_by->line);
        if (find.unit.config.empty()) find.unit.config = part->named_by->file;
    }
    add_build(sources, find, dir);
    if (!find.has(Signal::flyway_plugin) && find.unit.config != config)
        find.unit.how_run = HowRun::programmatic;
    if (config.empty() && !find.has(Signal::flyway_plugin)) find.unit.how_run = HowRun::programmatic;

    std::string below = relative_to(first.base, find.unit.root);
    if (std::find(std::begin(kUsualNames), std::end(kUsualNames), below) == std::end(kUsualNames))
        find.name = telling_name(below, {"resources", "main", "java", "kotlin", "flyway"});
    return find;
}

/// "src/main/java/db/migration" and "src/main/resources/db/migration" are one location: "db/migration".
std::string_view package_path(std::string_view path) {
    for (std::string_view part : {"src/main/resources/", "src/main/java/", "src/main/kotlin/"})
        if (std::size_t at = path.find(part); at != std::string_view::npos)
            return path.substr(at + part.size());
    return path;
}

std::vector<Find> from_scripts(const Sources& sources) {
    if (sources.tree.holding(bit(FileKind::flyway_sql) | bit(FileKind::flyway_code)).empty()) return {};
    std::vector<Location> all = locations(sources);
    std::vector<Scripts> scripts = scripts_of(sources, all);
    // One location of one module is one history; code migrations join the scripts of their package's path.
    std::map<std::pair<Tree::Dir, std::string>, std::vector<const Scripts*>> groups;
    for (const Scripts& one : scripts) {
        Tree::Dir module = jvm_project(sources.repo, sources.tree.find(one.path)).module;
        std::string base = one.base;
        if (one.code)
            for (const Scripts& other : scripts)
                if (!other.code && package_path(other.path) == package_path(one.path) &&
                    jvm_project(sources.repo, sources.tree.find(other.path)).module == module)
                    base = other.base;
        groups[{module, base}].push_back(&one);
    }
    std::vector<Find> finds;
    for (const auto& [key, parts] : groups) finds.push_back(find_of(sources, parts));
    return finds;
}

/// Whether a TOML file can be read; says so where it cannot.
bool is_readable(const Sources& sources, const std::string& config) {
    if (!config.ends_with(".toml")) return true;
    Document document = read_toml(sources.repo.text(config));
    if (document.error.empty()) return true;
    sources.repo.report(config, document.error_line, "config.invalid", "no valid TOML: " + document.error);
    return false;
}

/// A configuration for the CLI without a script yet, or whose directory is gone.
Find from_config(const Sources& sources, const std::string& config, Tree::Dir root) {
    Find find;
    find.unit.tool = Tool::flyway;
    find.unit.root = sources.tree.path(root);
    find.unit.config = config;
    find.own_path = config;
    find.add(Signal::flyway_config, config);
    std::vector<Location> named;
    add_locations(config, root, sources.repo.text(config), named);
    for (const Location& location : named) {
        if (!location.filesystem || location.vendor || location.absolute) continue;
        std::string path = join(find.unit.root, location.path);
        find.unit.migrations.push_back({path, std::nullopt});
        if (sources.tree.find(path) == Tree::none && !sources.repo.exists(path))
            sources.repo.report(config, location.line, "config.missing_directory",
                                "names " + path + ", which is not there");
    }
    if (find.unit.migrations.empty())
        find.unit.migrations.push_back({join(find.unit.root, "sql"), std::nullopt});
    return find;
}

/// Configurations that no directory of scripts has led to.
void add_configs(const Sources& sources, std::vector<Find>& finds) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::flyway_config)) {
        std::string_view name = sources.tree.name(place);
        if (name != "flyway.toml" && name != "flyway.conf") continue;
        std::string config = sources.tree.path(place);
        bool used = std::any_of(finds.begin(), finds.end(),
                                [&](const Find& find) { return find.unit.config == config; });
        if (!is_readable(sources, config) || used || !contains(sources.repo.text(config), "flyway")) continue;
        Tree::Dir root = place.dir;
        if (sources.tree.name(root) == "conf" && root != 0) root = sources.tree.parent(root);
        // Beside scripts that another of the module's files configures it is a second door, not a second
        // unit.
        std::string path = sources.tree.path(root);
        bool known = std::any_of(finds.begin(), finds.end(), [&](const Find& find) {
            return find.unit.root == path || is_within(find.own_path, path);
        });
        if (!known) finds.push_back(from_config(sources, config, root));
    }
}

}  // namespace

std::vector<Find> find_flyway(const Sources& sources) {
    std::vector<Find> finds = from_scripts(sources);
    add_configs(sources, finds);
    return finds;
}

}  // namespace migrate::detection
