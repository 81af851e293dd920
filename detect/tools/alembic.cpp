// Alembic: [alembic] sections under any file name, [tool.alembic], and script directories whose configuration
// is made at run time. Flask-Migrate keeps its ini inside the script directory and names no location.
#include <algorithm>
#include <set>

#include "detect/document.hpp"
#include "detect/engines.hpp"
#include "detect/find.hpp"
#include "detect/paths.hpp"
#include "detect/python_project.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

constexpr std::uint64_t kScripts = bit(FileKind::env_py) | bit(FileKind::script_mako);

bool is_script_directory(const Tree& tree, Tree::Dir dir) {
    return dir != Tree::none && (tree.kinds(dir) & kScripts) == kScripts;
}

/// One section of a configuration that may be a unit.
struct Section {
    std::string config;
    Tree::Dir dir = 0;
    std::string name = "alembic";
    std::string location;           ///< as written
    std::string version_locations;  ///< as written, blank-separated
    std::string separator;
    std::string url;
    int line = 0;
    bool toml = false;
};

/// [alembic], and those that name a script_location.
std::vector<std::string> alembic_sections(const Document& ini) {
    constexpr std::size_t kMost = 50;
    constexpr std::string_view kLocation = ".script_location";
    std::vector<std::string> names;
    for (const Document::Entry& entry : ini.entries) {
        std::string_view name = entry.key;
        if (name.ends_with(kLocation) && !entry.value.empty())
            name.remove_suffix(kLocation.size());
        else if (name != "alembic")
            continue;
        if (names.size() < kMost && std::find(names.begin(), names.end(), name) == names.end())
            names.emplace_back(name);
    }
    return names;
}

std::vector<Section> ini_sections(const Sources& sources) {
    std::vector<Section> found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::ini)) {
        std::string path = sources.tree.path(place);
        std::string head = sources.repo.head(path, 32 * 1024);
        if (!contains(head, "[alembic]") && !contains(head, "script_location")) continue;
        Document ini = read_ini(sources.repo.text(path));
        if (!ini.error.empty())
            sources.repo.report(path, ini.error_line, "config.invalid", "no valid INI: " + ini.error);
        for (const std::string& name : alembic_sections(ini)) {
            std::string location = ini.get(name + ".script_location");
            const Document::Entry* entry = ini.find(name);
            Section section{path,
                            place.dir,
                            name,
                            location,
                            ini.get(name + ".version_locations"),
                            "",
                            ini.get(name + ".sqlalchemy.url"),
                            entry ? entry->line : 0,
                            false};
            section.separator = ini.get(name + ".path_separator");
            if (section.separator.empty()) section.separator = ini.get(name + ".version_path_separator");
            found.push_back(std::move(section));
        }
    }
    return found;
}

std::vector<Section> toml_sections(const Sources& sources) {
    std::vector<Section> found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::pyproject)) {
        std::string path = sources.tree.path(place);
        const std::string& text = sources.repo.text(path);
        std::size_t at = text.find("[tool.alembic");
        if (at == std::string::npos) continue;
        Document toml = read_toml(text);
        if (!toml.error.empty()) {
            sources.repo.report(path, toml.error_line, "config.invalid", "no valid TOML: " + toml.error);
            continue;
        }
        Section section;
        section.config = path;
        section.dir = place.dir;
        section.location = toml.get("tool.alembic.script_location");
        for (const std::string& one : toml.all("tool.alembic.version_locations"))
            section.version_locations += one + ' ';
        section.line = line_of(text, at);
        section.toml = true;
        if (!section.location.empty()) found.push_back(std::move(section));
    }
    return found;
}

std::string without_here(std::string_view value, std::string_view here) {
    std::string result(value);
    for (std::string_view mark : {"%(here)s", "{here}"})
        if (std::size_t at = result.find(mark); at != std::string::npos)
            result.replace(at, mark.size(), here == "." ? std::string_view("") : here);
    while (result.starts_with('/')) result.erase(0, 1);
    return join(".", result);
}

struct Location {
    std::string path;        ///< of the script directory; "" where it is not found
    std::string base = ".";  ///< what the paths are relative to: the working directory
};

/// A location counts from the working directory: the ini's own, or one above it. "package:sub:dir" is below
/// an importable package, which lies at or above the ini, or below src/.
Location locate(const Sources& sources, const Section& section) {
    std::string own = sources.tree.path(section.dir);
    if (contains(section.location, "%(here)s")) return {without_here(section.location, own), own};
    std::string path = section.location;
    bool package = contains(path, ":");
    std::replace(path.begin(), path.end(), ':', '/');
    if (path.starts_with('/')) return {"", own};
    for (Tree::Dir at = section.dir; at != Tree::none; at = sources.tree.parent(at)) {
        std::string base = sources.tree.path(at);
        // A package is found by import, wherever the command runs: that is beside its ini.
        if (sources.tree.find(join(base, path)) != Tree::none)
            return {join(base, path), package ? own : base};
        if (package && sources.tree.find(join(base, "src/" + path)) != Tree::none)
            return {join(base, "src/" + path), own};
    }
    return {"", own};
}

std::vector<std::string> version_directories(const Sources& sources, const Section& section,
                                             const Location& location) {
    std::vector<std::string> found;
    std::string_view separators = " ,\n";
    if (section.separator.starts_with("os") || section.separator.starts_with(":")) separators = ":\n";
    if (section.separator.starts_with(";")) separators = ";\n";
    if (section.separator.starts_with("newline")) separators = "\n";
    std::string own = sources.tree.path(section.dir);
    for (std::string_view part : split(section.version_locations, separators)) {
        std::string path = contains(part, "%(here)s") ? without_here(part, own) : join(location.base, part);
        if (sources.tree.find(path) != Tree::none) found.push_back(path);
    }
    if (found.empty() && !location.path.empty()) found.push_back(join(location.path, "versions"));
    return found;
}

/// Reads one file of a directory, at most three; the line of its down_revision, 0 where there is none.
std::pair<std::string, int> revision_in(const Sources& sources, const std::string& path) {
    Tree::Dir dir = sources.tree.find(path);
    if (dir == Tree::none) return {"", 0};
    int read = 0;
    for (std::string_view name : sources.tree.sorted_files(dir)) {
        if (!name.ends_with(".py") || name.starts_with("__")) continue;
        std::string file = join(path, name);
        std::string text = sources.repo.head(file);
        if (int line = line_with(text, "\ndown_revision"); line > 0) return {file, line + 1};
        if (++read == 3) break;
    }
    return {"", 0};
}

bool has_revisions(const Sources& sources, const std::string& path) {
    return revision_in(sources, path).second > 0;
}

/// `versions`, or where it holds no revisions itself its subdirectories by engine that do.
std::vector<MigrationsDir> by_engine(const Sources& sources, const std::string& path) {
    std::vector<MigrationsDir> found;
    Tree::Dir dir = sources.tree.find(path);
    if (dir == Tree::none || has_revisions(sources, path)) return {{path, std::nullopt}};
    for (Tree::Dir child : sources.tree.sorted_children(dir))
        if (auto engine = engine_in_name(sources.tree.name(child)))
            if (has_revisions(sources, sources.tree.path(child)))
                found.push_back({sources.tree.path(child), engine});
    if (found.empty()) found.push_back({path, std::nullopt});
    return found;
}

/// Where the models are: the module that env.py takes its metadata from, if it is a file of the repository.
std::string models_of(const Sources& sources, const std::string& script, const std::string& base) {
    const std::string& text = sources.repo.text(join(script, "env.py"));
    std::size_t at = text.find("\ntarget_metadata");
    if (at == std::string::npos) return "";
    std::size_t sign = text.find('=', at);
    if (sign == std::string::npos) return "";
    std::string_view value = trim(std::string_view(text).substr(sign + 1, text.find('\n', sign) - sign - 1));
    while (!value.empty() && (value[0] == '[' || value[0] == '(')) value.remove_prefix(1);
    std::string name(value.substr(0, value.find_first_of(".,)] ")));
    if (name.empty() || name == "None") return "";
    std::string found;
    each_line(text, [&](std::string_view line, int) {
        line = trim(line);
        if (!line.starts_with("from ") || !has_word(line, name)) return true;
        std::string_view module = line.substr(5, line.find(" import") - 5);
        std::string path(module);
        std::replace(path.begin(), path.end(), '.', '/');
        for (const std::string& start : {base, join(base, "src"), std::string(parent_of(script))}) {
            if (sources.tree.has_file(join(start, path + ".py"))) found = join(start, path + ".py");
            if (found.empty() && sources.tree.find(join(start, path)) != Tree::none)
                found = join(start, path);
            if (!found.empty()) return false;
        }
        return true;
    });
    return found;
}

void add_engines(const Sources& sources, Find& find, const Section* section, const std::string& script) {
    // The template's placeholder is no evidence.
    if (section && !section->url.empty() && !section->url.starts_with("driver://"))
        add_engine(find.unit.engines, engine_in_url(section->url));
    if (find.unit.engines.empty() && !script.empty())
        find.unit.engines = engines_in_text(sources.repo.text(join(script, "env.py")));
}

/// Where Flask's commands come from when the application is not found by itself.
void settle_flask(const Sources& sources, Find& find) {
    find.unit.style = "flask-migrate";
    std::string manage = join(find.unit.root, "manage.py");
    if (!sources.tree.has_file(manage)) return;
    if (contains(sources.repo.text(manage), "execute_from_command_line")) return;
    find.unit.how_run = HowRun::wrapper;
    find.unit.project_command = "./manage.py db upgrade";
}

Find from_section(const Sources& sources, const Section& section, std::set<std::string>& claimed) {
    Find find;
    find.unit.tool = Tool::alembic;
    find.unit.config = section.config;
    find.own_path = section.config;
    find.add(section.toml ? Signal::alembic_pyproject : Signal::alembic_ini, section.config, section.line);
    std::string own = sources.tree.path(section.dir);
    Location location = locate(sources, section);
    if (section.location.empty() && is_script_directory(sources.tree, section.dir)) {
        location = {own, std::string(parent_of(own))};
        find.unit.root = location.base;
        settle_flask(sources, find);
        if (own != join(find.unit.root, "migrations"))
            find.name = telling_name(relative_to(own, find.unit.root), {"alembic"});
    } else {
        find.unit.root = location.base;
        std::string_view file = name_of_path(section.config);
        if (!section.toml && (file != "alembic.ini" || own != find.unit.root))
            find.name = telling_name(relative_to(section.config, find.unit.root), {"alembic"});
        if (section.name != "alembic") find.name = section.name;
    }
    Tree::Dir script = location.path.empty() ? Tree::none : sources.tree.find(location.path);
    if (script == Tree::none && !section.location.empty())
        sources.repo.report(section.config, section.line, "config.missing_directory",
                            "names " + section.location + ", which is not there");
    bool environment = script != Tree::none && sources.tree.holds(script, FileKind::env_py);
    if (environment) {
        claimed.insert(location.path);
        find.add(Signal::alembic_environment, join(location.path, "env.py"));
        find.unit.schema = models_of(sources, location.path, find.unit.root);
    }
    bool revisions = false;
    for (const std::string& directory : version_directories(sources, section, location)) {
        for (MigrationsDir& one : by_engine(sources, directory)) {
            add_engine(find.unit.engines, one.engine);
            if (auto [file, line] = revision_in(sources, one.path); line > 0) {
                find.add(Signal::alembic_revisions, file, line);
                revisions = true;
            }
            find.unit.migrations.push_back(std::move(one));
        }
    }
    // A section alone is a template or a leftover.
    if (!environment && !revisions) find.cap = 45;
    add_engines(sources, find, &section, environment ? location.path : "");
    if (section.name != "alembic") find.unit.style = "section";
    return find;
}

Find from_script_directory(const Sources& sources, Tree::Dir dir) {
    Find find;
    find.unit.tool = Tool::alembic;
    std::string path = sources.tree.path(dir);
    find.own_path = path;
    find.add(Signal::alembic_environment, join(path, "env.py"));
    Tree::Dir root = sources.tree.parent(dir) == Tree::none ? dir : sources.tree.parent(dir);
    constexpr std::uint64_t kProject = bit(FileKind::pyproject) | bit(FileKind::requirements);
    for (Tree::Dir at = root; at != Tree::none; at = sources.tree.parent(at))
        if (sources.tree.kinds(at) & kProject) {
            root = at;
            break;
        }
    find.unit.root = sources.tree.path(root);
    find.unit.how_run = HowRun::programmatic;
    find.unit.migrations.push_back({join(path, "versions"), std::nullopt});
    if (auto [file, line] = revision_in(sources, join(path, "versions")); line > 0)
        find.add(Signal::alembic_revisions, file, line);
    else
        find.cap = 45;
    find.unit.schema = models_of(sources, path, find.unit.root);
    add_engines(sources, find, nullptr, path);
    std::string below = relative_to(path, find.unit.root);
    if (below != "alembic" && below != "migrations") find.name = telling_name(below, {"alembic"});
    return find;
}

}  // namespace

std::vector<Find> find_alembic(const Sources& sources) {
    std::vector<Find> finds;
    std::set<std::string> claimed;
    for (const Section& section : ini_sections(sources))
        finds.push_back(from_section(sources, section, claimed));
    for (const Section& section : toml_sections(sources)) {
        Find find = from_section(sources, section, claimed);
        // From 1.16 on one project may have both: the ini holds the URL.
        auto same = std::find_if(finds.begin(), finds.end(), [&](const Find& other) {
            return !other.unit.migrations.empty() && !find.unit.migrations.empty() &&
                   other.unit.migrations.front().path == find.unit.migrations.front().path;
        });
        if (same == finds.end()) finds.push_back(std::move(find));
    }
    // An ini that names no location beside a pyproject.toml that does is no unit of its own.
    std::erase_if(finds, [&](const Find& find) {
        return find.cap < kUnit && std::any_of(finds.begin(), finds.end(), [&](const Find& other) {
                   return &other != &find && other.unit.root == find.unit.root && other.cap > find.cap;
               });
    });
    for (Tree::Dir dir : sources.tree.holding(bit(FileKind::script_mako)))
        if (is_script_directory(sources.tree, dir) && !claimed.contains(sources.tree.path(dir)))
            finds.push_back(from_script_directory(sources, dir));
    return finds;
}

}  // namespace migrate::detection
