#include "adapters/typeorm/config.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/files.hpp"

namespace migrate::typeorm {

namespace fs = std::filesystem;
using Kind = js::Value::Kind;

namespace {

/// YAML as the value that the same settings in JavaScript would be.
js::Value from_yaml(const YAML::Node& node) {
    js::Value value;
    value.line = node.Mark().line + 1;
    if (node.IsMap()) {
        value.kind = Kind::object;
        for (const auto& one : node) value.members.push_back({one.first.Scalar(), from_yaml(one.second)});
    } else if (node.IsSequence()) {
        value.kind = Kind::array;
        for (const auto& one : node) value.items.push_back(from_yaml(one));
    } else if (node.IsScalar()) {
        bool word = node.Tag() != "!" && (node.Scalar() == "true" || node.Scalar() == "false");
        value.kind = word ? Kind::word : Kind::string;
        value.text = node.Scalar();
    } else {
        value.kind = Kind::word;
        value.text = "null";
    }
    return value;
}

bool is_data_source(const js::Module& module, const js::Value& value) {
    const js::Value& known = js::resolve(module, value);
    return known.kind == Kind::call && known.text.ends_with("DataSource") && known.text.starts_with("new ");
}

/// `new DataSource(options)`, wherever it stands; the exported one before others.
void find_data_source(Config& config) {
    const js::Module& module = config.module;
    const js::Value* found = nullptr;
    auto consider = [&](const js::Value& value) {
        if (!is_data_source(module, value)) return;
        ++config.exported;
        if (!found) found = &js::resolve(module, value);
    };
    if (module.exported) consider(*module.exported);
    for (const auto& [name, value] : module.exports) consider(value);
    if (!found)
        for (const auto& call : module.calls)
            if (is_data_source(module, call)) {
                found = &call;
                break;
            }
    if (!found) {
        config.why = "the data source is made elsewhere";
        return;
    }
    config.form = Config::Form::data_source;
    config.line = found->line;
    if (found->items.empty()) {
        config.why = "the data source gets no options that could be read";
        return;
    }
    const js::Value& settings = js::resolve(module, found->items.front());
    if (settings.object())
        config.connections.push_back({"default", settings, settings.line});
    else
        config.why = "the options are " + js::describe(module, settings);
}

/// 0.2: one connection, or a list of them.
void take_connections(Config& config, const js::Value& value) {
    const js::Module& module = config.module;
    std::vector<const js::Value*> all;
    if (value.kind == Kind::array)
        for (const auto& item : value.items) all.push_back(&js::resolve(module, item));
    else
        all.push_back(&value);
    for (const js::Value* one : all) {
        if (!one->object()) {
            config.connections.clear();
            config.why = "the file exports " + js::describe(module, *one);
            return;
        }
        Options options{"default", *one, one->line};
        if (const js::Value* name = js::member(module, *one, "name"))
            options.name = js::static_text(module, *name).value_or("default");
        config.connections.push_back(std::move(options));
    }
    config.form = Config::Form::ormconfig;
}

/// 0.2: every key of the file is a connection (connection/options-reader/ConnectionOptionsYmlReader).
void take_yaml(Config& config) {
    try {
        YAML::Node document = YAML::Load(config.text);
        config.form = Config::Form::ormconfig;
        if (!document.IsMap()) return;
        for (const auto& one : document) {
            js::Value settings = from_yaml(one.second);
            int line = settings.line;
            config.connections.push_back({one.first.Scalar(), std::move(settings), line});
        }
    } catch (const YAML::Exception& error) {
        config.connections.clear();
        config.why = "the file is no YAML: " + error.msg;
    }
}

/// Where a glob begins to be one: "src/migrations/*.ts" -> "src/migrations".
std::string glob_directory(std::string_view glob) {
    std::size_t star = glob.find_first_of("*{[?");
    if (star == std::string_view::npos) return fs::path(glob).parent_path().generic_string();
    return fs::path(glob.substr(0, star)).parent_path().generic_string();
}

/// A glob of the `migrations` option, relative to the file's own folder where it says so:
/// path.join(__dirname, "x"), `${__dirname}/x`, __dirname + "/x".
std::string glob_of(const Config& config, const Unit& unit, const js::Value& item) {
    std::string base = unit.root;
    std::string glob;
    std::string_view text = item.text;
    if (item.kind == Kind::computed && text.find("__dirname") != std::string_view::npos) {
        base = config.directory;
        std::size_t at = text.find('/');
        std::size_t end = text.find_first_of("'\"`", at == std::string_view::npos ? 0 : at);
        if (at != std::string_view::npos) glob = text.substr(at + 1, end - at - 1);
    } else if (auto known = js::static_text(config.module, item)) {
        if (js::resolve(config.module, item).kind == Kind::call) base = config.directory;
        glob = *known;
    }
    if (glob.empty()) return "";
    while (glob.starts_with("/")) glob.erase(0, 1);
    return (fs::path(base) / glob_directory(glob)).lexically_normal().generic_string();
}

}  // namespace

std::string Config::setting(std::string_view key) const {
    if (connections.empty()) return "";
    const js::Value* value = js::member(module, connections.front().settings, key);
    return value ? js::static_text(module, *value).value_or("") : "";
}

bool is_old(const Unit& unit) {
    if (unit.version) return *unit.version < Version{0, 3, 0};
    std::string name = fs::path(unit.config).filename().string();
    return name == ".env" ||
           (name.starts_with("ormconfig.") && !name.ends_with("ts") && !name.ends_with("js"));
}

Result<Config> read_config(const Unit& unit, const fs::path& root) {
    if (unit.config.empty())
        return fail("tool.layout", unit.id + " has no data source that the command line could use",
                    "Without one only the application runs the migrations.");
    Config config;
    auto text = read_file(root / unit.config);
    if (!text) return fail("tool.layout", unit.config + " is not there", "");
    config.text = std::move(*text);
    config.directory = fs::path(unit.config).parent_path().generic_string();
    if (config.directory.empty()) config.directory = ".";
    std::string ending = fs::path(unit.config).extension().string();
    if (ending == ".json") {
        take_connections(config, js::parse_value(config.text));
    } else if (ending == ".yml" || ending == ".yaml") {
        take_yaml(config);
    } else if (ending == ".env" || fs::path(unit.config).filename() == ".env") {
        config.form = Config::Form::variables;
    } else if (ending == ".xml") {
        config.why = "XML is not read";
    } else {
        config.module = js::parse_module(config.text);
        find_data_source(config);
        if (config.form != Config::Form::data_source && is_old(unit) && config.module.exported)
            take_connections(config, js::resolve(config.module, *config.module.exported));
    }
    return config;
}

std::vector<std::string> directories_of(const Unit& unit, const fs::path& root) {
    std::vector<std::string> directories;
    for (const auto& one : unit.migrations) {
        bool other = one.engine && unit.engines.size() == 1 && unit.engines.front() != *one.engine;
        if (!other) directories.push_back(one.path);
    }
    if (!directories.empty()) return directories;
    if (auto config = read_config(unit, root); config && !config->connections.empty()) {
        const js::Value* globs =
            js::member(config->module, config->connections.front().settings, "migrations");
        if (globs && globs->kind == Kind::array)
            for (const auto& item : globs->items)
                if (auto path = glob_of(*config, unit, item); fs::is_directory(root / path) && !path.empty())
                    directories.push_back(path);
    }
    if (!directories.empty()) return directories;
    for (auto name : {"src/migrations", "src/migration", "migrations", "migration"})
        if (auto path = (fs::path(unit.root) / name).lexically_normal(); fs::is_directory(root / path))
            return {path.generic_string()};
    return {(fs::path(unit.root) / "src/migrations").lexically_normal().generic_string()};
}

}  // namespace migrate::typeorm
