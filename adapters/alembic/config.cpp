// alembic.ini and pyproject.toml: where the revisions lie.
#include <toml++/toml.h>

#include <algorithm>

#include "adapters/alembic/alembic.hpp"
#include "adapters/support/ini.hpp"
#include "base/files.hpp"

namespace migrate::alembic {

namespace {

namespace fs = std::filesystem;

/// What the generic template holds until somebody writes an address there.
constexpr std::string_view kPlaceholder = "driver://user:pass@localhost/dbname";

bool is_address(std::string_view url) {
    return url.find("://") != std::string_view::npos && url != kPlaceholder;
}

/// A path of the configuration, relative to the scan root. Alembic takes a plain path from the working
/// directory, which is the unit's root; %(here)s has become an absolute one.
std::string relative_to_root(const Unit& unit, const fs::path& root, const std::string& path) {
    fs::path given(path);
    fs::path full = given.is_absolute() ? given.lexically_relative(root) : fs::path(unit.root) / given;
    std::string text = full.lexically_normal().generic_string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return text.empty() ? "." : text;
}

/// "package:sub:folder" is a folder of an importable package: looked for where Python would from the
/// working directory, and below src/.
std::string of_package(const Unit& unit, const fs::path& root, std::string path) {
    std::replace(path.begin(), path.end(), ':', '/');
    for (const char* base : {"", "src", "lib"}) {
        fs::path candidate = (fs::path(unit.root) / base / path).lexically_normal();
        std::error_code ignored;
        if (fs::is_directory(root / candidate, ignored)) return candidate.generic_string();
    }
    return relative_to_root(unit, root, path);
}

std::string location(const Unit& unit, const fs::path& root, const std::string& path) {
    bool package = path.find(':') != std::string::npos && path.find('/') == std::string::npos;
    return package ? of_package(unit, root, path) : relative_to_root(unit, root, path);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        std::size_t end = std::min(text.find_first_of(separators), text.size());
        std::string_view part = text.substr(0, end);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// path_separator (1.16) or version_path_separator; the template of 1.8 has a comment behind the value.
std::string_view separators_of(std::string_view setting) {
    setting = setting.substr(0, setting.find(' '));
    if (setting == "os" || setting == ":") return ":";
    if (setting == ";") return ";";
    if (setting == "space") return " ";
    if (setting == "newline") return "\n";
    return " ,\n";
}

bool is_true(std::string_view text) {
    return text == "true" || text == "True" || text == "1" || text == "yes" || text == "on";
}

/// The section that a unit was found in, where it is not the usual one: what starts it ends with `-n
/// SECTION`.
std::string section_of(const Unit& unit) {
    const auto& launch = unit.launch;
    return launch.size() >= 2 && launch[launch.size() - 2] == "-n" ? launch.back() : "";
}

void read_ini(Config& config, const Unit& unit, const fs::path& root, const std::string& environment,
              const std::string& text) {
    Ini ini = Ini::parse(text);
    fs::path here = (root / config.file).parent_path();
    auto get = [&](std::string_view section, std::string_view key) {
        return ini.get(section, key, here.generic_string());
    };
    if (!ini.has(config.section))
        for (const auto& [name, values] : ini.sections())
            if (values.contains("script_location")) {
                config.section = name;
                break;
            }
    // A section that has neither of these would be no environment for Alembic either; a unit of a section of
    // its own has no other.
    if (section_of(unit).empty() && !environment.empty() && ini.has(environment) &&
        (get(environment, "sqlalchemy.url") || get(environment, "script_location")))
        config.section = environment;
    auto value = [&](std::string_view key) {
        auto found = get(config.section, key);
        return found ? found->text : std::string();
    };
    if (auto script = value("script_location"); !script.empty()) {
        config.script_location = location(unit, root, script);
        config.toml = false;
    }
    std::string separator = value("path_separator");
    if (separator.empty()) separator = value("version_path_separator");
    if (auto locations = value("version_locations"); !locations.empty()) {
        config.version_locations.clear();
        for (const auto& one : split(locations, separators_of(separator)))
            config.version_locations.push_back(location(unit, root, one));
    }
    if (auto recursive = value("recursive_version_locations"); !recursive.empty())
        config.recursive = is_true(recursive);
    if (auto name = value("file_template"); !name.empty()) config.file_template = name;
    if (auto url = get(config.section, "sqlalchemy.url")) {
        config.url_line = url->line;
        if (is_address(url->text)) config.url = url->text;
    }
    for (const auto& name : split(value("databases"), " ,\n"))
        if (auto url = get(name, "sqlalchemy.url"))
            config.databases[name] = {is_address(url->text) ? url->text : "", url->line};
}

void read_toml(Config& config, const Unit& unit, const fs::path& root, const std::string& text) {
    try {
        toml::table document = toml::parse(text);
        auto section = document["tool"]["alembic"];
        if (!section.is_table()) return;
        config.toml = true;
        std::string here = (root / unit.root).lexically_normal().generic_string();
        auto place = [&](std::string path) {
            if (path.starts_with("%(here)s")) path = here + path.substr(8);
            return location(unit, root, path);
        };
        if (auto script = section["script_location"].value<std::string>())
            config.script_location = place(*script);
        if (const toml::array* list = section["version_locations"].as_array())
            for (const auto& one : *list)
                if (auto path = one.value<std::string>()) config.version_locations.push_back(place(*path));
        config.recursive = section["recursive_version_locations"].value_or(false);
        config.file_template = section["file_template"].value_or(std::string());
    } catch (const toml::parse_error&) {
        // A broken pyproject.toml is Alembic's to report; nothing of it is used.
    }
}

std::string below(const std::string& directory, std::string_view name) {
    return (fs::path(directory) / name).lexically_normal().generic_string();
}

}  // namespace

bool is_flask(const Unit& unit) {
    return unit.style == "flask-migrate";
}

Config read_config(const Unit& unit, const fs::path& root, const std::string& environment) {
    Config config;
    config.section = section_of(unit).empty() ? "alembic" : section_of(unit);
    if (auto text = read_file(root / below(unit.root, "pyproject.toml"), 1u << 20))
        read_toml(config, unit, root, *text);
    config.file = unit.config.ends_with(".ini") ? unit.config : below(unit.root, "alembic.ini");
    if (auto text = read_file(root / config.file, 1u << 20))
        read_ini(config, unit, root, environment, *text);
    else
        config.file = config.toml ? below(unit.root, "pyproject.toml") : "";
    if (config.script_location.empty() && is_flask(unit) && !config.file.empty())
        config.script_location = fs::path(config.file).parent_path().generic_string();
    if (config.script_location.empty() && !unit.migrations.empty())
        config.script_location = fs::path(unit.migrations.front().path).parent_path().generic_string();
    return config;
}

std::string env_file(const Unit& unit, const Config& config, const fs::path& root) {
    std::vector<std::string> places{config.script_location};
    for (const auto& directory : unit.migrations)
        places.push_back(fs::path(directory.path).parent_path().generic_string());
    for (const auto& place : places) {
        std::string file = below(place.empty() ? "." : place, "env.py");
        std::error_code ignored;
        if (fs::is_regular_file(root / file, ignored)) return file;
    }
    return "";
}

std::vector<std::string> version_directories(const Unit& unit, const Config& config, const fs::path& root) {
    std::vector<std::string> places = config.version_locations;
    if (places.empty() && !config.script_location.empty())
        places.push_back(below(config.script_location, "versions"));
    for (const auto& directory : unit.migrations) places.push_back(directory.path);
    std::vector<std::string> found;
    for (const auto& place : places) {
        std::string path = fs::path(place).lexically_normal().generic_string();
        std::error_code ignored;
        if (fs::is_directory(root / path, ignored) &&
            std::find(found.begin(), found.end(), path) == found.end())
            found.push_back(path);
    }
    return found;
}

}  // namespace migrate::alembic
