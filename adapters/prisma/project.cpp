#include "adapters/prisma/project.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "adapters/support/js_lexer.hpp"
#include "adapters/support/js_target.hpp"
#include "base/files.hpp"

namespace migrate::prisma {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 6> kEndings{".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"};

std::string normal(const fs::path& path) {
    std::string text = path.lexically_normal().generic_string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text.empty() ? "." : text;
}

bool file_at(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}
bool directory_at(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Where Prisma looks for its configuration, in order: 7.10 and later prefer prisma7.config.*.
std::vector<std::string> config_names(const Unit& unit) {
    std::vector<std::string> names;
    auto add = [&](std::string_view base) {
        for (auto ending : kEndings) names.push_back(std::string(base) + std::string(ending));
    };
    if (!unit.version || *unit.version >= Version{7, 10, 0})
        for (auto base : {"prisma7.config", ".config/prisma7", ".config/prisma7.config"}) add(base);
    for (auto base : {"prisma.config", ".config/prisma", ".config/prisma.config"}) add(base);
    return names;
}

/// The directory of a file, or the directory itself.
std::string directory_of(const fs::path& root, const std::string& path) {
    return directory_at(root / path) ? path : normal(fs::path(path).parent_path());
}

void find_config(Project& project, const Unit& unit, const fs::path& root) {
    if (unit.version && unit.version->major < 6) return;
    std::string by_default;
    for (const auto& name : config_names(unit))
        if (file_at(root / unit.root / name)) {
            by_default = normal(fs::path(unit.root) / name);
            break;
        }
    bool named = !unit.config.empty() && !unit.config.ends_with(".json");
    project.config = named ? normal(unit.config) : by_default;
    project.config_is_default = project.config == by_default;
}

/// The "prisma" member of the nearest package.json at or above the unit's root, and that file's directory.
struct Package {
    std::string directory;
    std::string schema;
    std::string seed;
};

std::optional<Package> nearest_package(const Unit& unit, const fs::path& root) {
    for (fs::path at = normal(unit.root);; at = at.parent_path()) {
        if (auto text = read_file(root / at / "package.json")) {
            Package package{normal(at), "", ""};
            auto json = nlohmann::json::parse(*text, nullptr, false);
            if (json.is_object() && json.contains("prisma") && json["prisma"].is_object()) {
                const auto& own = json["prisma"];
                if (own.contains("schema") && own["schema"].is_string())
                    package.schema = normal(at / own["schema"].get<std::string>());
                if (own.contains("seed") && own["seed"].is_string()) package.seed = own["seed"];
            }
            return package;
        }
        if (at.empty() || at == "." || *at.begin() == "..") return std::nullopt;
    }
}

/// The .prisma files of a schema that is a directory, at any depth.
std::vector<std::string> schema_files(const fs::path& root, const std::string& directory, int depth = 4) {
    std::vector<std::string> files;
    for (const auto& name : list_directory(root / directory)) {
        std::string path = directory + "/" + name;
        if (name.ends_with(".prisma") && file_at(root / path)) {
            files.push_back(path);
        } else if (depth > 0 && name != "migrations" && !name.starts_with('.') && directory_at(root / path)) {
            auto deeper = schema_files(root, path, depth - 1);
            files.insert(files.end(), deeper.begin(), deeper.end());
        }
    }
    return files;
}

void set_url(std::optional<UrlSource>& into, const Property* property, const std::string& file) {
    if (!property) return;
    UrlSource source;
    source.file = file;
    source.line = property->line;
    if (!property->variable.empty()) {
        source.kind = TargetSource::Kind::variables;
        source.variables = {property->variable};
    } else {
        source.kind = TargetSource::Kind::literal;
        source.literal = property->text;
    }
    into = std::move(source);
}

void read_schema(Project& project, const fs::path& root) {
    std::vector<std::string> files;
    if (directory_at(root / project.schema))
        files = schema_files(root, project.schema);
    else
        files = {project.schema};
    for (const auto& file : files) {
        auto text = read_file(root / file, 4u << 20);
        auto datasource = text ? read_datasource(*text) : std::nullopt;
        if (!datasource) continue;
        project.datasource_file = file;
        project.datasource_line = datasource->line;
        if (const Property* provider = datasource->find("provider")) project.provider = provider->text;
        set_url(project.url, datasource->find("url"), file);
        set_url(project.direct_url, datasource->find("directUrl"), file);
        project.url_in_schema = project.url || project.direct_url;
        project.url_line = project.url          ? project.url->line
                           : project.direct_url ? project.direct_url->line
                                                : 0;
        return;
    }
}

/// A schema in several files is the directory that holds them: given to Prisma as one file it would lack
/// the models of the others. What Prisma finds by itself stays as it is.
std::string whole_schema(const fs::path& root, const std::string& schema, const std::string& by_default) {
    if (schema == by_default || !file_at(root / schema)) return schema;
    if (!by_default.empty() && schema.starts_with(by_default + "/")) return by_default;
    std::string directory = normal(fs::path(schema).parent_path());
    int datasources = 0, others = 0;
    for (const auto& name : list_directory(root / directory)) {
        if (!name.ends_with(".prisma")) continue;
        auto text = read_file(root / directory / name, 4u << 20);
        ++(text && read_datasource(*text) ? datasources : others);
    }
    return datasources == 1 && others > 0 ? directory : schema;
}

/// What the configuration says; it beats the schema.
struct Config {
    std::string schema;
    std::string migrations;
    std::string seed;
    std::optional<UrlSource> url;
    std::optional<UrlSource> direct_url;
    std::string adapter;
    std::vector<std::string> dotenv;
};

Config read_config(const std::string& file, const Unit& unit, const fs::path& root) {
    Config config;
    auto text = read_file(root / file, 1u << 20);
    if (!text) return config;
    const std::string directory = normal(fs::path(file).parent_path());
    js::Module module = js::parse_module(*text);
    config.dotenv = js::dotenv_files(module, file, unit.root);

    auto unreadable = [&](const std::string& why) {
        UrlSource source;
        source.kind = TargetSource::Kind::needs_probe;
        source.why = why;
        source.file = file;
        config.url = source;
    };
    if (!module.exported) {
        unreadable("the configuration exports nothing that can be read");
        return config;
    }
    const js::Value& exported = js::resolve(module, *module.exported);
    if (!exported.object()) {
        unreadable("the configuration is " + js::describe(module, exported));
        return config;
    }
    auto path_at = [&](std::string_view key) -> std::string {
        const js::Value* value = js::at_path(module, exported, key);
        auto known = value ? js::static_text(module, *value) : std::nullopt;
        return known ? normal(fs::path(directory) / *known) : "";
    };
    config.schema = path_at("schema");
    config.migrations = path_at("migrations.path");
    if (const js::Value* seed = js::at_path(module, exported, "migrations.seed"))
        config.seed = js::static_text(module, *seed).value_or("(computed)");
    if (const js::Value* adapter = js::member(module, exported, "adapter")) {
        config.adapter = "the configuration connects with its own adapter";
        config.url = UrlSource{};
        config.url->line = adapter->line;
        config.url->file = file;
        config.url->kind = TargetSource::Kind::needs_probe;
        config.url->why = config.adapter;
        return config;
    }
    auto url_at = [&](std::string_view key, std::optional<UrlSource>& into) {
        const js::Value* value = js::at_path(module, exported, key);
        if (!value || value->kind == js::Value::Kind::word) return;
        UrlSource source;
        source.file = file;
        js::read_url(source, module, *value);
        if (source.kind == TargetSource::Kind::needs_probe) source.why = "the URL is " + source.why;
        into = std::move(source);
    };
    url_at("datasource.url", config.url);
    url_at("datasource.directUrl", config.direct_url);
    if (!config.url) {
        const js::Value* datasource = js::member(module, exported, "datasource");
        if (datasource ? js::has_unknown_members(module, *datasource)
                       : js::has_unknown_members(module, exported))
            unreadable("the datasource takes members from elsewhere");
    }
    return config;
}

/// Prisma 5, and 6 without a configuration: .env beside the nearest package.json, then the first of those
/// beside the schema, in ./prisma and here.
std::vector<std::string> own_dotenv(const Project& project, const Unit& unit, const fs::path& root,
                                    const std::optional<Package>& package) {
    std::vector<std::string> files{normal(fs::path(package ? package->directory : unit.root) / ".env")};
    const fs::path schema_dir = directory_of(root, project.schema);
    for (const fs::path& directory : {schema_dir, fs::path(unit.root) / "prisma", fs::path(unit.root)}) {
        std::string file = normal(directory / ".env");
        if (!file_at(root / file)) continue;
        if (file != files.front()) files.push_back(file);
        break;
    }
    return files;
}

/// Which schema the unit works with, and which one Prisma would find without being told.
void find_schema(Project& project, const Unit& unit, const fs::path& root, const std::string& configured,
                 const std::string& packaged) {
    const bool old = unit.version && unit.version->major < 7;
    if (!configured.empty()) {
        project.default_schema = configured;
    } else if (old && !packaged.empty()) {
        project.default_schema = packaged;
    } else {
        // Prisma 7 looks from the directory of its configuration.
        fs::path from = old || project.config.empty() ? fs::path(unit.root)
                                                      : fs::path(directory_of(root, project.config));
        for (auto name : {"schema.prisma", "prisma/schema.prisma", "prisma/schema"}) {
            std::error_code ignored;
            if (!fs::exists(root / from / name, ignored)) continue;
            project.default_schema = normal(from / name);
            break;
        }
    }
    project.schema = unit.schema.empty() ? project.default_schema : normal(unit.schema);
    if (project.schema.empty()) project.schema = normal(fs::path(unit.root) / "prisma/schema.prisma");
    project.schema = whole_schema(root, project.schema, project.default_schema);
}

}  // namespace

std::vector<std::string> Project::url_variables() const {
    std::vector<std::string> names;
    for (const auto* source : {&direct_url, &url}) {
        if (!*source || (*source)->kind != TargetSource::Kind::variables) continue;
        for (const auto& name : (*source)->variables)
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

const Property* Datasource::find(std::string_view name) const {
    auto found = std::find_if(properties.begin(), properties.end(),
                              [&](const Property& property) { return property.name == name; });
    return found == properties.end() ? nullptr : &*found;
}

std::optional<Datasource> read_datasource(std::string_view schema) {
    // Prisma's schema language has the strings, comments and brackets of JavaScript.
    using Kind = js::Token::Kind;
    auto tokens = js::tokens_of(schema);
    for (std::size_t at = 0; at + 2 < tokens.size(); ++at) {
        if (!tokens[at].word("datasource") || tokens[at + 1].kind != Kind::identifier ||
            !tokens[at + 2].is("{"))
            continue;
        Datasource found;
        found.line = tokens[at].line;
        for (at += 3; at + 2 < tokens.size() && !tokens[at].is("}"); ++at) {
            if (tokens[at].kind != Kind::identifier || !tokens[at + 1].is("=")) continue;
            Property property{tokens[at].text, "", "", tokens[at].line};
            const js::Token& value = tokens[at + 2];
            if (value.kind == Kind::string)
                property.text = value.text;
            else if (value.word("env") && at + 4 < tokens.size() && tokens[at + 4].kind == Kind::string)
                property.variable = tokens[at + 4].text;
            found.properties.push_back(std::move(property));
            ++at;
        }
        return found;
    }
    return std::nullopt;
}

Project read_project(const Unit& unit, const fs::path& root) {
    Project project;
    find_config(project, unit, root);
    Config config;
    if (!project.config.empty()) config = read_config(project.config, unit, root);
    auto package = nearest_package(unit, root);

    find_schema(project, unit, root, config.schema, package ? package->schema : "");
    read_schema(project, root);
    if (unit.version)
        project.version = *unit.version;
    else
        project.version = Version{project.url_in_schema ? 6 : 7, 0, 0};
    project.engine = engine_from(project.provider);
    if (!project.engine && !unit.engines.empty()) project.engine = unit.engines.front();

    const bool from_config = config.url || config.direct_url;
    if (from_config) {
        project.url = config.url;
        project.direct_url = config.direct_url;
    }
    const std::string schema_dir = directory_of(root, project.schema);
    const std::string datasource_dir =
        project.datasource_file.empty() ? schema_dir : directory_of(root, project.datasource_file);
    if (!unit.migrations.empty())
        project.migrations = normal(unit.migrations.front().path);
    else if (!config.migrations.empty())
        project.migrations = config.migrations;
    else
        project.migrations = normal(fs::path(project.is_new() ? schema_dir : datasource_dir) / "migrations");

    project.seed = config.seed;
    if (project.seed.empty() && !project.is_new() && package) project.seed = package->seed;
    if (project.config.empty() && !project.is_new())
        project.dotenv = own_dotenv(project, unit, root, package);
    else
        project.dotenv = config.dotenv;
    project.base_dir = from_config ? directory_of(root, project.config) : datasource_dir;
    return project;
}

}  // namespace migrate::prisma
