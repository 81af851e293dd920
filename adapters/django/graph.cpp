// The migration graph, as Django's loader builds it (django/db/migrations/loader.py and graph.py, 5.2).
#include <algorithm>

#include "adapters/django/django.hpp"

namespace migrate::django {

namespace {

std::size_t split_at(std::string_view id) {
    return std::min(id.find('.'), id.size());
}

}  // namespace

std::string_view app_of(std::string_view id) {
    return id.substr(0, split_at(id));
}

std::string_view name_of(std::string_view id) {
    return id.substr(std::min(split_at(id) + 1, id.size()));
}

Graph::Graph(const std::vector<MigrationFile>& files, const Ids& rows) {
    std::map<std::string, Ids, std::less<>> parents;
    for (const auto& file : files) parents[file.id] = Ids(file.parents.begin(), file.parents.end());
    std::map<std::string, std::string, std::less<>> stands_for;  // replaced id -> squashed id
    for (const auto& file : files) {
        if (file.replaces.empty()) continue;
        auto is_row = [&](const std::string& id) { return rows.contains(id); };
        bool all = std::all_of(file.replaces.begin(), file.replaces.end(), is_row);
        bool any = std::any_of(file.replaces.begin(), file.replaces.end(), is_row);
        const Ids replaced(file.replaces.begin(), file.replaces.end());
        if (all || !any) {
            if (all) applied_.insert(file.id);
            for (const auto& id : file.replaces) {
                stands_for[id] = file.id;
                replaced_.insert(id);
                auto node = parents.find(id);
                if (node == parents.end()) continue;
                for (const auto& parent : node->second)
                    if (!replaced.contains(parent) && parent != file.id) parents[file.id].insert(parent);
                parents.erase(id);
            }
        } else {
            // Only partly applied: the originals go on, and what follows the squashed one follows their last.
            Ids last;
            for (const auto& id : file.replaces)
                if (parents.contains(id)) last.insert(id);
            for (const auto& id : file.replaces)
                if (auto node = parents.find(id); node != parents.end())
                    for (const auto& parent : node->second) last.erase(parent);
            for (auto& [id, above] : parents)
                if (above.erase(file.id)) above.insert(last.begin(), last.end());
            parents.erase(file.id);
        }
    }
    for (auto& [id, above] : parents) {
        Node& node = nodes_[id];
        for (std::string parent : above) {
            // A squashed migration may itself have been squashed.
            for (auto by = stands_for.find(parent); by != stands_for.end() && by->second != id;
                 by = stands_for.find(parent)) {
                if (parent == by->second) break;
                parent = by->second;
            }
            if (parent != id && parents.contains(parent)) node.parents.insert(parent);
        }
    }
    for (auto& [id, node] : nodes_)
        for (const auto& parent : node.parents) nodes_.find(parent)->second.children.insert(id);
    Ids squashed;
    for (const auto& file : files)
        if (!file.replaces.empty()) squashed.insert(file.id);
    for (const auto& id : rows)
        if (nodes_.contains(id) && !squashed.contains(id)) applied_.insert(id);
}

std::vector<std::string> Graph::visit(const std::string& start, bool forwards) const {
    // iterative_dfs of graph.py, with its order.
    std::vector<std::string> visited;
    Ids seen;
    std::vector<std::pair<std::string, bool>> stack{{start, false}};
    while (!stack.empty()) {
        auto [id, processed] = stack.back();
        stack.pop_back();
        auto node = nodes_.find(id);
        if (node == nodes_.end() || seen.contains(id)) continue;
        if (processed) {
            seen.insert(id);
            visited.push_back(id);
            continue;
        }
        stack.emplace_back(id, true);
        for (const auto& next : forwards ? node->second.parents : node->second.children)
            if (!seen.contains(next)) stack.emplace_back(next, false);
        // A circle would never end; Django refuses such a graph, files() has said so.
        if (stack.size() > 4 * nodes_.size() * nodes_.size() + 16) break;
    }
    return visited;
}

std::vector<std::string> Graph::forwards(const std::string& id) const {
    return visit(id, true);
}

std::vector<std::string> Graph::backwards(const std::string& id) const {
    return visit(id, false);
}

std::vector<std::string> Graph::ordered() const {
    std::vector<std::string> result;
    Ids seen;
    for (const auto& [id, node] : nodes_) {
        bool leaf =
            std::all_of(node.children.begin(), node.children.end(),
                        [&, app = app_of(id)](const std::string& child) { return app_of(child) != app; });
        if (!leaf) continue;
        for (auto& one : forwards(id))
            if (seen.insert(one).second) result.push_back(std::move(one));
    }
    return result;
}

std::map<std::string, std::vector<std::string>> Graph::conflicts() const {
    std::map<std::string, std::vector<std::string>> leaves;
    for (const auto& [id, node] : nodes_) {
        std::string_view app = app_of(id);
        if (std::all_of(node.children.begin(), node.children.end(),
                        [&](const std::string& child) { return app_of(child) != app; }))
            leaves[std::string(app)].emplace_back(name_of(id));
    }
    std::erase_if(leaves, [](const auto& entry) { return entry.second.size() < 2; });
    return leaves;
}

std::vector<std::string> Graph::parents_in_app(std::string_view id) const {
    std::vector<std::string> result;
    auto node = nodes_.find(id);
    if (node == nodes_.end()) return result;
    for (const auto& parent : node->second.parents)
        if (app_of(parent) == app_of(id)) result.push_back(parent);
    return result;
}

Ids Graph::backward_effect(std::string_view app, std::string_view target, const Ids& applied) const {
    std::vector<std::string> starts;
    if (target == "zero") {
        for (const auto& [id, node] : nodes_)
            if (app_of(id) == app && parents_in_app(id).empty()) starts.push_back(id);
    } else {
        auto node = nodes_.find(std::string(app) + "." + std::string(target));
        if (node == nodes_.end()) return {};
        for (const auto& child : node->second.children)
            if (app_of(child) == app) starts.push_back(child);
    }
    Ids removed;
    for (const auto& start : starts)
        for (const auto& id : backwards(start))
            if (applied.contains(id)) removed.insert(id);
    return removed;
}

std::optional<std::string> Graph::backward_target(const Ids& wanted, const Ids& applied) const {
    if (wanted.empty()) return std::nullopt;
    std::string_view app = app_of(*wanted.begin());
    for (const auto& id : wanted)
        for (const auto& parent : parents_in_app(id))
            if (!wanted.contains(parent) && applied.contains(parent) &&
                backward_effect(app, name_of(parent), applied) == wanted)
                return std::string(name_of(parent));
    if (backward_effect(app, "zero", applied) == wanted) return "zero";
    return std::nullopt;
}

}  // namespace migrate::django
