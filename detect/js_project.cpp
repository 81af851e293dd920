#include "detect/js_project.hpp"

#include <algorithm>
#include <array>

#include "detect/glob.hpp"
#include "detect/js_lock.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct LockName {
    std::string_view file;
    std::string_view runner;
};
constexpr std::array<LockName, 6> kLocks{{{"pnpm-lock.yaml", "pnpm"},
                                          {"yarn.lock", "yarn"},
                                          {"bun.lock", "bun"},
                                          {"bun.lockb", "bun"},
                                          {"package-lock.json", "npm"},
                                          {"npm-shrinkwrap.json", "npm"}}};

std::string runner_of(std::string_view package_manager) {
    std::string_view name = package_manager.substr(0, package_manager.find('@'));
    for (std::string_view known : {"pnpm", "yarn", "npm", "bun"})
        if (name == known) return std::string(known);
    return "";
}

std::vector<std::string> pnpm_globs(const Repo& repo, Tree::Dir dir) {
    std::vector<std::string> globs;
    bool inside = false;
    each_line(repo.text(join(repo.tree().path(dir), "pnpm-workspace.yaml")), [&](std::string_view line, int) {
        std::string_view content = trim(line);
        if (content.empty() || content[0] == '#') return true;
        if (line[0] != ' ' && content[0] != '-') inside = content.starts_with("packages:");
        if (inside && content[0] == '-') globs.emplace_back(unquote(trim(content.substr(1))));
        return true;
    });
    return globs;
}

/// Whether the package in `package` belongs to the workspace that `dir` declares; true where it declares
/// none.
bool is_member(const Repo& repo, const Packages& packages, Tree::Dir dir, const Package& package) {
    if (package.dir == dir) return true;
    std::vector<std::string> globs;
    bool declared = false;
    if (repo.tree().holds(dir, FileKind::pnpm_workspace)) {
        globs = pnpm_globs(repo, dir);
        declared = !globs.empty();
    }
    const Package* owner = packages.at(dir);
    if (owner && owner->mentions("\"workspaces\"")) {
        const Manifest& manifest = packages.manifest(*owner);
        declared = declared || manifest.has_workspaces;
        globs.insert(globs.end(), manifest.workspaces.begin(), manifest.workspaces.end());
    }
    if (!declared) return true;
    std::string path = relative_to(package.path, repo.tree().path(dir));
    return std::any_of(globs.begin(), globs.end(), [&](std::string_view glob) {
        if (glob.starts_with("./")) glob.remove_prefix(2);
        while (glob.ends_with('/')) glob.remove_suffix(1);
        return glob_matches(glob, path);
    });
}

/// Of several lock files in one directory, the one whose program the scripts call.
std::string called_most(const Package* package, const std::vector<LockName>& locks) {
    if (!package) return "";
    for (const LockName& lock : locks)
        if (contains(*package->text, std::string(lock.runner) + " run ") ||
            contains(*package->text, '"' + std::string(lock.runner) + ' '))
            return std::string(lock.runner);
    return "";
}

/// What one directory says, "" if nothing.
JsProject said_by(const Repo& repo, const Packages& packages, Tree::Dir dir) {
    JsProject project;
    project.directory = repo.tree().path(dir);
    std::vector<LockName> locks;
    if (repo.tree().holds(dir, FileKind::js_lock))
        for (const LockName& lock : kLocks)
            if (repo.tree().has(dir, lock.file)) locks.push_back(lock);
    const Package* package = packages.at(dir);
    if (package && package->mentions("\"packageManager\""))
        project.runner = runner_of(packages.manifest(*package).package_manager);
    bool several = std::any_of(locks.begin(), locks.end(),
                               [&](const LockName& lock) { return lock.runner != locks.front().runner; });
    if (project.runner.empty() && several) {
        project.runner = called_most(package, locks);
        if (project.runner.empty()) {
            project.runner = std::string(locks.front().runner);
            project.ambiguity = "lock files of several package managers, and nothing says which one counts";
        }
    }
    if (project.runner.empty() && !locks.empty()) project.runner = std::string(locks.front().runner);
    for (const LockName& lock : locks)
        if (lock.runner == project.runner && project.lock.empty())
            project.lock = join(project.directory, lock.file);
    if (project.runner.empty() && repo.tree().holds(dir, FileKind::pnpm_workspace)) project.runner = "pnpm";
    return project;
}

bool uses_plug_and_play(const Repo& repo, const JsProject& project) {
    if (project.runner != "yarn" || project.lock.empty()) return false;
    if (repo.exists(join(project.directory, "node_modules"))) return false;
    if (repo.exists(join(project.directory, ".pnp.cjs"))) return true;
    std::string rc = join(project.directory, ".yarnrc.yml");
    if (!repo.tree().has_file(rc)) return false;
    // Berry installs plug-and-play unless told otherwise.
    return !contains_any(repo.text(rc), {"nodeLinker: node-modules", "nodeLinker: pnpm",
                                         "nodeLinker: \"node-modules\"", "nodeLinker: 'node-modules'"});
}

std::string version_in(std::string_view package_json) {
    std::size_t at = package_json.find("\"version\"");
    if (at == std::string_view::npos) return "";
    std::size_t open = package_json.find('"', at + 9);
    if (open == std::string_view::npos) return "";
    std::size_t close = package_json.find('"', open + 1);
    return std::string(package_json.substr(open + 1, close - open - 1));
}

std::string locked(const Repo& repo, const JsProject& project, Tree::Dir dir, std::string_view package,
                   std::string_view range) {
    if (project.lock.empty() || project.lock.ends_with(".lockb")) return "";
    const std::string& lock = repo.text(project.lock, Repo::kMostOfLock);
    if (project.runner == "npm") {
        std::vector<std::string> directories;
        for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
            std::string path = relative_to(repo.tree().path(at), project.directory);
            directories.push_back(path == "." ? "" : path);
            if (path == ".") break;
        }
        return npm_locked(lock, package, directories);
    }
    if (project.runner == "pnpm")
        return pnpm_locked(lock, package, relative_to(repo.tree().path(dir), project.directory));
    // These two do not depend on the directory, and a repository has dozens of packages.
    return repo.once(project.lock + '\n' + std::string(package) + '\n' + std::string(range), [&] {
        return project.runner == "bun" ? bun_locked(lock, package) : yarn_locked(lock, package, range);
    });
}

}  // namespace

JsProject js_project(const Repo& repo, const Packages& packages, Tree::Dir dir) {
    const Package* own = packages.nearest(dir);
    JsProject fallback;
    for (Tree::Dir at = own ? own->dir : dir; at != Tree::none; at = repo.tree().parent(at)) {
        JsProject project = said_by(repo, packages, at);
        if (project.runner.empty()) continue;
        if (own && !is_member(repo, packages, at, *own)) {
            if (fallback.runner.empty()) fallback = std::move(project);
            continue;
        }
        if (project.lock.empty()) {
            // "packageManager" in a member, the lock file at the workspace's root.
            for (Tree::Dir up = repo.tree().parent(at); up != Tree::none; up = repo.tree().parent(up)) {
                JsProject above = said_by(repo, packages, up);
                if (above.lock.empty() || above.runner != project.runner) continue;
                project.lock = above.lock;
                project.directory = above.directory;
                break;
            }
        }
        project.plug_and_play = uses_plug_and_play(repo, project);
        return project;
    }
    if (fallback.runner.empty() && own) {
        fallback.directory = own->path;
        fallback.runner = own->mentions("\"pnpm\"") ? "pnpm" : "npm";
    }
    fallback.plug_and_play = uses_plug_and_play(repo, fallback);
    return fallback;
}

FoundVersion js_version(const Repo& repo, const Packages& packages, const JsProject& project, Tree::Dir dir,
                        std::string_view package) {
    FoundVersion installed;
    for (Tree::Dir at = dir; at != Tree::none && installed.text.empty(); at = repo.tree().parent(at)) {
        std::string file =
            join(repo.tree().path(at), "node_modules/" + std::string(package) + "/package.json");
        if (repo.exists(file)) installed = {version_in(repo.head(file, 64 * 1024)), file};
    }
    auto [owner, range] = packages.dependency(dir, package);
    std::string in_lock = locked(repo, project, owner ? owner->dir : dir, package, range);
    if (!installed.text.empty()) {
        // What runs is what is installed; that it is not what the project says is worth knowing.
        if (!in_lock.empty() && in_lock != installed.text)
            repo.report(project.lock, 0, "version.mismatch",
                        "has " + std::string(package) + ' ' + in_lock + ", but " + installed.text +
                            " is installed in " + std::string(parent_of(installed.source)));
        return installed;
    }
    if (!in_lock.empty()) return {in_lock, project.lock};
    if (!owner) return {};
    if (range.starts_with("catalog:")) {
        for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
            if (!repo.tree().holds(at, FileKind::pnpm_workspace)) continue;
            std::string file = join(repo.tree().path(at), "pnpm-workspace.yaml");
            if (std::string found = catalog_range(repo.text(file), package, range); !found.empty())
                return {found, file};
        }
    }
    if (range.starts_with("npm:")) range = range.substr(std::min(range.rfind('@'), range.size() - 1) + 1);
    return {range, owner->file};
}

std::string module_path(const Repo& repo, const Packages& packages, const JsProject& project, Tree::Dir dir,
                        std::string_view package, std::string_view below) {
    std::string own = repo.tree().path(dir);
    std::string tail = "node_modules/" + std::string(below);
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        std::string candidate = join(repo.tree().path(at), tail);
        if (repo.exists(candidate)) return relative_to(candidate, own);
    }
    // Not installed. npm, Yarn and Bun hoist to the workspace's root, pnpm links beside the manifest that
    // declares the package.
    auto [owner, range] = packages.dependency(dir, package);
    std::string base = own;
    if (project.runner == "pnpm" && owner)
        base = owner->path;
    else if (!project.directory.empty())
        base = project.directory;
    return relative_to(join(base, tail), own);
}

std::vector<std::string> js_binary(const Repo& repo, const Packages& packages, const JsProject& project,
                                   Tree::Dir dir, std::string_view package, std::string_view binary) {
    if (project.plug_and_play) return {"yarn", "run", "-B", std::string(binary)};
    return {module_path(repo, packages, project, dir, package, ".bin/" + std::string(binary))};
}

std::string run_script(const JsProject& project, std::string_view script) {
    return (project.runner.empty() ? "npm" : project.runner) + " run " + std::string(script);
}

}  // namespace migrate::detection
