#include "detect/tree.hpp"

#include <algorithm>

#include "detect/paths.hpp"

namespace migrate::detection {

std::string Tree::path(Dir dir) const {
    if (dir == 0) return ".";
    std::string result(name(dir));
    for (Dir up = parent(dir); up != 0; up = parent(up)) {
        result.insert(0, 1, '/');
        result.insert(0, name(up));
    }
    return result;
}

std::string Tree::path(Place place) const {
    return place.dir == 0 ? std::string(name(place)) : path(place.dir) + '/' + std::string(name(place));
}

Tree::Dir Tree::child(Dir dir, std::string_view wanted) const {
    for (Dir child = first_child(dir); child < first_child(dir) + child_count(dir); ++child)
        if (name(child) == wanted) return child;
    return none;
}

Tree::Dir Tree::find(std::string_view path) const {
    Dir at = 0;
    while (!path.empty() && at != none) {
        std::size_t slash = std::min(path.find('/'), path.size());
        std::string_view part = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (!part.empty() && part != ".") at = child(at, part);
    }
    return at;
}

bool Tree::has(Dir dir, std::string_view wanted) const {
    auto all = files(dir);
    return std::any_of(all.begin(), all.end(), [&](const File& file) { return name(file) == wanted; });
}

bool Tree::has_file(std::string_view path) const {
    Dir dir = find(parent_of(path));
    return dir != none && has(dir, name_of_path(path));
}

std::vector<Tree::Dir> Tree::holding(std::uint64_t kinds) const {
    std::vector<Dir> found;
    for (Dir dir = 0; dir < dirs_.size(); ++dir)
        if (dirs_[dir].kinds & kinds) found.push_back(dir);
    sort_by_path(found);
    return found;
}

std::vector<Tree::Place> Tree::of_kind(FileKind kind) const {
    std::vector<Place> found;
    for (Dir dir : holding(bit(kind))) {
        std::size_t first = found.size();
        auto all = files(dir);
        for (std::uint32_t at = 0; at < all.size(); ++at)
            if (all[at].kind == kind) found.push_back({dir, at});
        std::sort(found.begin() + static_cast<std::ptrdiff_t>(first), found.end(),
                  [&](Place a, Place b) { return name(a) < name(b); });
    }
    return found;
}

std::vector<std::string_view> Tree::sorted_files(Dir dir) const {
    std::vector<std::string_view> names;
    for (const File& file : files(dir)) names.push_back(name(file));
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<Tree::Dir> Tree::sorted_children(Dir dir) const {
    std::vector<Dir> children;
    for (Dir child = first_child(dir); child < first_child(dir) + child_count(dir); ++child)
        children.push_back(child);
    std::sort(children.begin(), children.end(), [&](Dir a, Dir b) { return name(a) < name(b); });
    return children;
}

bool Tree::within(Dir dir, Dir above) const {
    for (; dir != none; dir = parent(dir))
        if (dir == above) return true;
    return false;
}

void Tree::sort_by_path(std::vector<Dir>& dirs) const {
    std::vector<std::pair<std::string, Dir>> keyed;
    keyed.reserve(dirs.size());
    for (Dir dir : dirs) keyed.emplace_back(path(dir), dir);
    std::sort(keyed.begin(), keyed.end());
    for (std::size_t at = 0; at < dirs.size(); ++at) dirs[at] = keyed[at].second;
}

}  // namespace migrate::detection
