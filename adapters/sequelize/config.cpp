#include "adapters/sequelize/config.hpp"

#include "adapters/sequelize/sequelize.hpp"
#include "adapters/support/js_connection.hpp"
#include "adapters/support/js_target.hpp"
#include "base/files.hpp"

namespace migrate::sequelize {

namespace fs = std::filesystem;

namespace {

const js::ConnectionKeys kServerKeys{.url = {"url"}, .user = {"username"}};
const js::ConnectionKeys kFileKeys{.url = {"storage"}};

bool is_settings(const js::Module& module, const js::Value& object) {
    for (auto key : {"dialect", "url", "use_env_variable", "database", "storage", "host"})
        if (js::member(module, object, key)) return true;
    return false;
}

std::string below(const std::string& directory, const std::string& path) {
    std::string text = (fs::path(directory) / path).lexically_normal().generic_string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

js::Module parse(const std::string& file, const std::string& text) {
    if (!file.ends_with(".json")) return js::parse_module(text);
    js::Module module;
    module.exported = js::parse_value(text);
    return module;
}

/// One path of .sequelizerc, or its default.
std::string path_of(Places& places, const Unit& unit, const js::Value* exported, std::string_view key,
                    const char* fallback, bool& is_default) {
    const js::Value* value = exported ? js::member(places.rc, *exported, key) : nullptr;
    if (value) {
        if (auto text = js::static_text(places.rc, *value)) return below(unit.root, *text);
        places.why = std::string(key) + " in .sequelizerc is " + js::describe(places.rc, *value);
        return "";
    }
    is_default = true;
    return below(unit.root, fallback);
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

Places places_of(const Unit& unit, const fs::path& root) {
    Places places;
    const js::Value* exported = nullptr;
    const std::string rc = below(unit.root, ".sequelizerc");
    if (auto text = read_file(root / rc)) {
        places.has_rc = true;
        places.rc = js::parse_module(*text);
        places.dotenv = js::dotenv_files(places.rc, rc, unit.root);
        if (!places.rc.exported) places.rc.exported = js::exports_object(places.rc);
        exported = &js::resolve(places.rc, *places.rc.exported);
        if (!exported->object()) places.why = ".sequelizerc exports " + js::describe(places.rc, *exported);
        if (const js::Value* url = js::member(places.rc, *exported, "url")) places.url = *url;
    }
    places.config = path_of(places, unit, exported, "config", "config/config.json", places.default_config);
    if (places.default_config) {
        if (std::string other = below(unit.root, "config/config.js"); fs::exists(root / other))
            places.config = other;
        bool named = !unit.config.empty() && fs::path(unit.config).filename() != ".sequelizerc";
        if (named && unit.config != places.config) {
            places.config = unit.config;
            places.default_config = false;
        }
        if (!fs::exists(root / places.config)) places.config = "";
    }
    places.migrations =
        path_of(places, unit, exported, "migrations-path", "migrations", places.default_migrations);
    bool found = !unit.migrations.empty() && unit.migrations.front().path != places.migrations;
    bool there = !places.migrations.empty() && fs::is_directory(root / places.migrations);
    if (found && (places.default_migrations || !there)) {
        places.migrations = unit.migrations.front().path;
        places.default_migrations = false;
    }
    places.seeders = path_of(places, unit, exported, "seeders-path", "seeders", places.default_seeders);
    if (places.default_seeders && !unit.seeds.empty() && unit.seeds != places.seeders) {
        places.seeders = unit.seeds;
        places.default_seeders = false;
    }
    return places;
}

std::string Config::text(std::string_view key) const {
    const js::Value* value = readable ? js::member(module, settings, key) : nullptr;
    return value ? js::static_text(module, *value).value_or("") : "";
}

Result<Config> read_config(const Unit& unit, const fs::path& root,
                           std::optional<std::string_view> environment) {
    Config config;
    config.places = places_of(unit, root);
    if (config.places.url) return config;  // --url and .sequelizerc's url leave the file unread
    if (config.places.config.empty() && !config.places.why.empty()) {
        config.why = config.places.why;
        return config;
    }
    if (config.places.config.empty())
        return fail("tool.layout", unit.id + " has no configuration that sequelize-cli would find",
                    "It looks for .sequelizerc, config/config.js and config/config.json in " + unit.root +
                        "; without one only the application runs the migrations.");
    auto text = read_file(root / config.places.config);
    if (!text) return fail("tool.layout", config.places.config + " is not there", "");
    config.module = parse(config.places.config, *text);
    const js::Module& module = config.module;
    js::Value exported = module.exported ? js::resolve(module, *module.exported) : js::exports_object(module);
    config.line = exported.line;
    if (!exported.object()) {
        config.why = "the file exports " + js::describe(module, exported);
        return config;
    }
    std::vector<std::string> environments;
    for (const auto& one : exported.members) {
        const js::Value& value = js::resolve(module, one.value);
        if (one.key != "..." && (value.object() ? is_settings(module, value) : value.computed()))
            environments.push_back(one.key);
    }
    std::string wanted = environment ? std::string(*environment) : "development";
    if (!environment && !js::member(module, exported, wanted) && !environments.empty())
        wanted = environments.front();
    const js::Value* section = js::member(module, exported, wanted);
    bool flat = is_settings(module, exported);
    if (section && (!flat || section->object())) {
        config.section = wanted;
        config.line = section->line;
        config.settings = js::resolve(module, *section);
        config.readable = config.settings.object();
        if (!config.readable) config.why = wanted + " is " + js::describe(module, config.settings);
        return config;
    }
    if (flat) {
        config.settings = std::move(exported);
        config.readable = true;
        return config;
    }
    if (js::has_unknown_members(module, exported)) {
        config.why = "the file takes members from elsewhere";
        return config;
    }
    return fail("environment.undefined",
                js::place(config.places.config, exported.line) + ": there is no environment " + wanted,
                environments.empty() ? "The file names none that could be read."
                                     : "It has " + joined(environments) + ".");
}

Storage storage_of(const Config& config) {
    Storage storage;
    auto take = [&](std::string_view key, std::string& into) {
        if (auto text = config.text(key); !text.empty()) into = text;
    };
    take("migrationStorage", storage.kind);
    take("migrationStorageTableName", storage.table);
    take("migrationStorageTableSchema", storage.schema);
    storage.timestamps =
        config.readable && js::is_true(js::member(config.module, config.settings, "migrationTimestamps"));
    return storage;
}

TargetSource source_of(const Unit& unit, const Config& config) {
    TargetSource source;
    source.file = config.places.config;
    source.line = config.line;
    source.base_dir = unit.root;
    source.environment_section = config.section;
    source.dotenv = config.places.dotenv;
    if (config.places.url) {
        source.file = below(unit.root, ".sequelizerc");
        js::read_url(source, config.places.rc, *config.places.url);
        return source;
    }
    for (auto& file : js::dotenv_files(config.module, config.places.config, unit.root))
        source.dotenv.push_back(std::move(file));
    if (!config.readable) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = config.why;
        return source;
    }
    source.engine = js::engine_of(config.module, js::member(config.module, config.settings, "dialect"));
    bool file = source.engine == Engine::sqlite;
    js::read_connection(source, config.module, config.settings, file ? kFileKeys : kServerKeys);
    if (file) {  // host, database ... say nothing about a file
        source.fields = {};
        source.field_variables.clear();
    }
    // url wins over use_env_variable, and both over single fields (helpers/config-helper.js).
    bool has_url = js::member(config.module, config.settings, "url") != nullptr;
    if (std::string variable = config.text("use_env_variable"); !has_url && !variable.empty()) {
        source.kind = TargetSource::Kind::variables;
        source.variables = {variable};
        source.literal.clear();
        source.fields = {};
        source.field_variables.clear();
    } else if (file && has_url) {
        js::read_url(source, config.module, *js::member(config.module, config.settings, "url"));
    } else if (file && source.kind == TargetSource::Kind::fields) {
        source.kind = TargetSource::Kind::literal;  // sequelize 6, sqlite/connection-manager.js
        source.literal = ":memory:";
    }
    js::add_default_host(source);
    return source;
}

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root,
                                          const std::string& environment) {
    auto config = read_config(unit, root, environment);
    if (!config) return tl::unexpected(config.error());
    return std::vector{source_of(unit, *config)};
}

}  // namespace migrate::sequelize
