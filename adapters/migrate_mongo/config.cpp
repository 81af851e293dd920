#include "adapters/migrate_mongo/config.hpp"

#include "adapters/migrate_mongo/migrate_mongo.hpp"
#include "adapters/support/js_connection.hpp"
#include "adapters/support/js_target.hpp"
#include "base/files.hpp"

namespace migrate::migrate_mongo {

namespace fs = std::filesystem;

Config read_config(const Unit& unit, const fs::path& root) {
    Config config;
    // migrationsDir is relative to the working directory, not to the configuration (env/migrationsDir.js).
    auto in_root = [&](const std::string& path) {
        return (fs::path(unit.root) / path).lexically_normal().generic_string();
    };
    config.directory = unit.migrations.empty() ? in_root("migrations") : unit.migrations.front().path;
    auto text = unit.config.empty() ? std::nullopt : read_file(root / unit.config);
    if (!text) {
        config.why = unit.config.empty() ? "there is no configuration" : unit.config + " is not there";
        return config;
    }
    config.there = true;
    config.module = js::parse_module(*text);
    const js::Module& module = config.module;
    js::Value exported = module.exported ? js::resolve(module, *module.exported) : js::exports_object(module);
    config.line = exported.line;
    if (!exported.object()) {
        config.why = "the file exports " + js::describe(module, exported);
        return config;
    }
    config.readable = true;
    config.settings = std::move(exported);
    if (const js::Value* directory = js::member(module, config.settings, "migrationsDir"))
        if (auto path = js::static_text(module, *directory); path && fs::is_directory(root / in_root(*path)))
            config.directory = in_root(*path);
    if (const js::Value* extension = js::member(module, config.settings, "migrationFileExtension"))
        config.extension = js::static_text(module, *extension).value_or(config.extension);
    config.uses_hashes = js::is_true(js::member(module, config.settings, "useFileHash"));
    config.has_module_system = js::member(module, config.settings, "moduleSystem") != nullptr ||
                               js::has_unknown_members(module, config.settings);
    return config;
}

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root, const std::string&) {
    Config config = read_config(unit, root);
    if (!config.there) return fail("tool.layout", unit.id + ": " + config.why, "");
    TargetSource source;
    source.engine = Engine::mongodb;
    source.file = unit.config;
    source.line = config.line;
    source.base_dir = unit.root;
    source.dotenv = js::dotenv_files(config.module, unit.config, unit.root);
    const js::Value* mongodb = nullptr;
    if (config.readable) mongodb = js::member(config.module, config.settings, "mongodb");
    if (!mongodb) {
        bool hidden = !config.readable || js::has_unknown_members(config.module, config.settings);
        source.kind = hidden ? TargetSource::Kind::needs_probe : TargetSource::Kind::missing;
        source.why = config.readable ? "the settings are partly made elsewhere" : config.why;
        if (!hidden) source.why = "it has no `mongodb: { url }`";
        return std::vector{source};
    }
    if (const js::Value* url = js::member(config.module, *mongodb, "url")) {
        js::read_url(source, config.module, *url);
    } else {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = "mongodb is " + js::describe(config.module, *mongodb);
    }
    // databaseName wins over the database in the URL (env/database.js). Where both are missing the driver
    // takes "test".
    if (const js::Value* name = js::member(config.module, *mongodb, "databaseName"))
        js::read_field(source, config.module, "database", *name);
    return std::vector{source};
}

}  // namespace migrate::migrate_mongo
