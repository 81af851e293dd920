#include "adapters/support/js_target.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace migrate::js {

namespace {

std::string normal(const std::filesystem::path& path) {
    std::string text = path.lexically_normal().generic_string();
    return text.empty() ? "." : text;
}

/// Whether the callee is function `name` of dotenv (or its relatives), however it was imported.
bool is_dotenv(const Module& module, std::string_view callee, std::string_view name) {
    auto of_dotenv = [](std::string_view from) {
        return from == "dotenv" || from == "@dotenvx/dotenvx" || from == "dotenv-flow";
    };
    std::size_t dot = callee.rfind('.');
    if (dot == std::string_view::npos) {
        auto bound = module.bound.find(callee);
        return bound != module.bound.end() && of_dotenv(bound->second.module) &&
               bound->second.imported == name;
    }
    std::string_view object = callee.substr(0, dot);
    if (callee.substr(dot + 1) != name) return false;
    if (object.starts_with("require('") && object.ends_with("')"))
        return of_dotenv(object.substr(9, object.size() - 11));
    auto bound = module.bound.find(object);
    return bound != module.bound.end() && of_dotenv(bound->second.module);
}

std::string variable_list(const Value& value) {
    std::string list;
    for (const auto& name : value.variables) list += (list.empty() ? "" : ", ") + name;
    return list.empty() ? "" : " of " + list;
}

}  // namespace

std::vector<std::string> dotenv_files(const Module& module, std::string_view file,
                                      std::string_view working_directory) {
    const std::filesystem::path cwd(working_directory);
    const std::filesystem::path own = std::filesystem::path(file).parent_path();
    std::vector<std::string> files;
    auto add = [&](const std::filesystem::path& path) {
        std::string text = normal(path);
        if (std::find(files.begin(), files.end(), text) == files.end()) files.push_back(std::move(text));
    };
    // path.join(__dirname, x) stands beside the file, a plain path is relative to where the tool runs.
    auto add_value = [&](const Value& value) {
        auto text = static_text(module, value);
        if (!text) return;
        bool joined = resolve(module, value).kind == Value::Kind::call;
        bool below_cwd = joined && resolve(module, value).items.size() > 0 &&
                         resolve(module, resolve(module, value).items[0]).text == "process.cwd";
        add((joined && !below_cwd ? own : cwd) / *text);
    };
    for (const auto& name : module.modules)
        if (name == "dotenv/config" || name == "dotenv-flow/config" || name == "@dotenvx/dotenvx/config")
            add(cwd / ".env");
    for (const Value& call : module.calls) {
        if (is_dotenv(module, call.text, "config")) {
            const Value* path = call.items.empty() ? nullptr : member(module, call.items[0], "path");
            if (!path && (call.items.empty() || !has_unknown_members(module, call.items[0])))
                add(cwd / ".env");
            else if (path && path->kind == Value::Kind::array)
                for (const Value& item : path->items) add_value(item);
            else if (path)
                add_value(*path);
        } else if (call.text == "process.loadEnvFile" || call.text == "loadEnvFile") {
            if (call.items.empty())
                add(cwd / ".env");
            else
                add_value(call.items[0]);
        } else if (call.text == "loadEnvConfig") {
            for (const char* name : {".env.development.local", ".env.local", ".env.development", ".env"})
                add(cwd / name);
        }
    }
    return files;
}

void read_url(TargetSource& source, const Module& module, const Value& value) {
    const Value& known = resolve(module, value);
    if (known.line > 0) source.line = known.line;
    switch (known.kind) {
        case Value::Kind::environment:
            source.kind = TargetSource::Kind::variables;
            source.variables = known.variables;
            source.literal = known.has_fallback ? known.text : "";
            return;
        case Value::Kind::string:
        case Value::Kind::pattern:
            source.kind = TargetSource::Kind::literal;
            source.literal = known.text;
            return;
        default:
            break;
    }
    if (auto path = static_text(module, known)) {
        source.kind = TargetSource::Kind::literal;
        source.literal = *path;
        return;
    }
    source.kind = TargetSource::Kind::needs_probe;
    source.variables = known.variables;
    source.why = describe(module, known) + variable_list(known);
}

bool read_field(TargetSource& source, const Module& module, std::string_view field, const Value& value) {
    const Value& known = resolve(module, value);
    std::string text;
    switch (known.kind) {
        case Value::Kind::environment:
            source.field_variables[std::string(field)] = known.variables;
            if (!known.has_fallback) return true;
            text = known.text;
            break;
        case Value::Kind::string:
        case Value::Kind::pattern:
        case Value::Kind::number:
            text = known.text;
            break;
        case Value::Kind::word:
            return true;  // undefined, null: as if it were not there
        default:
            source.kind = TargetSource::Kind::needs_probe;
            source.why = std::string(field) + " is " + describe(module, known) + variable_list(known);
            return false;
    }
    Connection& into = source.fields;
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
    else if (field == "port") {
        int port = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        if (error == std::errc{} && end == text.data() + text.size()) into.port = port;
    } else {
        into.parameters[std::string(field)] = text;
    }
    return true;
}

}  // namespace migrate::js
