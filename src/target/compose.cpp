#include "target/compose.hpp"

#include <yaml-cpp/yaml.h>

#include <set>

#include "base/files.hpp"

namespace migrate {

namespace {

bool is_compose_file(const std::string& name) {
    return (name.starts_with("compose") || name.starts_with("docker-compose")) &&
           (name.ends_with(".yml") || name.ends_with(".yaml"));
}

}  // namespace

std::vector<std::string> compose_services(std::string_view yaml) {
    std::set<std::string> names;
    try {
        YAML::Node document = YAML::Load(std::string(yaml));
        if (!document.IsMap()) return {};
        YAML::Node services = document["services"];
        if (!services.IsDefined() || !services.IsMap()) return {};
        for (const auto& service : services)
            if (service.first.IsScalar()) names.insert(service.first.Scalar());
    } catch (const YAML::Exception&) {
        return {};
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> compose_services_in(const std::filesystem::path& root,
                                             const std::vector<std::string>& directories) {
    std::set<std::string> names;
    for (const auto& directory : directories)
        for (const auto& file : list_directory(root / directory)) {
            if (!is_compose_file(file)) continue;
            if (auto text = read_file(root / directory / file, 1u << 20))
                for (auto& name : compose_services(*text)) names.insert(std::move(name));
        }
    return {names.begin(), names.end()};
}

}  // namespace migrate
