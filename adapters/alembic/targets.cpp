// Where env.py takes the address of the database from, as far as that can be read.
#include <algorithm>

#include "adapters/alembic/alembic.hpp"
#include "adapters/support/py_target.hpp"
#include "base/files.hpp"

namespace migrate::alembic {

namespace {

namespace fs = std::filesystem;
using py::Value;
using Kind = py::Value::Kind;
using SourcePtr = std::shared_ptr<const py::Source>;

constexpr std::string_view kOption = "sqlalchemy.url";

bool named(const Value* value, std::string_view text) {
    return value && value->is(Kind::string) && value->text == text;
}

/// Expressions of env.py that become the address. What reads alembic.ini back is left out.
std::vector<Value> address_expressions(const py::Module& module) {
    std::vector<Value> found;
    auto add = [&](const Value* value) {
        if (value) found.push_back(*value);
    };
    for (const Value& call : module.calls) {
        std::string_view name = std::string_view(call.text).substr(call.text.rfind('.') + 1);
        if (name == "set_main_option" && named(call.argument(0, "name"), kOption)) {
            add(call.argument(1, "value"));
        } else if (name == "set_section_option" && named(call.argument(1, "name"), kOption)) {
            add(call.argument(2, "value"));
        } else if (name == "create_engine" || name == "create_async_engine") {
            add(call.argument(0, "url"));
        } else if (name == "engine_from_config" || name == "async_engine_from_config") {
            add(call.member("url"));
            if (const Value* options = call.argument(0, "configuration"))
                if (options->is(Kind::dict)) add(options->member(kOption));
        } else if (name == "update" && !call.items.empty() && call.items[0].is(Kind::dict)) {
            add(call.items[0].member(kOption));
        }
    }
    for (const auto& assignment : module.assignments) {
        if (assignment.target.ends_with("[\"sqlalchemy.url\"]")) add(&assignment.value);
        if (assignment.value.is(Kind::dict)) add(assignment.value.member(kOption));
    }
    return found;
}

/// config.get_main_option("sqlalchemy.url") and the like: the ini itself.
bool reads_ini(const Value& value) {
    return value.is(Kind::call) && value.text.ends_with("get_main_option") &&
           named(value.argument(0, "name"), kOption);
}

/// Whether a line stands below an `if` of its function: then the ini counts where the condition fails.
bool conditional(const py::Module& module, int line) {
    int column = -1;
    const auto& tokens = module.tokens;
    for (std::size_t i = tokens.size(); i-- > 0;) {
        bool first = i == 0 || tokens[i - 1].kind == py::Token::Kind::newline;
        if (!first || tokens[i].line > line || tokens[i].kind == py::Token::Kind::newline) continue;
        if (column < 0) {
            column = tokens[i].column;
        } else if (tokens[i].column < column) {
            if (tokens[i].word("if") || tokens[i].word("elif") || tokens[i].word("else")) return true;
            if (tokens[i].word("def")) return false;
            column = tokens[i].column;
        }
    }
    return false;
}

TargetSource from_ini(const Config& config) {
    TargetSource source;
    source.file = config.file;
    source.line = config.url_line;
    if (config.url.empty()) {
        source.kind = TargetSource::Kind::missing;
        source.why = "sqlalchemy.url is not set";
    } else if (config.url.find("%(") != std::string::npos) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = config.file + ":" + std::to_string(config.url_line) +
                     ": sqlalchemy.url has names in it that env.py fills in";
    } else {
        source.kind = TargetSource::Kind::literal;
        source.literal = config.url;
    }
    return source;
}

bool same(const TargetSource& a, const TargetSource& b) {
    return a.kind == b.kind && a.variables == b.variables && a.literal == b.literal;
}

TargetSource from_env_py(const Config& config, const py::Sources& sources, const SourcePtr& env) {
    std::optional<TargetSource> found;
    for (const Value& expression : address_expressions(env->module)) {
        py::Located at = resolve_far(sources, env, expression);
        if (reads_ini(at.value)) continue;
        TargetSource source;
        read_url(source, sources, at);
        if (source.kind == TargetSource::Kind::variables && source.literal.empty() &&
            conditional(env->module, expression.line))
            source.literal = config.url;
        if (found && !same(*found, source)) {
            source.kind = TargetSource::Kind::needs_probe;
            source.why = env->file + ":" + std::to_string(expression.line) + ": there are several addresses";
        }
        if (!found || source.kind == TargetSource::Kind::needs_probe) found = std::move(source);
    }
    return found.value_or(from_ini(config));
}

/// Files in which a Flask application sets SQLALCHEMY_DATABASE_URI: those at the unit's root and one
/// folder below, by their usual names.
std::vector<std::string> flask_files(const Unit& unit, const fs::path& root) {
    std::vector<std::string> files;
    auto add = [&](const fs::path& directory) {
        for (const char* name :
             {"config.py", "settings.py", "app.py", "wsgi.py", "__init__.py", "application.py"}) {
            std::error_code ignored;
            fs::path path = (directory / name).lexically_normal();
            if (fs::is_regular_file(root / path, ignored)) files.push_back(path.generic_string());
        }
    };
    add(unit.root);
    for (const auto& name : list_directory(root / unit.root)) {
        std::error_code ignored;
        bool skip = name.starts_with('.') || name == "tests" || name == "migrations" ||
                    name == "node_modules" || name == "venv" || name == "env";
        if (!skip && fs::is_directory(fs::symlink_status(root / unit.root / name, ignored)))
            add(fs::path(unit.root) / name);
    }
    return files;
}

TargetSource from_flask(const Unit& unit, const fs::path& root, const py::Sources& sources) {
    constexpr std::string_view kUri = "SQLALCHEMY_DATABASE_URI";
    std::optional<TargetSource> found;
    std::vector<std::string> dotenv;
    for (const auto& file : flask_files(unit, root)) {
        SourcePtr source = sources.file(file);
        if (!source) continue;
        for (auto& name : py::dotenv_files(*source, unit.root)) dotenv.push_back(std::move(name));
        for (const auto& assignment : source->module.assignments) {
            bool plain = assignment.target == kUri;
            bool item = assignment.target.ends_with("[\"" + std::string(kUri) + "\"]");
            if (!plain && !item) continue;
            TargetSource one;
            read_url(one, sources, resolve_far(sources, source, assignment.value));
            if (found && !same(*found, one)) {
                one.kind = TargetSource::Kind::needs_probe;
                one.why = one.file + ":" + std::to_string(one.line) + ": " + std::string(kUri) +
                          " is set in several places";
            }
            if (!found || one.kind == TargetSource::Kind::needs_probe) found = std::move(one);
        }
    }
    if (!found) {
        found.emplace();
        found->kind = TargetSource::Kind::needs_probe;
        found->why = "no file sets " + std::string(kUri) + " that could be read";
    }
    // Flask itself reads both where python-dotenv is installed.
    for (const char* name : {".env", ".flaskenv"})
        dotenv.push_back((fs::path(unit.root) / name).lexically_normal().generic_string());
    for (const auto& name : dotenv)
        if (std::find(found->dotenv.begin(), found->dotenv.end(), name) == found->dotenv.end())
            found->dotenv.push_back(name);
    return *found;
}

}  // namespace

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root,
                                          const std::string& environment) {
    Config config = read_config(unit, root, environment);
    py::Sources sources(root, unit.root);
    std::vector<TargetSource> result;
    for (const auto& [name, url] : config.databases) {
        Config one = config;
        one.url = url.first;
        one.url_line = url.second;
        result.push_back(from_ini(one));
        result.back().name = name;
    }
    if (result.empty()) {
        std::string file = env_file(unit, config, root);
        SourcePtr env = file.empty() ? nullptr : sources.file(file);
        if (is_flask(unit))
            result.push_back(from_flask(unit, root, sources));
        else if (env)
            result.push_back(from_env_py(config, sources, env));
        else
            result.push_back(from_ini(config));
        if (env && !is_flask(unit)) result.back().dotenv = py::dotenv_files(*env, unit.root);
    }
    for (TargetSource& source : result) {
        source.base_dir = unit.root;
        if (config.section == environment) source.environment_section = environment;
        // A URL says its engine itself; the drivers that are installed say only what could be meant.
        if (!source.engine && source.kind == TargetSource::Kind::fields && unit.engines.size() == 1)
            source.engine = unit.engines.front();
    }
    return result;
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    Config config = read_config(unit, root, "");
    if (config.toml && unit.version && *unit.version < Version{1, 16, 0})
        return Error{"tool.layout",
                     config.file + ": [tool.alembic] is read by Alembic 1.16 and later, installed is " +
                         (unit.version_text.empty() ? "an older one" : unit.version_text),
                     "Upgrade Alembic, or keep script_location in alembic.ini.",
                     {}};
    return std::nullopt;
}

}  // namespace migrate::alembic
