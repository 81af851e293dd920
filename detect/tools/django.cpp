// Django: manage.py with a settings module, and the migrations of the apps around it.
#include <algorithm>
#include <set>

#include "detect/engines.hpp"
#include "detect/find.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// The default in `setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`; "" where it is computed.
std::string settings_module(std::string_view text, int& line) {
    for (std::size_t at = text.find("DJANGO_SETTINGS_MODULE"); at != std::string_view::npos;
         at = text.find("DJANGO_SETTINGS_MODULE", at + 1)) {
        std::size_t comma = at + 22;
        if (comma < text.size() && (text[comma] == '"' || text[comma] == '\'')) ++comma;
        while (comma < text.size() && contains(" \t\r\n,])=", text.substr(comma, 1))) ++comma;
        if (comma >= text.size() || (text[comma] != '"' && text[comma] != '\'')) continue;
        std::size_t end = text.find(text[comma], comma + 1);
        if (end == std::string_view::npos) continue;
        std::string_view module = text.substr(comma + 1, end - comma - 1);
        if (module.empty() ||
            !std::all_of(module.begin(), module.end(), [](char c) { return is_word_char(c) || c == '.'; }))
            continue;
        line = line_of(text, at);
        return std::string(module);
    }
    return "";
}

/// The file of a module, looked for at `base`, below its src/ and one level up.
std::string module_file(const Tree& tree, const std::string& base, std::string module) {
    std::replace(module.begin(), module.end(), '.', '/');
    for (const std::string& start : {base, join(base, "src"), std::string(parent_of(base))}) {
        if (std::string file = join(start, module + ".py"); tree.has_file(file)) return file;
        if (std::string file = join(start, module + "/__init__.py"); tree.has_file(file)) return file;
    }
    return "";
}

void add_engines(const Sources& sources, Unit& unit, const std::string& settings) {
    if (settings.empty()) return;
    std::vector<std::string> files{settings};
    // Settings are often split; those that production and development share name the engine.
    std::string directory(parent_of(settings));
    for (const char* name :
         {"base.py", "common.py", "database.py", "databases.py", "__init__.py", "settings.py"})
        if (std::string file = join(directory, name); sources.tree.has_file(file)) files.push_back(file);
    for (const std::string& file : files) {
        const std::string& text = sources.repo.text(file);
        for (Engine engine : engines_in_text(text))
            if (contains(text, "backends.") || contains(text, "://")) add_engine(unit.engines, engine);
        if (!unit.engines.empty()) return;
    }
}

/// Whether a directory holds migrations of an app; those under another name than `migrations` are read.
bool is_app_migrations(const Sources& sources, Tree::Dir dir) {
    if (!sources.tree.holds(dir, FileKind::numbered_py) || sources.tree.holds(dir, FileKind::script_mako))
        return false;
    if (sources.tree.name(dir) == "migrations") return sources.tree.has(dir, "__init__.py");
    if (!is_migrations_name(sources.tree.name(dir))) return false;
    for (const Tree::File& file : sources.tree.files(dir))
        if (file.kind == FileKind::numbered_py)
            return contains(sources.repo.head(join(sources.tree.path(dir), sources.tree.name(file))),
                            "migrations.Migration");
    return false;
}

struct Project {
    Tree::Dir dir = 0;
    std::string path;
    std::string settings;  ///< file of the settings module, "" if it is not there
    Find find;
};

std::vector<Project> projects(const Sources& sources) {
    std::vector<Project> found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::manage_py)) {
        std::string path = sources.tree.path(place);
        std::string text = sources.repo.head(path, 16 * 1024);
        if (!contains(text, "execute_from_command_line")) continue;
        Project project;
        project.dir = place.dir;
        project.path = sources.tree.path(place.dir);
        Find& find = project.find;
        find.unit.tool = Tool::django;
        find.unit.root = project.path;
        find.unit.config = path;
        find.own_path = path;
        int line = 0;
        std::string module = settings_module(text, line);
        find.add(Signal::django_manage, path, line_with(text, "execute_from_command_line"));
        std::string settings = module.empty() ? "" : module_file(sources.tree, project.path, module);
        if (settings.empty()) {
            find.cap = 45;
            if (!module.empty())
                sources.repo.report(path, line, "config.stale",
                                    "names the settings module " + module + ", which is not there");
        } else if (is_hidden_path(relative_to(settings, project.path))) {
            // A project that only exists for the tests of an app.
            find.own_path = settings;
        }
        add_engines(sources, find.unit, settings);
        project.settings = settings;
        found.push_back(std::move(project));
    }
    return found;
}

/// Projects without manage.py: a WSGI or ASGI entry that names the settings.
std::optional<Project> project_by_entry(const Sources& sources, Tree::Dir app) {
    for (Tree::Dir at = app; at != Tree::none; at = sources.tree.parent(at)) {
        for (Tree::Dir child : sources.tree.sorted_children(at)) {
            for (const char* name : {"wsgi.py", "asgi.py"}) {
                if (!sources.tree.has(child, name)) continue;
                std::string path = join(sources.tree.path(child), name);
                const std::string& text = sources.repo.text(path);
                int line = 0;
                std::string module = settings_module(text, line);
                std::string base = sources.tree.path(at);
                std::string settings = module.empty() ? "" : module_file(sources.tree, base, module);
                if (settings.empty()) continue;
                Project project{at, base, settings, {}};
                project.find.unit.tool = Tool::django;
                project.find.unit.root = base;
                project.find.unit.config = path;
                project.find.own_path = path;
                project.find.add(Signal::django_entry, path, line);
                add_engines(sources, project.find.unit, settings);
                return project;
            }
        }
    }
    return std::nullopt;
}

/// The project that an app's migrations belong to: the nearest at or above.
Project* project_of(const Tree& tree, std::vector<Project>& projects, Tree::Dir dir) {
    for (Tree::Dir at = dir; at != Tree::none; at = tree.parent(at))
        for (Project& project : projects)
            if (project.dir == at) return &project;
    return nullptr;
}

/// The project whose settings install an app that lies elsewhere: they name its module, or the end of it.
Project* project_by_settings(const Sources& sources, std::vector<Project>& projects, const std::string& app) {
    std::string module = app;
    std::replace(module.begin(), module.end(), '/', '.');
    for (; contains(module, "."); module = module.substr(module.find('.') + 1))
        for (Project& project : projects) {
            if (project.settings.empty() || is_hidden_path(project.settings)) continue;
            const std::string& text = sources.repo.text(project.settings);
            std::size_t at = find_word(text, module);
            if (at != std::string::npos && at > 0 && (text[at - 1] == '"' || text[at - 1] == '\''))
                return &project;
        }
    return nullptr;
}

}  // namespace

std::vector<Find> find_django(const Sources& sources, std::vector<Note>& notes) {
    std::vector<Project> all = projects(sources);
    std::set<Tree::Dir> without;
    for (Tree::Dir dir : sources.tree.holding(bit(FileKind::numbered_py))) {
        if (!is_app_migrations(sources, dir)) continue;
        std::string path = sources.tree.path(dir);
        Project* project = project_of(sources.tree, all, dir);
        if (!project && !is_hidden_path(path)) {
            if (auto found = project_by_entry(sources, dir)) {
                all.push_back(std::move(*found));
                project = &all.back();
            }
        }
        if (!project) {
            without.insert(dir);
            continue;
        }
        if (is_hidden_path(relative_to(path, project->path))) continue;
        if (project->find.unit.migrations.empty()) project->find.add(Signal::django_migrations, path);
        project->find.unit.migrations.push_back({path, std::nullopt});
    }
    for (Tree::Dir dir : without) {
        std::string path = sources.tree.path(dir);
        if (is_hidden_path(path)) continue;
        if (Project* project = project_by_settings(sources, all, std::string(parent_of(path)))) {
            if (project->find.unit.migrations.empty()) project->find.add(Signal::django_migrations, path);
            project->find.unit.migrations.push_back({path, std::nullopt});
            continue;
        }
        std::string_view file;
        for (const Tree::File& one : sources.tree.files(dir))
            if (one.kind == FileKind::numbered_py && (file.empty() || sources.tree.name(one) < file))
                file = sources.tree.name(one);
        if (!contains(sources.repo.head(join(path, file)), "migrations.Migration")) continue;
        notes.push_back({path, "django-app", "migrations of a reusable Django app",
                         "no manage.py above, and no settings module that would install it"});
    }
    std::vector<Find> finds;
    for (Project& project : all) {
        std::sort(project.find.unit.migrations.begin(), project.find.unit.migrations.end(),
                  [](const MigrationsDir& a, const MigrationsDir& b) { return a.path < b.path; });
        finds.push_back(std::move(project.find));
    }
    return finds;
}

}  // namespace migrate::detection
