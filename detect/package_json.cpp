#include "detect/package_json.hpp"

#include <nlohmann/json.hpp>

#include "detect/text.hpp"

namespace migrate::detection {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
    auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void read_workspaces(const Json& value, Manifest& manifest) {
    const Json* list = &value;
    if (value.is_object() && value.contains("packages")) list = &value["packages"];
    if (!list->is_array()) return;
    manifest.has_workspaces = true;
    for (const Json& glob : *list)
        if (glob.is_string()) manifest.workspaces.push_back(glob.get<std::string>());
}

Manifest read(const Json& json) {
    Manifest manifest;
    if (!json.is_object()) return manifest;
    manifest.name = text_of(json, "name");
    manifest.module = text_of(json, "type") == "module";
    manifest.package_manager = text_of(json, "packageManager");
    for (const char* kind : {"peerDependencies", "optionalDependencies", "devDependencies", "dependencies"}) {
        auto found = json.find(kind);
        if (found == json.end() || !found->is_object()) continue;
        for (const auto& [name, range] : found->items())
            if (range.is_string()) manifest.dependencies[name] = range.get<std::string>();
    }
    if (auto scripts = json.find("scripts"); scripts != json.end() && scripts->is_object())
        for (const auto& [name, line] : scripts->items())
            if (line.is_string()) manifest.scripts.emplace_back(name, line.get<std::string>());
    if (auto found = json.find("workspaces"); found != json.end()) read_workspaces(*found, manifest);
    if (auto prisma = json.find("prisma"); prisma != json.end() && prisma->is_object()) {
        manifest.has_prisma = true;
        manifest.prisma_schema = text_of(*prisma, "schema");
        manifest.prisma_seed = text_of(*prisma, "seed");
    }
    if (auto engines = json.find("engines"); engines != json.end() && engines->is_object())
        for (const auto& [name, range] : engines->items()) manifest.engines.push_back(name);
    return manifest;
}

}  // namespace

Packages::Packages(const Repo& repo) : repo_(repo) {
    for (Tree::Place place : repo.tree().of_kind(FileKind::package_json)) {
        Package package;
        package.dir = place.dir;
        package.path = repo.tree().path(place.dir);
        package.file = repo.tree().path(place);
        package.text = &repo.text(package.file);
        by_dir_[place.dir] = packages_.size();
        packages_.push_back(std::move(package));
    }
}

const Package* Packages::at(Tree::Dir dir) const {
    auto found = by_dir_.find(dir);
    return found == by_dir_.end() ? nullptr : &packages_[found->second];
}

const Package* Packages::nearest(Tree::Dir dir) const {
    for (; dir != Tree::none; dir = repo_.tree().parent(dir))
        if (repo_.tree().holds(dir, FileKind::package_json)) return at(dir);
    return nullptr;
}

const Package* Packages::nearest_with(Tree::Dir dir, std::string_view word) const {
    for (; dir != Tree::none; dir = repo_.tree().parent(dir)) {
        if (!repo_.tree().holds(dir, FileKind::package_json)) continue;
        if (const Package* package = at(dir); package->mentions(word)) return package;
    }
    return nullptr;
}

const Manifest& Packages::manifest(const Package& package) const {
    std::size_t index = by_dir_.at(package.dir);
    auto [found, fresh] = manifests_.try_emplace(index);
    if (!fresh || package.text->empty()) return found->second;
    std::string_view content = *package.text;
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    try {
        found->second = read(Json::parse(content));
    } catch (const Json::parse_error& problem) {
        repo_.report(package.file, line_of(content, problem.byte > 0 ? problem.byte - 1 : 0),
                     "config.invalid", "no valid JSON");
    } catch (const Json::exception&) {
        repo_.report(package.file, 0, "config.invalid", "no valid JSON");
    }
    return found->second;
}

bool Packages::depends(const Package& package, std::string_view name) const {
    return package.mentions(name) && manifest(package).dependencies.contains(name);
}

std::pair<const Package*, std::string> Packages::dependency(Tree::Dir dir, std::string_view name) const {
    for (; dir != Tree::none; dir = repo_.tree().parent(dir)) {
        if (!repo_.tree().holds(dir, FileKind::package_json)) continue;
        const Package* package = at(dir);
        if (!package->mentions(name)) continue;
        auto found = manifest(*package).dependencies.find(name);
        if (found != manifest(*package).dependencies.end()) return {package, found->second};
    }
    return {nullptr, ""};
}

int Packages::line_of_key(const Package& package, std::string_view key) {
    std::string quoted = '"' + std::string(key) + '"';
    for (std::size_t at = package.text->find(quoted); at != std::string::npos;
         at = package.text->find(quoted, at + 1)) {
        std::size_t after = package.text->find_first_not_of(" \t\r\n", at + quoted.size());
        if (after != std::string::npos && (*package.text)[after] == ':') return line_of(*package.text, at);
    }
    return 0;
}

}  // namespace migrate::detection
