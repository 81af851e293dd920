// application.yml and application.properties: Spring Boot, Micronaut and Quarkus configure Flyway there.
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "adapters/flyway/flyway.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

struct Setting {
    std::string value;
    std::string file;
    int line = 0;
};
using Settings = std::map<std::string, Setting, std::less<>>;

/// Spring's relaxed names: `default-schema`, `defaultSchema` and `default_schema` are one.
std::string canonical(std::string_view key) {
    std::string result;
    for (char c : key)
        if (c != '-' && c != '_') result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return result;
}

void flatten(const YAML::Node& node, const std::string& prefix, const std::string& file, Settings& into) {
    if (node.IsMap()) {
        for (const auto& entry : node) {
            std::string key = canonical(entry.first.as<std::string>(""));
            flatten(entry.second, prefix.empty() ? key : prefix + "." + key, file, into);
        }
    } else if (node.IsSequence()) {
        std::string list;
        for (const auto& item : node)
            if (item.IsScalar()) list += (list.empty() ? "" : ",") + item.Scalar();
        into[prefix] = {list, file, node.Mark().line + 1};
    } else if (node.IsScalar()) {
        into[prefix] = {node.Scalar(), file, node.Mark().line + 1};
    }
}

/// Documents that a profile activates count only where it is the environment. true if one did.
bool take(const Settings& document, const std::string& environment, Settings& into) {
    bool matched = false;
    for (const char* key : {"spring.config.activate.onprofile", "spring.profiles"}) {
        auto profile = document.find(key);
        if (profile == document.end()) continue;
        if (profile->second.value != environment) return false;
        matched = true;
    }
    for (const auto& [key, setting] : document) into[key] = setting;
    return matched;
}

bool read_yaml(const std::string& text, const std::string& file, const std::string& environment,
               Settings& into, std::string& problem) {
    bool matched = false;
    try {
        for (const YAML::Node& node : YAML::LoadAll(text)) {
            Settings document;
            flatten(node, "", file, document);
            matched |= take(document, environment, into);
        }
    } catch (const YAML::Exception& error) {
        problem = "line " + std::to_string(error.mark.line + 1) + " is no YAML";
    }
    return matched;
}

bool read_properties(std::string_view text, const std::string& file, const std::string& environment,
                     Settings& into) {
    Settings document;
    bool matched = false;
    int number = 0;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        ++number;
        std::size_t from = line.find_first_not_of(" \t");
        if (from == std::string_view::npos) continue;
        line = line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
        if (line.starts_with("#---") || line.starts_with("!---")) {
            matched |= take(document, environment, into);
            document.clear();
            continue;
        }
        std::size_t sign = line.find_first_of("=:");
        if (line.front() == '#' || line.front() == '!' || sign == std::string_view::npos) continue;
        std::string_view key = line.substr(0, sign), value = line.substr(sign + 1);
        while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        document[canonical(key)] = {std::string(value), file, number};
    }
    matched |= take(document, environment, into);
    return matched;
}

/// The first of several keys that is set.
const Setting* first(const Settings& settings, std::initializer_list<std::string_view> keys) {
    for (std::string_view key : keys) {
        auto found = settings.find(key);
        if (found != settings.end() && !found->second.value.empty()) return &found->second;
    }
    return nullptr;
}

}  // namespace

void read_spring(Config& config, const Unit& unit, const fs::path& root, const std::string& environment) {
    config.foreign = true;
    Settings settings;
    bool profile = false;
    fs::path file(config.file);
    std::vector<std::string> files{config.file};
    if (!environment.empty())
        files.push_back(
            (file.parent_path() / (file.stem().string() + "-" + environment + file.extension().string()))
                .generic_string());
    for (const auto& name : files) {
        auto text = read_file(root / name, 4u << 20);
        if (!text) continue;
        bool yaml = !name.ends_with(".properties");
        profile |= yaml ? read_yaml(*text, name, environment, settings, config.problem)
                        : read_properties(*text, name, environment, settings);
        profile |= name != config.file;
    }
    auto value = [&](std::initializer_list<std::string_view> keys) {
        const Setting* found = first(settings, keys);
        return found ? found->value : std::string();
    };
    TargetSource target;
    if (const Setting* url = first(
            settings, {"spring.flyway.url", "spring.datasource.url", "spring.datasource.jdbcurl",
                       "datasources.default.url", "datasources.postgres.url", "datasources.mysql.url",
                       "datasources.h2.url", "quarkus.flyway.jdbcurl", "quarkus.datasource.jdbc.url"})) {
        set_url(target, url->value);
        target.file = url->file;
        target.line = url->line;
        bool own = first(settings, {"spring.flyway.user"}) != nullptr;
        set_field(target, "user",
                  value({"spring.flyway.user", "spring.datasource.username", "datasources.default.username",
                         "quarkus.datasource.username"}));
        set_field(target, "password",
                  own ? value({"spring.flyway.password"})
                      : value({"spring.flyway.password", "spring.datasource.password",
                               "datasources.default.password", "quarkus.datasource.password"}));
        if (profile) target.environment_section = environment;
        config.targets.push_back(std::move(target));
    }
    config.table = value({"spring.flyway.table", "flyway.datasources.default.table", "quarkus.flyway.table"});
    config.schema =
        value({"spring.flyway.defaultschema", "flyway.datasources.default.defaultschema",
               "quarkus.flyway.defaultschema", "spring.flyway.schemas", "quarkus.flyway.schemas"});
    config.schema = config.schema.substr(0, config.schema.find(','));
    config.out_of_order = value({"spring.flyway.outoforder", "quarkus.flyway.outoforder"}) == "true";
    config.validate_on_migrate = value({"spring.flyway.validateonmigrate"}) != "false";
    config.ignore_patterns = value({"spring.flyway.ignoremigrationpatterns"});
    std::string locations = value(
        {"spring.flyway.locations", "flyway.datasources.default.locations", "quarkus.flyway.locations"});
    std::string_view rest = locations;
    while (!rest.empty()) {
        std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        if (one.find('{') == std::string_view::npos) add_location(config, unit, std::string(one));
    }
    if (!config.has_locations) {
        add_location(config, unit, "classpath:db/migration");
        config.has_locations = false;
    }
}

}  // namespace migrate::flyway
