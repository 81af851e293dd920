#include "adapters/support/py_target.hpp"

#include <algorithm>
#include <charconv>

#include "base/files.hpp"

namespace migrate::py {

namespace {

namespace fs = std::filesystem;
using Kind = Value::Kind;

constexpr int kImports = 6;  ///< how many imports are followed

std::string normal(const fs::path& path) {
    std::string text = path.lexically_normal().generic_string();
    return text.empty() ? "." : text;
}

/// What a name of a module is bound to by an import: the module, and the name in it ("" for the module
/// itself). `rest` is what follows the bound name: "config.URL" with `import config` -> "URL".
struct Bound {
    std::string module;
    std::string name;
};

std::optional<Bound> bound_by_import(const Module& module, const std::string& name) {
    for (const Import& import : module.imports) {
        if (name != import.local && !name.starts_with(import.local + ".")) continue;
        std::string rest = name.size() > import.local.size() ? name.substr(import.local.size() + 1) : "";
        if (import.name.empty())
            return rest.empty() ? std::nullopt : std::optional(Bound{import.module, rest});
        if (rest.empty()) return Bound{import.module, import.name};
        // from app import config; config.URL
        std::string dot = import.module.ends_with('.') ? "" : ".";
        return Bound{import.module + dot + import.name, rest};
    }
    return std::nullopt;
}

}  // namespace

Sources::Sources(fs::path root, std::string working_directory)
    : root_(std::move(root)), working_directory_(std::move(working_directory)) {}

std::shared_ptr<const Source> Sources::file(const std::string& path) const {
    std::string normalised = normal(path);
    if (normalised.starts_with("..")) return nullptr;
    auto text = read_file(root_ / normalised, 1u << 20);
    if (!text) return nullptr;
    return std::make_shared<const Source>(Source{normalised, parse_module(*text)});
}

std::shared_ptr<const Source> Sources::module(std::string_view dotted, std::string_view importer) const {
    std::vector<fs::path> bases;
    if (dotted.starts_with('.')) {
        fs::path base = fs::path(importer).parent_path();
        dotted.remove_prefix(1);
        for (; dotted.starts_with('.'); dotted.remove_prefix(1)) base = base.parent_path();
        bases = {base};
    } else {
        bases = {fs::path(working_directory_), fs::path(working_directory_) / "src", fs::path("."),
                 fs::path("src")};
    }
    std::string path(dotted);
    std::replace(path.begin(), path.end(), '.', '/');
    for (const fs::path& base : bases) {
        for (const char* ending : {".py", "/__init__.py"}) {
            if (path.empty() && *ending == '.') continue;
            if (auto found = file((base / (path + ending)).generic_string())) return found;
        }
    }
    return nullptr;
}

Located resolve_far(const Sources& sources, const std::shared_ptr<const Source>& source, const Value& value) {
    Located at{value, source};
    for (int i = 0; i < kImports; ++i) {
        at.value = resolve(at.source->module, at.value);
        bool call = at.value.is(Kind::call) && at.value.items.empty() && at.value.members.empty();
        if (!at.value.is(Kind::reference) && !call) return at;
        auto bound = bound_by_import(at.source->module, at.value.text);
        if (!bound) return at;
        auto next = sources.module(bound->module, at.source->file);
        if (!next) return at;
        if (call) {
            at.value.text = bound->name;
        } else {
            const Value* named = next->module.name(bound->name);
            if (!named && !bound_by_import(next->module, bound->name)) return at;
            if (named)
                at.value = *named;
            else
                at.value.text = bound->name;
        }
        at.source = next;
    }
    return at;
}

std::string describe(const Value& value) {
    switch (value.kind) {
        case Kind::reference:
            return value.text;
        case Kind::call:
            return "a call of " + (value.text.empty() ? std::string("something") : value.text) + "()";
        case Kind::dict:
            return "a dictionary";
        case Kind::list:
            return "a list";
        default: {
            std::string variables;
            for (const auto& name : value.variables) variables += (variables.empty() ? " of " : ", ") + name;
            return "a computed value" + variables;
        }
    }
}

void read_url(TargetSource& target, const Sources& sources, const Located& at) {
    target.file = at.source->file;
    if (at.value.line > 0) target.line = at.value.line;
    if (at.value.is(Kind::environment)) {
        target.kind = TargetSource::Kind::variables;
        target.variables = at.value.variables;
        if (at.value.items.empty()) return;
        Located fallback = resolve_far(sources, at.source, at.value.items.front());
        if (fallback.value.is(Kind::string)) target.literal = fallback.value.text;
        // A fallback that cannot be read makes the unset case unknown; the variables stay what they are.
        return;
    }
    if (at.value.is(Kind::string)) {
        target.kind = TargetSource::Kind::literal;
        target.literal = at.value.text;
        return;
    }
    target.kind = TargetSource::Kind::needs_probe;
    target.variables = at.value.variables;
    target.why =
        at.source->file + ":" + std::to_string(at.value.line) + ": the address is " + describe(at.value);
}

bool read_field(TargetSource& target, const Sources& sources, const Located& at, std::string_view field) {
    Value value = at.value;
    std::string text;
    bool known = true;
    if (value.is(Kind::environment)) {
        target.field_variables[std::string(field)] = value.variables;
        if (value.items.empty()) return true;
        Located fallback = resolve_far(sources, at.source, value.items.front());
        value = fallback.value;
        if (value.is(Kind::path) || value.is(Kind::call))
            if (auto path = static_path(fallback.source->module, value, fallback.source->file)) text = *path;
    } else if (value.is(Kind::path) || value.is(Kind::call)) {
        auto path = static_path(at.source->module, value, at.source->file);
        known = path.has_value();
        if (path) text = *path;
    }
    if (value.is(Kind::string) || value.is(Kind::number)) {
        text = value.text;
    } else if (!value.is(Kind::word) && text.empty() &&
               (!known || value.is(Kind::reference) || value.is(Kind::computed) || value.is(Kind::dict) ||
                value.is(Kind::list))) {
        target.kind = TargetSource::Kind::needs_probe;
        target.why = at.source->file + ":" + std::to_string(value.line) + ": " + std::string(field) + " is " +
                     describe(value);
        return false;
    }
    Connection& into = target.fields;
    if (field == "host")
        into.host = text;
    else if (field == "database")
        into.database = text;
    else if (field == "schema")
        into.schema = text;
    else if (field == "user")
        into.user = text;
    else if (field == "password")
        into.password = text;
    else if (field == "socket")
        into.socket = text;
    else if (field == "port")
        std::from_chars(text.data(), text.data() + text.size(), into.port);
    return true;
}

std::vector<std::string> dotenv_files(const Source& source, std::string_view working_directory) {
    std::vector<std::string> files;
    auto add = [&](const fs::path& path) {
        std::string text = normal(path);
        if (!text.starts_with("..") && std::find(files.begin(), files.end(), text) == files.end())
            files.push_back(std::move(text));
    };
    for (const Value& call : source.module.calls) {
        bool dotenv = call.text == "load_dotenv" || call.text == "dotenv.load_dotenv";
        bool environ = call.text.ends_with("Env.read_env") || call.text == "env.read_env";
        if (!dotenv && !environ) continue;
        const Value* path = call.argument(0, dotenv ? "dotenv_path" : "env_file");
        if (path && call.items.empty() && call.member("verbose") == path) path = nullptr;
        if (path) {
            bool search = path->is(Kind::call) && path->text.ends_with("find_dotenv");
            if (auto text = search ? std::nullopt : static_path(source.module, *path, source.file))
                add(path->is(Kind::string) ? fs::path(working_directory) / *text : fs::path(*text));
            if (!search) continue;
        }
        // Looked for beside the calling file and, by load_dotenv, in the directories above it.
        for (fs::path at = fs::path(source.file).parent_path();; at = at.parent_path()) {
            add(at / ".env");
            if (at.empty() || environ) break;
        }
    }
    for (const Import& import : source.module.imports)
        if (import.module == "decouple") {
            for (fs::path at = fs::path(source.file).parent_path();; at = at.parent_path()) {
                add(at / ".env");
                if (at.empty()) break;
            }
        }
    return files;
}

}  // namespace migrate::py
