// manage.py names the settings, and the settings name the databases.
#include <algorithm>

#include "adapters/django/django.hpp"
#include "adapters/support/py_target.hpp"
#include "base/files.hpp"

namespace migrate::django {

namespace {

namespace fs = std::filesystem;
using py::Value;
using Kind = py::Value::Kind;
using SourcePtr = std::shared_ptr<const py::Source>;

/// What is assigned to DATABASES, where, and what is changed in it afterwards.
struct Databases {
    std::optional<py::Located> value;
    std::vector<std::pair<py::Assignment, SourcePtr>> changes;
    std::string problem;
};

std::string at(const SourcePtr& source, int line) {
    return source->file + ":" + std::to_string(line) + ": ";
}

/// Reads a settings file and, first, what it takes over by `from .base import *`.
void collect(const py::Sources& sources, const SourcePtr& source, int depth, Databases& found) {
    if (depth > 5) return;
    for (const auto& import : source->module.imports)
        if (import.name == "*" || import.name == "DATABASES")
            if (auto next = sources.module(import.module, source->file))
                collect(sources, next, depth + 1, found);
    for (const auto& assignment : source->module.assignments) {
        bool whole = assignment.target == "DATABASES";
        if (!whole && !assignment.target.starts_with("DATABASES[")) continue;
        if (assignment.indent > 0 || !assignment.scope.empty()) {
            found.problem = at(source, assignment.line) + "DATABASES depends on a condition";
            continue;
        }
        if (whole) {
            found.value = resolve_far(sources, source, assignment.value);
            found.changes.clear();
            found.problem.clear();  // what was there before no longer counts
        } else {
            found.changes.emplace_back(assignment, source);
        }
    }
    for (const Value& call : source->module.calls) {
        bool changes = call.text.starts_with("DATABASES") && call.text.ends_with(".update");
        if (const Value* self = call.member("self"))
            changes |= self->text.starts_with("DATABASES") && call.text == ".update";
        if (changes) found.problem = at(source, call.line) + "DATABASES is changed by update()";
    }
}

/// "django.db.backends.postgresql" -> postgresql.
std::optional<Engine> engine_of(std::string_view backend) {
    std::string_view last = backend.substr(backend.rfind('.') + 1);
    if (last == "spatialite") return Engine::sqlite;
    if (last.starts_with("postgresql")) return Engine::postgresql;
    if (backend.starts_with("mysql.")) return Engine::mysql;
    return engine_from(last);
}

/// OPTIONS: {"options": "-c search_path=shop,public"}.
std::string search_path(const Value& options) {
    const Value* text = options.member("options");
    if (!text || !text->is(Kind::string)) return "";
    std::size_t from = text->text.find("search_path=");
    if (from == std::string::npos) return "";
    std::string path = text->text.substr(from + 12);
    return path.substr(0, path.find_first_of(" ,"));
}

void needs_python(TargetSource& target, std::string why) {
    target.kind = TargetSource::Kind::needs_probe;
    target.why = std::move(why);
}

void read_dictionary(TargetSource& target, const py::Sources& sources, const py::Located& alias,
                     const Unit& unit) {
    target.kind = TargetSource::Kind::fields;
    for (const auto& member : alias.value.members) {
        py::Located value = resolve_far(sources, alias.source, member.value);
        const std::string where = at(alias.source, member.value.line);
        if (member.key == "ENGINE") {
            if (value.value.is(Kind::string))
                target.engine = engine_of(value.value.text);
            else
                return needs_python(target, where + "ENGINE is " + describe(value.value));
        } else if (member.key == "NAME") {
            if (!read_field(target, sources, value, "database")) return;
            bool path = value.value.is(Kind::path) || value.value.is(Kind::call);
            target.base_dir = path ? "." : unit.root;
        } else if (member.key == "HOST") {
            if (!read_field(target, sources, value, "host")) return;
        } else if (member.key == "PORT") {
            if (!read_field(target, sources, value, "port")) return;
        } else if (member.key == "USER") {
            if (!read_field(target, sources, value, "user")) return;
        } else if (member.key == "PASSWORD") {
            if (!read_field(target, sources, value, "password")) return;
        } else if (member.key == "OPTIONS") {
            if (value.value.member("service") || value.value.member("read_default_file"))
                return needs_python(target, where + "OPTIONS names a file of connections");
            target.fields.schema = search_path(value.value);
        } else if (member.key == "TEST") {
            if (value.value.member("MIRROR"))
                return needs_python(target, where + "TEST names a MIRROR: a replica, perhaps");
        } else if (member.key == "**" || member.key == "[]") {
            return needs_python(target, where + "the database's settings are put together");
        }
    }
    if (target.fields.host.starts_with('/')) std::swap(target.fields.host, target.fields.socket);
    target.fields.engine = target.engine;
}

TargetSource read_alias(const std::string& name, const py::Sources& sources, const SourcePtr& owner,
                        const Value& expression, const Unit& unit) {
    TargetSource target;
    target.name = name;
    target.base_dir = unit.root;
    py::Located alias = resolve_far(sources, owner, expression);
    target.file = alias.source->file;
    target.line = expression.line;
    bool keywords = alias.value.is(Kind::call) && alias.value.text == "dict" && alias.value.items.empty();
    if (alias.value.is(Kind::dict) || keywords) {
        read_dictionary(target, sources, alias, unit);
    } else if (alias.value.is(Kind::environment) || alias.value.is(Kind::string)) {
        read_url(target, sources, alias);
    } else {
        needs_python(target, at(owner, expression.line) + name + " is " + describe(alias.value));
    }
    return target;
}

/// DATABASES["default"] = {...} and DATABASES["default"]["HOST"] = x, in their order.
void change(Value& databases, const py::Assignment& assignment, std::string& problem,
            const SourcePtr& source) {
    std::vector<std::string> keys;
    std::string_view rest = std::string_view(assignment.target).substr(9);
    while (rest.starts_with("[\"")) {
        std::size_t end = rest.find("\"]");
        if (end == std::string_view::npos) break;
        keys.emplace_back(rest.substr(2, end - 2));
        rest.remove_prefix(end + 2);
    }
    auto put = [&](Value& into, const std::string& key) -> Value& {
        for (auto& member : into.members)
            if (member.key == key) return member.value;
        into.members.push_back({key, {}});
        return into.members.back().value;
    };
    if (!rest.empty() || keys.empty() || !databases.is(Kind::dict)) {
        problem = at(source, assignment.line) + "DATABASES is changed in a way that only Python can follow";
        return;
    }
    Value* into = &put(databases, keys[0]);
    for (std::size_t i = 1; i < keys.size(); ++i) {
        if (!into->is(Kind::dict)) {
            problem = at(source, assignment.line) + "a setting of the database is changed afterwards";
            return;
        }
        into = &put(*into, keys[i]);
    }
    *into = assignment.value;
}

}  // namespace

std::string manage_py(const Unit& unit) {
    if (unit.config.ends_with(".py")) return unit.config;
    return (fs::path(unit.root) / "manage.py").lexically_normal().generic_string();
}

Settings settings_of(const Unit& unit, const fs::path& root) {
    Settings settings;
    py::Sources sources(root, unit.root);
    auto manage = sources.file(manage_py(unit));
    if (!manage) return settings;
    int times = 0;
    for (const Value& call : manage->module.calls) {
        const Value* name = call.argument(0, "key");
        const Value* module = call.argument(1, "value");
        if (!call.text.ends_with("environ.setdefault") || !name || name->text != "DJANGO_SETTINGS_MODULE")
            continue;
        py::Value value = module ? resolve(manage->module, *module) : py::Value{};
        ++times;
        if (value.is(Kind::string)) settings.module = value.text;
    }
    for (const auto& assignment : manage->module.assignments)
        if (assignment.target == "os.environ[\"DJANGO_SETTINGS_MODULE\"]" && ++times &&
            assignment.value.is(Kind::string))
            settings.module = assignment.value.text;
    if (times != 1) settings.module.clear();  // which one is Python's to decide
    if (settings.module.empty()) return settings;
    if (auto source = sources.module(settings.module, manage->file)) settings.file = source->file;
    return settings;
}

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root, const std::string&) {
    py::Sources sources(root, unit.root);
    Settings settings = settings_of(unit, root);
    std::vector<TargetSource> result;
    auto unknown = [&](std::string why) {
        TargetSource target;
        target.file = settings.file.empty() ? manage_py(unit) : settings.file;
        target.environment_section = settings.module;
        target.base_dir = unit.root;
        needs_python(target, std::move(why));
        return std::vector<TargetSource>{target};
    };
    if (settings.module.empty())
        return unknown(manage_py(unit) + ": DJANGO_SETTINGS_MODULE cannot be told without running it");
    SourcePtr source = settings.file.empty() ? nullptr : sources.file(settings.file);
    if (!source) return unknown("the settings " + settings.module + " are in no file of the project");
    Databases databases;
    collect(sources, source, 0, databases);
    if (!databases.problem.empty()) return unknown(databases.problem);
    if (!databases.value) return unknown(settings.file + ": DATABASES is not set there");
    Value value = databases.value->value;
    std::map<std::string, SourcePtr> owner;
    for (const auto& [assignment, where] : databases.changes) {
        change(value, assignment, databases.problem, where);
        std::string alias = assignment.target.substr(11);
        owner[alias.substr(0, alias.find('"'))] = where;
    }
    if (!databases.problem.empty()) return unknown(databases.problem);
    if (!value.is(Kind::dict))
        return unknown(at(databases.value->source, value.line) + "DATABASES is " + describe(value));
    std::vector<std::string> dotenv = py::dotenv_files(*source, unit.root);
    if (auto manage = sources.file(manage_py(unit)))
        for (auto& name : py::dotenv_files(*manage, unit.root)) dotenv.push_back(std::move(name));
    for (const auto& member : value.members) {
        if (member.key == "**" || member.key == "[]")
            return unknown(at(databases.value->source, member.value.line) + "DATABASES is put together");
        SourcePtr where = owner.contains(member.key) ? owner[member.key] : databases.value->source;
        TargetSource target = read_alias(member.key, sources, where, member.value, unit);
        target.environment_section = settings.module;
        target.dotenv = dotenv;
        result.push_back(std::move(target));
    }
    if (result.empty()) return unknown(settings.file + ": DATABASES is empty");
    // Which of several databases the project migrates its routers decide.
    if (result.size() > 1)
        if (const py::Value* routers = source->module.name("DATABASE_ROUTERS");
            routers && !(routers->is(Kind::list) && routers->items.empty()))
            for (auto& target : result)
                needs_python(target,
                             settings.file + ": DATABASE_ROUTERS decides which databases are migrated");
    std::stable_partition(result.begin(), result.end(),
                          [](const TargetSource& target) { return target.name == "default"; });
    return result;
}

std::optional<Error> fits(const Unit& unit, const fs::path&) {
    if (unit.version && *unit.version < Version{2, 0, 0})
        return Error{"tool.version",
                     "Django " + unit.version_text + " is older than what is known here",
                     "The commands are those of Django 2.0 and later.",
                     {}};
    return std::nullopt;
}

}  // namespace migrate::django
