#include "detect/python_project.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Named {
    std::string_view file;
    std::string_view runner;
};
constexpr std::array<Named, 6> kLocks{{{"uv.lock", "uv"},
                                       {"poetry.lock", "poetry"},
                                       {"pdm.lock", "pdm"},
                                       {"Pipfile.lock", "pipenv"},
                                       {"Pipfile", "pipenv"},
                                       {"pixi.lock", "pixi"}}};
constexpr std::array<Named, 4> kSections{
    {{"[tool.uv", "uv"}, {"[tool.poetry", "poetry"}, {"[tool.pdm", "pdm"}, {"[tool.hatch.envs", "hatch"}}};

/// Package names are compared without case, and '-', '_' and '.' are one.
std::string normal(std::string_view name) {
    std::string result = lowercase(name);
    std::replace(result.begin(), result.end(), '_', '-');
    std::replace(result.begin(), result.end(), '.', '-');
    return result;
}

std::string find_venv(const Repo& repo, Tree::Dir dir) {
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at))
        for (std::string_view name : {".venv", "venv", "env"}) {
            std::string path = join(repo.tree().path(at), name);
            if (repo.exists(path + "/bin/python")) return path;
        }
    return "";
}

/// Of "alembic-1.13.2.dist-info" in site-packages.
std::string installed(const Repo& repo, const std::string& venv, std::string_view package) {
    for (const std::string& python : repo.list(venv + "/lib")) {
        if (!python.starts_with("python")) continue;
        for (const std::string& name : repo.list(venv + "/lib/" + python + "/site-packages")) {
            if (!name.ends_with(".dist-info")) continue;
            std::size_t dash = name.find('-');
            if (normal(name.substr(0, dash)) != package) continue;
            return name.substr(dash + 1, name.size() - 10 - dash - 1);
        }
    }
    return "";
}

std::string in_toml_lock(std::string_view lock, std::string_view package) {
    std::string key = "\nname = \"" + std::string(package) + "\"\n";
    std::size_t at = find_part(lock, key);
    if (at == std::string_view::npos) return "";
    std::string_view entry = lock.substr(at, 200);
    std::size_t version = entry.find("\nversion = \"");
    if (version == std::string_view::npos) return "";
    entry.remove_prefix(version + 12);
    return std::string(entry.substr(0, entry.find('"')));
}

std::string in_pipfile_lock(std::string_view lock, std::string_view package) {
    std::string key = '"' + std::string(package) + "\": {";
    std::size_t at = find_part(lock, key);
    if (at == std::string_view::npos) return "";
    std::size_t version = lock.find("\"version\": \"==", at);
    if (version == std::string_view::npos) return "";
    std::string_view text = lock.substr(version + 14);
    return std::string(text.substr(0, text.find('"')));
}

/// `Django[argon2]==4.2.30 ; python_version > "3"` -> "==4.2.30".
std::optional<std::string> requirement(std::string_view line, std::string_view package) {
    line = trim(line.substr(0, line.find('#')));
    std::size_t end = 0;
    while (end < line.size() && (is_word_char(line[end]) || line[end] == '-' || line[end] == '.')) ++end;
    if (end == 0 || normal(line.substr(0, end)) != package) return std::nullopt;
    std::string_view rest = trim(line.substr(end));
    if (rest.starts_with('[')) rest = trim(rest.substr(std::min(rest.find(']'), rest.size() - 1) + 1));
    rest = rest.substr(0, rest.find(';'));
    return std::string(trim(rest.substr(0, rest.find_first_of("\"',]"))));
}

FoundVersion in_requirements(const Repo& repo, const std::string& file, std::string_view package,
                             std::set<std::string>& seen) {
    FoundVersion found;
    if (seen.size() > 20 || !seen.insert(file).second || !repo.tree().has_file(file)) return found;
    std::vector<std::string> included;
    each_line(repo.text(file), [&](std::string_view line, int) {
        line = trim(line);
        if (line.starts_with("-r") || line.starts_with("-c") || line.starts_with("--requirement")) {
            std::size_t blank = line.find_first_of(" =");
            std::string_view name = line.starts_with("-r") && blank != 2 ? line.substr(2)
                                    : blank == std::string_view::npos    ? std::string_view()
                                                                         : line.substr(blank + 1);
            if (!trim(name).empty()) included.push_back(join(parent_of(file), trim(name)));
        } else if (auto range = requirement(line, package)) {
            found = {*range, file};
            return false;
        }
        return true;
    });
    for (const std::string& other : included)
        if (found.source.empty()) found = in_requirements(repo, other, package, seen);
    return found;
}

std::vector<std::string> requirement_files(const Repo& repo, Tree::Dir dir) {
    std::vector<std::string> files;
    for (std::string_view name : repo.tree().sorted_files(dir))
        if (kind_of(name) == FileKind::requirements && name.ends_with(".txt"))
            files.push_back(join(repo.tree().path(dir), name));
    // The plain name first, then those for production.
    std::stable_partition(files.begin(), files.end(),
                          [](const std::string& file) { return name_of_path(file) == "requirements.txt"; });
    for (std::string_view name : {"requirements"}) {
        Tree::Dir below = repo.tree().child(dir, name);
        if (below == Tree::none) continue;
        for (std::string_view file : repo.tree().sorted_files(below))
            if (file.ends_with(".txt")) files.push_back(join(repo.tree().path(below), file));
    }
    return files;
}

/// The range in a pyproject.toml: `"alembic>=1.2,<2"` in a list, or `alembic = "^1.2"` as Poetry writes it.
std::optional<std::string> in_pyproject(std::string_view text, std::string_view package) {
    std::optional<std::string> found;
    each_line(text, [&](std::string_view line, int) {
        line = trim(line);
        std::string_view content = line;
        while (!content.empty() && (content[0] == '"' || content[0] == '\'')) content.remove_prefix(1);
        auto range = requirement(content, package);
        if (!range) return true;
        if (range->starts_with('=') && !range->starts_with("==")) {
            std::size_t quote = line.find('"', line.find('='));
            if (contains(line, "version")) quote = line.find('"', line.find("version"));
            if (quote == std::string_view::npos) return true;
            range = std::string(line.substr(quote + 1, line.find('"', quote + 1) - quote - 1));
        }
        found = *range;
        return false;
    });
    return found;
}

}  // namespace

PythonProject python_project(const Repo& repo, Tree::Dir dir) {
    PythonProject project;
    const Tree& tree = repo.tree();
    for (Tree::Dir at = dir; at != Tree::none && project.lock.empty(); at = tree.parent(at)) {
        std::string path = tree.path(at);
        for (const Named& lock : kLocks) {
            if (!project.lock.empty() || !tree.has(at, lock.file)) continue;
            project.runner = std::string(lock.runner);
            project.lock = join(path, lock.file);
            project.directory = path;
        }
        if (!project.lock.empty()) break;
        if (tree.holds(at, FileKind::pyproject)) {
            const std::string& text = repo.text(join(path, "pyproject.toml"));
            if (project.runner.empty()) project = {"pip", "", path, ""};
            // A member of a workspace has its lock file further up; a tool's own section is a weaker word.
            if (project.runner == "pip")
                for (const Named& section : kSections)
                    if (contains(text, section.file)) {
                        project.runner = std::string(section.runner);
                        break;
                    }
        } else if (tree.holds(at, FileKind::requirements) || tree.child(at, "requirements") != Tree::none) {
            // Its own requirements: what lies above is another project's.
            if (project.runner.empty()) project = {"pip", "", path, ""};
            break;
        }
    }
    project.venv = find_venv(repo, dir);
    return project;
}

FoundVersion python_version(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                            std::string_view package) {
    if (!project.venv.empty())
        if (std::string found = installed(repo, project.venv, package); !found.empty())
            return {found, project.venv};
    if (project.lock.ends_with(".lock")) {
        const std::string& lock = repo.text(project.lock, Repo::kMostOfLock);
        std::string found =
            project.runner == "pipenv" ? in_pipfile_lock(lock, package) : in_toml_lock(lock, package);
        if (!found.empty()) return {found, project.lock};
    }
    std::set<std::string> seen;
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        for (const std::string& file : requirement_files(repo, at))
            if (FoundVersion found = in_requirements(repo, file, package, seen); !found.source.empty())
                return found;
        if (!repo.tree().holds(at, FileKind::pyproject)) continue;
        std::string file = join(repo.tree().path(at), "pyproject.toml");
        if (auto range = in_pyproject(repo.text(file), package)) return {*range, file};
    }
    return {};
}

std::vector<std::string> python_module(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                                       std::string_view module) {
    std::string name(module);
    // An environment on this disk that has the module needs no manager to be installed.
    if (!project.venv.empty() && project.runner != "pipenv" &&
        (project.runner == "pip" || project.runner.empty() ||
         !installed(repo, project.venv, normal(module)).empty()))
        return {relative_to(project.venv + "/bin/python", repo.tree().path(dir)), "-m", name};
    if (project.runner == "uv") return {"uv", "run", "--no-sync", "--", name};
    for (std::string_view manager : {"poetry", "pdm", "pipenv", "hatch", "pixi"})
        if (project.runner == manager) return {std::string(manager), "run", name};
    return {"python3", "-m", name};
}

std::vector<std::string> python_script(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                                       std::string_view script) {
    std::string name(script);
    if (!project.venv.empty() && project.runner != "pipenv")
        return {relative_to(project.venv + "/bin/python", repo.tree().path(dir)), name};
    if (project.runner == "uv") return {"uv", "run", "--no-sync", "--", "python", name};
    for (std::string_view manager : {"poetry", "pdm", "pipenv", "hatch", "pixi"})
        if (project.runner == manager) return {std::string(manager), "run", "python", name};
    return {"python3", name};
}

std::string python_requirements(const Repo& repo, Tree::Dir dir) {
    std::string all;
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        for (const std::string& file : requirement_files(repo, at)) all += repo.text(file) + '\n';
        for (const char* name : {"pyproject.toml", "Pipfile", "setup.py", "setup.cfg"}) {
            std::string file = join(repo.tree().path(at), name);
            if (repo.tree().has(at, name)) all += repo.text(file) + '\n';
        }
        if (!all.empty()) break;
    }
    return all;
}

}  // namespace migrate::detection
