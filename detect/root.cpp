#include "detect/root.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

bool has(const fs::path& directory, const char* name) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(directory / name, ignored));
}

/// The first of `directory` and its ancestors that `holds`.
template <class Holds>
fs::path nearest(fs::path directory, Holds holds) {
    while (true) {
        if (holds(directory)) return directory;
        fs::path parent = directory.parent_path();
        if (parent.empty() || parent == directory) return {};
        directory = parent;
    }
}

}  // namespace

fs::path find_root(const fs::path& start) {
    std::error_code ignored;
    fs::path from = fs::canonical(start, ignored);
    if (ignored) from = fs::absolute(start, ignored).lexically_normal();

    fs::path declared = nearest(from, [](const fs::path& at) { return has(at, "migrate.toml"); });
    if (!declared.empty()) return declared;
    // `.git` is a file in worktrees and submodules, so existence is what counts.
    fs::path controlled = nearest(
        from, [](const fs::path& at) { return has(at, ".git") || has(at, ".hg") || has(at, ".svn"); });
    return controlled.empty() ? from : controlled;
}

}  // namespace migrate
