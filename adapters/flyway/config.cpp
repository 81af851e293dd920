// Where Flyway is configured, and what the settings mean.
#include <algorithm>

#include "adapters/flyway/flyway.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

std::string below(const std::string& directory, std::string_view path) {
    std::string text = (fs::path(directory) / path).lexically_normal().generic_string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return text.empty() ? "." : text;
}

bool exists(const fs::path& root, const std::string& path) {
    std::error_code ignored;
    return fs::is_regular_file(root / path, ignored);
}

/// The configuration of a unit: what detection found, else the first of the usual names.
std::string config_file(const Unit& unit, const fs::path& root) {
    if (!unit.config.empty()) return unit.config;
    std::vector<std::string> names{"flyway.toml", "flyway.conf", "conf/flyway.toml", "conf/flyway.conf"};
    if (unit.style == "maven") names = {"pom.xml"};
    if (unit.style == "gradle") names = {"build.gradle", "build.gradle.kts"};
    for (const auto& name : names)
        if (exists(root, below(unit.root, name))) return below(unit.root, name);
    return "";
}

bool is_framework(std::string_view name) {
    return name.starts_with("application") || name.starts_with("bootstrap");
}

}  // namespace

std::optional<Placeholder> placeholder(std::string_view text) {
    if (!text.starts_with("${") || !text.ends_with('}') || text.find('}') != text.size() - 1)
        return std::nullopt;
    std::string_view inside = text.substr(2, text.size() - 3);
    if (inside.starts_with("env.")) inside.remove_prefix(4);
    if (inside.find('$') != std::string_view::npos) return std::nullopt;
    std::size_t colon = inside.find(':');
    Placeholder found;
    found.variable = inside.substr(0, colon);
    if (colon != std::string_view::npos) found.fallback = inside.substr(colon + 1);
    if (found.fallback.starts_with('-')) found.fallback.erase(0, 1);
    return found.variable.empty() ? std::nullopt : std::optional(found);
}

void set_url(TargetSource& target, const std::string& url) {
    if (auto variable = placeholder(url)) {
        target.kind = TargetSource::Kind::variables;
        target.variables = {variable->variable};
        target.literal = variable->fallback;
    } else {
        target.kind = TargetSource::Kind::literal;
        target.literal = url;
    }
}

void set_field(TargetSource& target, std::string_view field, const std::string& text) {
    std::string value = text;
    if (auto variable = placeholder(text)) {
        target.field_variables[std::string(field)] = {variable->variable};
        value = variable->fallback;
    }
    if (field == "user") target.fields.user = value;
    if (field == "password") target.fields.password = value;
}

void add_location(Config& config, const Unit& unit, std::string location) {
    config.has_locations = true;
    auto strip = [&](std::string_view prefix) {
        if (!location.starts_with(prefix)) return false;
        location.erase(0, prefix.size());
        return true;
    };
    if (strip("filesystem:")) {
        config.locations.push_back(below(unit.root, location));
        return;
    }
    strip("classpath:");
    while (!location.empty() && location.front() == '/') location.erase(0, 1);
    // A class path of the project's own: where Maven and Gradle put resources.
    config.locations.push_back(below(unit.root, "src/main/resources/" + location));
}

Config read_config(const Unit& unit, const fs::path& root, const std::string& environment) {
    Config config;
    config.file = config_file(unit, root);
    std::string name = fs::path(config.file).filename().string();
    auto text = config.file.empty() ? std::nullopt : read_file(root / config.file, 4u << 20);
    if (text) {
        if (name.ends_with(".toml")) {
            read_toml(config, unit, *text, environment);
            auto user =
                read_file(root / below(fs::path(config.file).parent_path().string(), "flyway.user.toml"));
            if (user) read_toml(config, unit, *user, environment);
        } else if (name == "pom.xml")
            read_pom(config, unit, *text);
        else if (name.ends_with(".gradle") || name.ends_with(".kts"))
            read_gradle(config, unit, *text);
        else if (is_framework(name))
            read_spring(config, unit, root, environment);
        else
            read_conf(config, unit, *text);
    }
    // The module may be configured by its framework alone: its build brings the plugin, or only the application
    // migrates.
    if (config.targets.empty() && !is_framework(name) && (unit.style != "" || config.file.empty()))
        for (const char* candidate :
             {"src/main/resources/application.yml", "src/main/resources/application.yaml",
              "src/main/resources/application.properties"})
            if (config.targets.empty() && exists(root, below(unit.root, candidate))) {
                Config inner;
                inner.file = below(unit.root, candidate);
                read_spring(inner, unit, root, environment);
                if (config.file.empty() && !inner.targets.empty()) return inner;
                if (!config.has_locations) config.locations = inner.locations;
                if (config.table.empty()) config.table = inner.table;
                if (config.schema.empty()) config.schema = inner.schema;
            }
    return config;
}

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root,
                                          const std::string& environment) {
    Config config = read_config(unit, root, environment);
    if (!config.problem.empty())
        return fail("config.invalid", config.file + ": " + config.problem,
                    "Flyway could not read it either.");
    std::vector<TargetSource> result = config.targets;
    if (result.empty()) {
        TargetSource source;
        source.kind = TargetSource::Kind::variables;
        source.variables = {"FLYWAY_URL"};
        source.field_variables["user"] = {"FLYWAY_USER"};
        source.field_variables["password"] = {"FLYWAY_PASSWORD"};
        source.why = config.file.empty() ? "there is no configuration" : config.file + " names no database";
        result.push_back(std::move(source));
    }
    for (TargetSource& source : result) {
        if (source.file.empty()) source.file = config.file;
        source.base_dir = unit.root;
        if (!config.schema.empty() && source.fields.schema.empty()) source.fields.schema = config.schema;
        if (!config.environment.empty() && source.environment_section.empty())
            source.environment_section = config.environment;
        // FLYWAY_USER and FLYWAY_PASSWORD are read beside a url of the file, except for named environments.
        if (config.environment.empty() && !config.foreign) {
            source.field_variables.try_emplace("user", std::vector<std::string>{"FLYWAY_USER"});
            source.field_variables.try_emplace("password", std::vector<std::string>{"FLYWAY_PASSWORD"});
        }
    }
    return result;
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    if (!unit.version) return std::nullopt;
    std::string file = config_file(unit, root);
    if (file.ends_with(".toml") && *unit.version < Version{9, 22, 0})
        return Error{"tool.layout",
                     file + ": TOML is read by Flyway 10 and later, the project has " + unit.version_text,
                     "Upgrade Flyway, or keep the settings in flyway.conf.",
                     {}};
    return std::nullopt;
}

std::string jdbc_url(const Connection& connection) {
    if (connection.url.starts_with("jdbc:")) return connection.url;
    Engine engine = connection.engine.value_or(Engine::postgresql);
    std::string place = connection.host.empty() ? "localhost" : connection.host;
    if (connection.port) place += ":" + std::to_string(connection.port);
    auto parameter = [&](std::string_view name) {
        auto found = connection.parameters.find(std::string(name));
        return found == connection.parameters.end() ? std::string() : found->second;
    };
    switch (engine) {
        case Engine::postgresql:
        case Engine::cockroachdb: {
            std::string url = "jdbc:postgresql://" + place + "/" + connection.database;
            char sign = '?';
            if (auto mode = parameter("sslmode"); !mode.empty()) {
                url += sign + std::string("sslmode=") + mode;
                sign = '&';
            }
            if (!connection.schema.empty()) url += sign + std::string("currentSchema=") + connection.schema;
            return url;
        }
        case Engine::mysql:
            return "jdbc:mysql://" + place + "/" + connection.database;
        case Engine::mariadb:
            return "jdbc:mariadb://" + place + "/" + connection.database;
        case Engine::sqlite:
            return "jdbc:sqlite:" + connection.database;
        case Engine::mssql:
            return "jdbc:sqlserver://" + place + ";databaseName=" + connection.database;
        case Engine::oracle:
            return "jdbc:oracle:thin:@//" + place + "/" + connection.database;
        default:
            return connection.url;
    }
}

}  // namespace migrate::flyway
