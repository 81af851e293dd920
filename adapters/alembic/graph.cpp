// The revision graph: heads, ancestors, and what a downgrade would take away.
#include <algorithm>

#include "adapters/alembic/alembic.hpp"

namespace migrate::alembic {

namespace {

bool has(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// Everything that can be reached from `from` by `next`, `from` included.
template <class Next>
Ids reachable(const std::vector<std::string>& from, Next next) {
    Ids seen;
    std::vector<std::string> todo = from;
    while (!todo.empty()) {
        std::string id = std::move(todo.back());
        todo.pop_back();
        if (!seen.insert(id).second) continue;
        next(id, todo);
    }
    return seen;
}

}  // namespace

Graph::Graph(const std::vector<MigrationFile>& files) : files_(files) {
    for (std::size_t i = 0; i < files.size(); ++i) index_.emplace(files[i].id, i);
    for (const MigrationFile& file : files)
        for (const std::string& parent : file.parents) children_[parent].push_back(file.id);
}

const MigrationFile* Graph::find(std::string_view id) const {
    auto found = index_.find(id);
    return found == index_.end() ? nullptr : &files_[found->second];
}

std::vector<std::string_view> Graph::lineage(const MigrationFile& file) const {
    std::vector<std::string_view> parents;
    for (const std::string& parent : file.parents)
        if (!has(file.depends, parent)) parents.push_back(parent);
    return parents;
}

std::vector<std::string> Graph::ordered(const Ids& ids) const {
    std::vector<std::string> result;
    for (const MigrationFile& file : files_)
        if (ids.contains(file.id)) result.push_back(file.id);
    return result;
}

std::vector<std::string> Graph::heads() const {
    Ids continued;
    for (const MigrationFile& file : files_)
        for (std::string_view parent : lineage(file)) continued.emplace(parent);
    std::vector<std::string> result;
    for (const MigrationFile& file : files_)
        if (!continued.contains(file.id)) result.push_back(file.id);
    return result;
}

std::vector<std::string> Graph::tips(const Ids& ids) const {
    Ids continued;
    for (const MigrationFile& file : files_)
        if (ids.contains(file.id))
            for (const std::string& parent : file.parents) continued.insert(parent);
    std::vector<std::string> result;
    for (const std::string& id : ordered(ids))
        if (!continued.contains(id)) result.push_back(id);
    return result;
}

Ids Graph::closure(const std::vector<std::string>& ids) const {
    return reachable(ids, [&](const std::string& id, std::vector<std::string>& todo) {
        if (const MigrationFile* file = find(id))
            todo.insert(todo.end(), file->parents.begin(), file->parents.end());
    });
}

Ids Graph::descendants(const std::vector<std::string>& ids) const {
    return reachable(ids, [&](const std::string& id, std::vector<std::string>& todo) {
        auto found = children_.find(id);
        if (found != children_.end()) todo.insert(todo.end(), found->second.begin(), found->second.end());
    });
}

Result<std::string> Graph::resolve(std::string_view name) const {
    if (find(name)) return std::string(name);
    std::vector<std::string> found;
    for (const MigrationFile& file : files_)
        if (has(file.labels, name)) found.push_back(file.id);
    if (found.empty() && name.size() >= 4)
        for (const MigrationFile& file : files_)
            if (file.id.starts_with(name)) found.push_back(file.id);
    if (found.size() == 1) return found.front();
    if (found.empty())
        return fail("migration.unknown", "no revision and no branch is called " + std::string(name),
                    "`migrate status` prints the ids of all revisions.");
    std::string list;
    for (const std::string& id : found) list += (list.empty() ? "" : ", ") + id;
    return fail("migration.unknown", std::string(name) + " begins several revisions: " + list,
                "Write more of the id.");
}

Ids Graph::downgrade_effect(std::string_view target, const Ids& applied) const {
    std::size_t at = target.find('@');
    std::string_view branch = at == std::string_view::npos ? "" : target.substr(0, at);
    std::string_view revision = at == std::string_view::npos ? target : target.substr(at + 1);
    // Alembic drops the children of the target (for base: all roots) and what stands on them.
    std::vector<std::string> roots;
    for (const MigrationFile& file : files_) {
        auto parents = lineage(file);
        bool root = revision == "base" ? parents.empty()
                                       : std::find(parents.begin(), parents.end(), revision) != parents.end();
        if (root) roots.push_back(file.id);
    }
    if (!branch.empty() && roots.size() > 1) {
        auto start = resolve(branch);
        if (!start) return {};
        Ids line = reachable(std::vector<std::string>{*start},
                             [&](const std::string& id, std::vector<std::string>& todo) {
                                 if (const MigrationFile* file = find(id))
                                     for (std::string_view parent : lineage(*file)) todo.emplace_back(parent);
                             });
        std::erase_if(roots, [&](const std::string& id) { return !line.contains(id); });
    }
    Ids removed;
    for (const std::string& id : descendants(roots))
        if (applied.contains(id)) removed.insert(id);
    return removed;
}

std::optional<std::string> Graph::downgrade_target(const Ids& wanted, const Ids& applied) const {
    if (wanted == applied) return "base";
    std::vector<std::string> candidates;
    for (const std::string& id : ordered(wanted)) {
        const MigrationFile* file = find(id);
        for (std::string_view parent : lineage(*file))
            if (!wanted.contains(parent)) candidates.emplace_back(parent);
        if (lineage(*file).empty()) candidates.emplace_back("base");
    }
    for (const std::string& target : candidates)
        if (target != "base" && downgrade_effect(target, applied) == wanted) return target;
    for (const std::string& id : ordered(wanted))
        for (const std::string& target : candidates) {
            std::string within = id + "@" + target;
            if (downgrade_effect(within, applied) == wanted) return within;
        }
    return std::nullopt;
}

}  // namespace migrate::alembic
