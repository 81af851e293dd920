#include "adapters/support/js_config.hpp"

#include <algorithm>
#include <filesystem>

namespace migrate::js {

namespace {

constexpr int kHops = 16;

const Value& follow(const Module& module, const Value& value, int hops);

const Value* member_of(const Module& module, const Value& object, std::string_view key, int hops) {
    const Value& known = follow(module, object, hops - 1);
    if (!known.object() || hops <= 0) return nullptr;
    for (auto found = known.members.rbegin(); found != known.members.rend(); ++found) {
        if (found->key == key) return &follow(module, found->value, hops - 1);
        if (found->key != "...") continue;
        if (const Value* spread = member_of(module, found->value, key, hops - 1)) return spread;
    }
    return nullptr;
}

const Value& follow(const Module& module, const Value& value, int hops) {
    if (hops <= 0) return value;
    if (value.kind == Value::Kind::call) {
        // defineConfig({...}), defineConfig(config), Object.freeze({...}): the object is what counts.
        bool wraps = value.text.starts_with("define") || value.text == "Object.freeze";
        if (wraps && !value.items.empty()) return follow(module, value.items[0], hops - 1);
        return value;
    }
    if (value.kind != Value::Kind::reference) return value;
    std::size_t dot = value.text.find('.');
    std::string_view name = std::string_view(value.text).substr(0, dot);
    auto found = module.names.find(name);
    if (found == module.names.end()) {
        auto named = module.exports.find(name);
        if (named == module.exports.end() || named->second.kind == Value::Kind::reference) return value;
        found = named;
    }
    const Value* at = &follow(module, found->second, hops - 1);
    while (dot != std::string::npos) {
        std::size_t end = value.text.find('.', dot + 1);
        at = member_of(module, *at, std::string_view(value.text).substr(dot + 1, end - dot - 1), hops - 1);
        if (!at) return value;
        dot = end;
    }
    return *at;
}

bool is_path_function(std::string_view callee) {
    return callee == "path.join" || callee == "path.resolve" || callee == "join" || callee == "resolve" ||
           callee == "path.posix.join";
}

bool is_own_directory(const Value& value) {
    return (value.kind == Value::Kind::reference &&
            (value.text == "__dirname" || value.text == "import.meta.dirname" ||
             value.text == "import.meta.dir")) ||
           (value.kind == Value::Kind::call && value.text == "process.cwd");
}

}  // namespace

const Value& resolve(const Module& module, const Value& value) {
    return follow(module, value, kHops);
}

const Value* member(const Module& module, const Value& object, std::string_view key) {
    return member_of(module, object, key, kHops);
}

const Value* at_path(const Module& module, const Value& object, std::string_view path) {
    const Value* at = &object;
    while (at) {
        std::size_t dot = path.find('.');
        at = member(module, *at, path.substr(0, dot));
        if (dot == std::string_view::npos) break;
        path.remove_prefix(dot + 1);
    }
    return at;
}

bool has_unknown_members(const Module& module, const Value& object) {
    const Value& known = resolve(module, object);
    if (!known.object()) return true;
    return std::any_of(known.members.begin(), known.members.end(), [&](const Member& member) {
        if (member.key == "[]") return true;
        return member.key == "..." &&
               (!resolve(module, member.value).object() || &resolve(module, member.value) == &known ||
                has_unknown_members(module, member.value));
    });
}

std::optional<std::string> static_text(const Module& module, const Value& value) {
    const Value& known = resolve(module, value);
    if (known.string()) return known.text;
    if (known.kind != Value::Kind::call || !is_path_function(known.text)) return std::nullopt;
    std::filesystem::path joined;
    bool begun = false;
    for (const Value& item : known.items) {
        const Value& part = resolve(module, item);
        if (is_own_directory(part)) {
            begun = true;
            continue;
        }
        auto text = static_text(module, part);
        if (!text) return std::nullopt;
        // path.join does not start over at an absolute part, path.resolve does.
        bool starts_over = known.text.ends_with("resolve") || !begun;
        std::string_view rest = *text;
        while (!starts_over && rest.starts_with('/')) rest.remove_prefix(1);
        joined /= rest;
        begun = true;
    }
    return joined.lexically_normal().generic_string();
}

std::string describe(const Module& module, const Value& value) {
    const Value& known = resolve(module, value);
    switch (known.kind) {
        case Value::Kind::string:
            return "a string";
        case Value::Kind::number:
            return "a number";
        case Value::Kind::word:
            return known.text;
        case Value::Kind::object:
            return "an object";
        case Value::Kind::array:
            return "a list";
        case Value::Kind::pattern:
            return "a template string";
        case Value::Kind::environment:
            return "an environment variable";
        case Value::Kind::call:
            return "a call of " + known.text + "()";
        case Value::Kind::reference: {
            auto import = module.bound.find(known.text.substr(0, known.text.find('.')));
            if (import != module.bound.end()) return "a value imported from '" + import->second.module + "'";
            return "the value of " + known.text;
        }
        case Value::Kind::computed:
            break;
    }
    if (known.text == "function") return "a function";
    if (known.text == "assigned") return "a value that code assigns";
    return known.text.starts_with('`') ? "a template string" : "a computed value";
}

}  // namespace migrate::js
