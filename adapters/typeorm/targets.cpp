// TypeORM: where the configuration says that the databases are.
#include "adapters/support/js_connection.hpp"
#include "adapters/support/js_target.hpp"
#include "adapters/typeorm/config.hpp"
#include "adapters/typeorm/typeorm.hpp"
#include "target/dotenv.hpp"

namespace migrate::typeorm {

namespace fs = std::filesystem;
using Kind = js::Value::Kind;

namespace {

const js::ConnectionKeys kServerKeys{
    .url = {"url"}, .user = {"username"}, .schema = {"schema"}, .socket = {"socketPath"}};
const js::ConnectionKeys kFileKeys{.url = {"database", "location"}};

/// 0.2: parts of a connection by the variables that ormconfig.env or .env hold
/// (connection/options-reader/ConnectionOptionsEnvReader).
const std::pair<const char*, const char*> kVariables[] = {
    {"host", "TYPEORM_HOST"},         {"port", "TYPEORM_PORT"},         {"user", "TYPEORM_USERNAME"},
    {"password", "TYPEORM_PASSWORD"}, {"database", "TYPEORM_DATABASE"}, {"schema", "TYPEORM_SCHEMA"}};

/// A path that stands beside the configuration, whatever the working directory is.
bool beside_the_file(const js::Module& module, const js::Value& value) {
    const js::Value& known = js::resolve(module, value);
    if (known.kind != Kind::call || known.items.empty()) return false;
    const std::string& first = js::resolve(module, known.items.front()).text;
    return first == "__dirname" || first.starts_with("import.meta.dir");
}

TargetSource source_of(const Unit& unit, const Config& config, const Options& options) {
    const js::Module& module = config.module;
    TargetSource source;
    source.name = options.name;
    source.file = unit.config;
    source.base_dir = unit.root;
    source.dotenv = js::dotenv_files(module, unit.config, unit.root);
    source.engine = js::engine_of(module, js::member(module, options.settings, "type"));
    const js::Value* settings = &options.settings;
    if (const js::Value* master = js::at_path(module, options.settings, "replication.master"))
        settings = master;
    bool file = source.engine == Engine::sqlite;
    js::read_connection(source, module, *settings, file ? kFileKeys : kServerKeys);
    if (file) {
        source.fields = {};  // a file has no host
        source.field_variables.clear();
        const js::Value* path = js::member(module, *settings, "database");
        if (path && beside_the_file(module, *path)) source.base_dir = config.directory;
        if (source.kind == TargetSource::Kind::fields) source.kind = TargetSource::Kind::missing;
    }
    if (source.line == 0) source.line = options.line;
    bool typed = js::member(module, options.settings, "type") != nullptr;
    if (typed && !source.engine && source.kind == TargetSource::Kind::fields) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = "type is " + js::describe(module, *js::member(module, options.settings, "type"));
    }
    js::add_default_host(source);
    return source;
}

/// TYPEORM_URL in the environment silently replaces everything that the file says (0.2).
void add_typeorm_url(TargetSource& source) {
    using enum TargetSource::Kind;
    if (source.kind == needs_probe || source.kind == missing) return;
    source.kind = variables;
    source.variables.insert(source.variables.begin(), "TYPEORM_URL");
}

TargetSource from_variables(const Unit& unit, const Config& config) {
    TargetSource source;
    source.file = unit.config;
    source.base_dir = unit.root;
    source.dotenv = {unit.config};
    source.kind = TargetSource::Kind::variables;
    source.variables = {"TYPEORM_URL"};
    for (const auto& [field, variable] : kVariables) source.field_variables[field] = {variable};
    if (auto file = parse_dotenv(config.text, unit.config))
        if (const auto* type = file->find("TYPEORM_CONNECTION")) source.engine = js::engine_of(type->value);
    return source;
}

}  // namespace

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root, const std::string&) {
    auto config = read_config(unit, root);
    if (!config) return tl::unexpected(config.error());
    if (config->form == Config::Form::variables) return std::vector{from_variables(unit, *config)};
    if (config->connections.empty()) {
        TargetSource source;
        source.kind = TargetSource::Kind::needs_probe;
        source.why = config->why;
        source.file = unit.config;
        source.line = config->line;
        source.base_dir = unit.root;
        source.dotenv = js::dotenv_files(config->module, unit.config, unit.root);
        return std::vector{source};
    }
    std::vector<TargetSource> sources;
    for (const auto& options : config->connections) {
        TargetSource source = source_of(unit, *config, options);
        if (config->form == Config::Form::ormconfig && is_old(unit)) {
            // The reader loads .env from the working directory (ConnectionOptionsReader).
            source.dotenv.push_back((fs::path(unit.root) / ".env").lexically_normal().generic_string());
            if (options.name == "default") add_typeorm_url(source);
        }
        sources.push_back(std::move(source));
    }
    return sources;
}

}  // namespace migrate::typeorm
