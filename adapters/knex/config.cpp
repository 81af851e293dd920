#include "adapters/knex/config.hpp"

#include <algorithm>

#include "adapters/knex/knex.hpp"
#include "adapters/support/js_connection.hpp"
#include "adapters/support/js_target.hpp"
#include "base/files.hpp"

namespace migrate::knex {

namespace {

/// MigrationsLoader.js: note that .mjs is not among them.
const std::vector<std::string> kLoadExtensions{".co",  ".coffee",    ".eg", ".iced", ".js",
                                               ".cjs", ".litcoffee", ".ls", ".ts"};

const js::ConnectionKeys kServerKeys{
    .url = {"connectionString", "uri"},
    .host = {"host", "server"},
    .user = {"user", "userName"},
    .socket = {"socketPath"},
};
const js::ConnectionKeys kFileKeys{.url = {"filename", "file"}};

bool is_settings(const js::Module& module, const js::Value& object) {
    for (auto key : {"client", "dialect", "connection"})
        if (js::member(module, object, key)) return true;
    return false;
}

/// Whether a member of the exported object can be the settings of an environment.
bool is_section(const js::Module& module, const js::Value& value) {
    using Kind = js::Value::Kind;
    if (value.object()) return is_settings(module, value) || js::has_unknown_members(module, value);
    return value.kind == Kind::call || value.kind == Kind::reference || value.kind == Kind::computed;
}

std::vector<std::string> environments_of(const js::Module& module, const js::Value& object) {
    std::vector<std::string> names;
    for (const auto& one : object.members)
        if (one.key != "..." && one.key != "[]" && is_section(module, js::resolve(module, one.value)))
            names.push_back(one.key);
    return names;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

Result<Config> read_config(const Unit& unit, const std::filesystem::path& root,
                           std::optional<std::string_view> environment) {
    if (unit.config.empty())
        return fail("tool.layout", unit.id + " has no knexfile",
                    "Knex's command line needs one; without it only the application runs the migrations.");
    auto text = read_file(root / unit.config);
    if (!text)
        return fail("tool.layout", unit.config + " is not there",
                    "Knex would silently take the next knexfile in a folder above, and so another database.");
    Config config;
    config.module = js::parse_module(*text);
    config.directory = std::filesystem::path(unit.config).parent_path().generic_string();
    if (config.directory.empty()) config.directory = ".";

    const js::Module& module = config.module;
    js::Value exported = module.exported ? js::resolve(module, *module.exported) : js::exports_object(module);
    config.line = exported.line;
    if (!exported.object()) {
        config.why = "the knexfile exports " + js::describe(module, exported);
        return config;
    }
    bool flat = is_settings(module, exported);
    auto environments = flat ? std::vector<std::string>{} : environments_of(module, exported);
    std::string wanted = environment ? std::string(*environment) : "development";
    if (!environment && !js::member(module, exported, wanted) && !environments.empty())
        wanted = environments.front();
    const js::Value* section = js::member(module, exported, wanted);
    if (section && (section->object() || is_section(module, *section))) {
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
        config.why = "the knexfile takes members from elsewhere";
        return config;
    }
    return fail("environment.undefined",
                js::place(unit.config, exported.line) + ": there is no environment " + wanted,
                environments.empty() ? "The file names none that could be read."
                                     : "It has " + joined(environments) + ".");
}

Migrations migrations_of(const Unit& unit, const std::filesystem::path& root) {
    auto config = read_config(unit, root, std::nullopt);
    return migrations_of(unit, root, config.value_or(Config{}));
}

Migrations migrations_of(const Unit& unit, const std::filesystem::path& root, const Config& config) {
    Migrations result;
    const js::Module& module = config.module;
    auto setting = [&](std::string_view path) {
        return config.readable ? js::at_path(module, config.settings, path) : nullptr;
    };
    auto text = [&](std::string_view path) {
        const js::Value* value = setting(path);
        return value ? js::static_text(module, *value).value_or("") : "";
    };
    for (const auto& directory : js::texts_of(module, setting("migrations.directory")))
        result.directories.push_back(
            (std::filesystem::path(config.directory) / directory).lexically_normal().generic_string());
    bool there = std::any_of(result.directories.begin(), result.directories.end(),
                             [&](const auto& path) { return std::filesystem::is_directory(root / path); });
    if (!there && !unit.migrations.empty()) {
        result.directories.clear();
        for (const auto& directory : unit.migrations) result.directories.push_back(directory.path);
    }
    if (result.directories.empty())
        result.directories.push_back(
            (std::filesystem::path(config.directory) / "migrations").lexically_normal().generic_string());

    result.extensions = js::texts_of(module, setting("migrations.loadExtensions"));
    if (result.extensions.empty()) result.extensions = kLoadExtensions;
    result.extension = text("migrations.extension");
    if (auto table = text("migrations.tableName"); !table.empty()) result.table = table;
    result.schema = text("migrations.schemaName");
    if (result.schema.empty())
        if (auto path = js::texts_of(module, setting("searchPath")); !path.empty())
            result.schema = path.front();
    result.sort_separately = js::is_true(setting("migrations.sortDirsSeparately"));
    result.validates = !js::is_true(setting("migrations.disableMigrationsListValidation"));
    return result;
}

Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment) {
    auto config = read_config(unit, root, environment);
    if (!config) return tl::unexpected(config.error());
    const js::Module& module = config->module;
    TargetSource source;
    source.file = unit.config;
    source.line = config->line;
    source.base_dir = config->directory;
    source.environment_section = config->section;
    source.dotenv = js::dotenv_files(module, unit.config, config->directory);
    if (!config->readable) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = config->why;
        return std::vector{source};
    }
    const js::Value* client = js::member(module, config->settings, "client");
    if (!client) client = js::member(module, config->settings, "dialect");
    source.engine = js::engine_of(module, client);
    const js::Value* connection = js::member(module, config->settings, "connection");
    if (!connection) {
        if (js::has_unknown_members(module, config->settings)) {
            source.kind = TargetSource::Kind::needs_probe;
            source.why = "the settings are partly made elsewhere";
        }
        return std::vector{source};
    }
    bool file = source.engine == Engine::sqlite;
    js::read_connection(source, module, *connection, file ? kFileKeys : kServerKeys);
    if (file && source.kind == TargetSource::Kind::fields) source.kind = TargetSource::Kind::missing;
    if (file) {  // host, database ... say nothing about a file
        source.fields = {};
        source.field_variables.clear();
    }
    js::add_default_host(source);
    return std::vector{source};
}

}  // namespace migrate::knex
