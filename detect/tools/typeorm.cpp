// TypeORM: data sources that name migrations, and directories of migration classes.
#include <algorithm>
#include <set>

#include "detect/document.hpp"
#include "detect/find.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// How many files of a package are opened in search of a data source with an unlikely name.
constexpr int kMostOpened = 80;

struct Source {
    std::string path;
    Tree::Dir dir = 0;
    const Call* named_by = nullptr;  ///< a script gives it to the CLI
    bool built = false;              ///< the script names what a build makes of it
    bool reexport = false;           ///< imports another data source and has no migrations of its own
    bool runs_itself = false;        ///< migrationsRun: true
    bool javascript_globs = false;
    std::vector<std::string> globs;  ///< relative to the scan root, `*` for what is computed
    std::vector<Engine> engines;
    int line = 0;
};

/// "dist/src/x.js" -> where the source of a built file may lie.
std::vector<std::string> sources_of_built(std::string_view path) {
    std::vector<std::string> found;
    std::string stem(path);
    for (std::string_view ending : {".js", ".cjs", ".mjs"})
        if (path.ends_with(ending)) stem = std::string(path.substr(0, path.size() - ending.size()));
    std::string rest;
    for (std::string_view output : {"dist/", "build/", "lib/", "out/"})
        if (std::size_t at = stem.find(output); at == 0 || (at != std::string::npos && stem[at - 1] == '/'))
            rest = stem.substr(at + output.size());
    if (rest.empty()) return found;
    for (const char* ending : {".ts", ".js", ".mts", ".cts"})
        for (std::string base : {rest, "src/" + rest}) found.push_back(base + ending);
    return found;
}

/// A glob's directory in terms of the sources: without a leading dist/.
std::vector<std::string> source_globs(const std::string& root, std::string glob, const std::string& base) {
    std::vector<std::string> found{join(base, glob)};
    while (glob.starts_with("./")) glob = glob.substr(2);
    for (std::string_view output : {"dist/", "build/", "lib/", "out/"}) {
        std::size_t at = glob.find(output);
        if (at != 0 && (at == std::string::npos || glob[at - 1] != '/')) continue;
        found.push_back(join(root, "src/" + glob.substr(at + output.size())));
        found.push_back(join(root, glob.substr(at + output.size())));
    }
    return found;
}

bool is_data_source(std::string_view text) {
    return contains_any(text, {"DataSource(", "DataSourceOptions", "ConnectionOptions",
                               "TypeOrmModuleOptions", "createConnection("}) ||
           (contains(text, "entities") && contains(text, "type"));
}

std::optional<Source> read_source(const Sources& sources, const std::string& path, const std::string& root) {
    const std::string& raw = sources.repo.text(path, 512 * 1024);
    if (raw.empty()) return std::nullopt;
    std::string text = path.ends_with(".json") ? raw : without_js_comments(raw);
    bool old = name_of_path(path).starts_with("ormconfig");
    if (path.ends_with(".json"))
        if (Document document = read_json(raw); !document.error.empty()) {
            sources.repo.report(path, document.error_line, "config.invalid", document.error);
            return std::nullopt;
        }
    if (!old && !contains_any(text, {"typeorm", "DataSource"})) return std::nullopt;
    Source source;
    source.path = path;
    source.dir = sources.tree.find(parent_of(path));
    auto values = values_of_key(text, "migrations");
    bool some = false;
    int other_than_javascript = 0;
    for (const JsValue& value : values) {
        std::string_view written = trim(value.text);
        if (written.empty() || written == "[]" || written == "false" || written == "undefined") continue;
        some = true;
        if (source.line == 0) source.line = value.line;
        for (const std::string& glob : value.strings) {
            std::string base = value.from_file ? std::string(parent_of(path)) : root;
            source.javascript_globs = source.javascript_globs || glob.ends_with(".js");
            if (!glob.ends_with(".js")) ++other_than_javascript;
            for (std::string& candidate : source_globs(root, glob, base))
                source.globs.push_back(std::move(candidate));
        }
    }
    if (other_than_javascript > 0) source.javascript_globs = false;
    // YAML and the like are not read for their values; their presence under that name is enough.
    if (old && !some) some = contains(text, "migrations");
    if (some && !is_data_source(text)) return std::nullopt;
    if (!some) {
        bool imports = contains(text, "import") || contains(text, "require(");
        if (!imports || !contains(text, "DataSource")) return std::nullopt;
        source.reexport = true;
        source.line = line_with(raw, "DataSource");
    }
    for (const JsValue& value : values_of_key(text, "migrationsRun"))
        source.runs_itself = source.runs_itself || trim(value.text).starts_with("true");
    for (const JsValue& value : values_of_key(text, "type"))
        for (const std::string& name : value.strings)
            if (auto engine = engine_from(name);
                engine && name != "file" &&
                std::find(source.engines.begin(), source.engines.end(), *engine) == source.engines.end())
                source.engines.push_back(*engine);
    return source;
}

/// The data sources of one package.
struct Group {
    std::string root;
    Tree::Dir dir = 0;
    std::vector<Source> sources;
};

Group& group_of(const Sources& sources, std::vector<Group>& groups, Tree::Dir dir) {
    const Package* package = sources.packages.nearest(dir);
    Tree::Dir root = package ? package->dir : dir;
    for (Group& group : groups)
        if (group.dir == root) return group;
    groups.push_back({sources.tree.path(root), root, {}});
    return groups.back();
}

void add_named(const Sources& sources, std::vector<Group>& groups) {
    for (const Call& call : sources.calls.scripts("typeorm")) {
        for (const std::string& value :
             option_values(call, {"-d", "--dataSource", "--datasource", "-f", "--config"})) {
            std::string path = join(call.package->path, value);
            bool built = false;
            if (!sources.tree.has_file(path)) {
                for (const std::string& candidate : sources_of_built(value)) {
                    if (built || !sources.tree.has_file(join(call.package->path, candidate))) continue;
                    path = join(call.package->path, candidate);
                    built = true;
                }
                if (!built) {
                    if (!contains_any(value, {"$", "%"}) && !sources.repo.exists(path))
                        sources.repo.report(
                            call.path, call.line, "config.stale",
                            "script \"" + call.name + "\" names " + value + ", which is not there");
                    continue;
                }
            }
            Group& group = group_of(sources, groups, call.dir);
            auto known = std::find_if(group.sources.begin(), group.sources.end(),
                                      [&](const Source& source) { return source.path == path; });
            if (known != group.sources.end()) continue;
            auto source = read_source(sources, path, group.root);
            if (!source) {
                source.emplace();
                source->path = path;
                source->dir = sources.tree.find(parent_of(path));
                source->reexport = true;
            }
            source->named_by = &call;
            source->built = built;
            group.sources.push_back(std::move(*source));
        }
    }
}

void add_by_name(const Sources& sources, std::vector<Group>& groups) {
    for (Tree::Place place : sources.tree.of_kind(FileKind::data_source)) {
        std::string_view name = sources.tree.name(place);
        if (!name.starts_with("ormconfig") && !sources.packages.nearest_with(place.dir, "typeorm")) continue;
        Group& group = group_of(sources, groups, place.dir);
        std::string path = sources.tree.path(place);
        bool known = std::any_of(group.sources.begin(), group.sources.end(),
                                 [&](const Source& source) { return source.path == path; });
        if (known) continue;
        if (auto source = read_source(sources, path, group.root)) group.sources.push_back(std::move(*source));
    }
}

/// In a package with migrations and no data source under a likely name: its likely other files.
void add_by_content(const Sources& sources, Group& group) {
    int opened = 0;
    auto own = sources.tree.below(
        group.dir, [&](Tree::Dir dir) { return sources.tree.holds(dir, FileKind::package_json); });
    for (Tree::Dir dir : own) {
        if (is_hidden_path(relative_to(sources.tree.path(dir), group.root))) continue;
        for (const Tree::File& file : sources.tree.files(dir)) {
            if (file.kind != FileKind::js && file.kind != FileKind::js_config) continue;
            std::string name = lowercase(sources.tree.name(file));
            if (!contains_any(name, {"orm", "database", "connection", "config", "db", "app.module"}) ||
                contains_any(name, {".spec.", ".test.", ".d.ts", "form"}) || ++opened > kMostOpened)
                continue;
            std::string path = join(sources.tree.path(dir), sources.tree.name(file));
            if (!contains_any(sources.repo.text(path), {"new DataSource(", "createConnection("})) continue;
            if (auto source = read_source(sources, path, group.root); source && !source->reexport)
                group.sources.push_back(std::move(*source));
        }
    }
}

/// The migration directories that a data source's globs mean.
std::vector<const JsMigrations*> matched(const Source& source, const std::vector<const JsMigrations*>& all) {
    std::vector<const JsMigrations*> found;
    for (const JsMigrations* dir : all) {
        for (const std::string& glob : source.globs) {
            std::size_t star = glob.find_first_of("*{");
            std::string_view before = std::string_view(glob).substr(0, star);
            bool deep = star != std::string::npos &&
                        (glob.find('/', star) != std::string::npos || contains(glob, "**"));
            std::string_view prefix = before.ends_with('/')       ? before.substr(0, before.size() - 1)
                                      : star == std::string::npos ? parent_of(before)
                                                                  : before;
            bool hit = deep ? is_within(dir->path, prefix) || dir->path.starts_with(before)
                            : dir->path == prefix || dir->path == glob;
            if (!hit) continue;
            found.push_back(dir);
            break;
        }
    }
    return found;
}

/// The data source that the CLI is given: one that a script names, else one made for it, else the shallowest.
void sort_by_preference(std::vector<Source>& sources) {
    auto rank = [](const Source& source) {
        std::string name = lowercase(name_of_path(source.path));
        bool for_migrations = contains_any(name, {"migration", "cli"});
        return std::tuple(source.named_by ? 0 : 1, for_migrations ? 0 : 1, source.reexport ? 1 : 0,
                          std::count(source.path.begin(), source.path.end(), '/'), source.path);
    };
    std::stable_sort(sources.begin(), sources.end(),
                     [&](const Source& a, const Source& b) { return rank(a) < rank(b); });
}

void add_directories(Find& find, const std::vector<const JsMigrations*>& dirs) {
    bool variants = dirs.size() > 1 && std::all_of(dirs.begin(), dirs.end(), [](const JsMigrations* dir) {
                        return engine_from(lowercase(name_of_path(dir->path))).has_value();
                    });
    for (const JsMigrations* dir : dirs) {
        auto engine = variants ? engine_from(lowercase(name_of_path(dir->path))) : std::nullopt;
        find.unit.migrations.push_back({dir->path, engine});
        find.add(Signal::typeorm_migrations, dir->sample, dir->line);
    }
}

Find from_source(const Sources& sources, const Group& group, const Source& source,
                 const std::vector<const JsMigrations*>& dirs) {
    Find find;
    find.unit.tool = Tool::typeorm;
    find.unit.root = group.root;
    find.unit.config = source.path;
    find.own_path = source.path;
    if (!source.reexport || source.named_by || !dirs.empty())
        find.add(Signal::typeorm_source, source.path, source.line);
    if (source.named_by) find.add(Signal::typeorm_named, source.named_by->path, source.named_by->line);
    add_directories(find, dirs);
    // No migration yet: where the first one would go.
    for (const std::string& glob : source.globs) {
        std::string before = glob.substr(0, glob.find_first_of("*{"));
        if (!find.unit.migrations.empty() || contains_any(glob, {"dist/", "build/"})) continue;
        std::string directory = before.ends_with('/') ? join(".", before) : std::string(parent_of(before));
        if (sources.tree.find(directory) == Tree::none && !sources.repo.exists(directory))
            sources.repo.report(source.path, source.line, "config.missing_directory",
                                "names " + directory + ", which is not there");
        find.unit.migrations.push_back({directory, std::nullopt});
    }
    find.unit.engines = source.engines;
    bool typescript =
        std::any_of(dirs.begin(), dirs.end(), [](const JsMigrations* dir) { return dir->typescript; });
    bool javascript_globs = std::any_of(group.sources.begin(), group.sources.end(),
                                        [](const Source& one) { return one.javascript_globs; });
    if (source.runs_itself && !source.named_by)
        find.unit.how_run = HowRun::programmatic;
    else if (source.built || (javascript_globs && typescript))
        find.unit.how_run = HowRun::build;
    find.name =
        telling_name(relative_to(source.path, group.root),
                     {"typeorm", "orm", "ormconfig", "datasource", "source", "app", "cli", "default"});
    return find;
}

std::vector<Find> finds_of(const Sources& all, Group& group) {
    std::vector<const JsMigrations*> dirs;
    for (const JsMigrations& dir : all.js)
        if (dir.kind == JsKind::typeorm && all.tree.within(dir.dir, group.dir) &&
            (all.packages.nearest(dir.dir) == all.packages.at(group.dir) || !all.packages.at(group.dir)) &&
            !is_hidden_path(relative_to(dir.path, group.root)))
            dirs.push_back(&dir);
    if (group.sources.empty() && !dirs.empty()) add_by_content(all, group);
    sort_by_preference(group.sources);

    std::vector<Find> finds;
    std::set<const JsMigrations*> taken;
    std::vector<Engine> engines;
    for (const Source& source : group.sources)
        engines.insert(engines.end(), source.engines.begin(), source.engines.end());
    for (const Source& source : group.sources) {
        std::vector<const JsMigrations*> own = matched(source, dirs);
        if (own.empty() && finds.empty()) {
            // What another data source of the package names is that one's, unless this one only passes it on.
            own = dirs;
            if (!source.reexport)
                std::erase_if(own, [&](const JsMigrations* dir) {
                    return std::any_of(group.sources.begin(), group.sources.end(), [&](const Source& other) {
                        auto theirs = matched(other, dirs);
                        return &other != &source &&
                               std::find(theirs.begin(), theirs.end(), dir) != theirs.end();
                    });
                });
        }
        std::erase_if(own, [&](const JsMigrations* dir) { return taken.contains(dir); });
        // A second data source over the same history is another door to it, not another unit.
        if (!finds.empty() && own.empty()) continue;
        if (own.empty() && source.reexport && !source.named_by) continue;
        taken.insert(own.begin(), own.end());
        finds.push_back(from_source(all, group, source, own));
        Unit& unit = finds.back().unit;
        if (unit.engines.empty())
            for (Engine engine : engines)
                if (std::find(unit.engines.begin(), unit.engines.end(), engine) == unit.engines.end())
                    unit.engines.push_back(engine);
    }
    std::vector<const JsMigrations*> left;
    for (const JsMigrations* dir : dirs)
        if (!taken.contains(dir)) left.push_back(dir);
    if (!left.empty()) {
        Find find;
        find.unit.tool = Tool::typeorm;
        find.unit.root = group.root;
        find.unit.how_run = HowRun::programmatic;
        find.own_path = left.front()->path;
        add_directories(find, left);
        find.name = telling_name(relative_to(left.front()->path, group.root), {"typeorm"});
        finds.push_back(std::move(find));
    }
    return finds;
}

}  // namespace

std::vector<Find> find_typeorm(const Sources& sources) {
    std::vector<Group> groups;
    add_named(sources, groups);
    add_by_name(sources, groups);
    for (const JsMigrations& dir : sources.js)
        if (dir.kind == JsKind::typeorm) group_of(sources, groups, dir.dir);
    std::vector<Find> finds;
    for (Group& group : groups)
        for (Find& find : finds_of(sources, group)) finds.push_back(std::move(find));
    return finds;
}

}  // namespace migrate::detection
