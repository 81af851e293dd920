// What names and paths of a Python file stand for.
#include <filesystem>

#include "adapters/support/py_config.hpp"

namespace migrate::py {

namespace {

using Kind = Value::Kind;
namespace fs = std::filesystem;

constexpr int kFarthest = 12;  ///< how many names are followed before giving up

/// "a.b.replace" -> "replace"; ".replace" -> "replace".
std::string_view last_part(std::string_view dotted) {
    return dotted.substr(dotted.rfind('.') + 1);
}

/// What a method was called on: `x` of `x.replace(...)`.
std::optional<Value> receiver(const Value& call) {
    if (const Value* self = call.member("self")) return *self;
    std::size_t dot = call.text.rfind('.');
    if (dot == std::string::npos || dot == 0) return std::nullopt;
    Value value;
    value.kind = Kind::reference;
    value.text = call.text.substr(0, dot);
    value.line = call.line;
    return value;
}

const Value* returned_by(const Module& module, std::string_view function) {
    const Value* found = nullptr;
    for (const Return& candidate : module.returns) {
        if (candidate.function != function) continue;
        if (found) return nullptr;
        found = &candidate.value;
    }
    return found;
}

Value resolve(const Module& module, const Value& value, int steps) {
    if (steps > kFarthest) return value;
    if (value.is(Kind::reference)) {
        const Value* named = module.name(value.text);
        return named ? resolve(module, *named, steps + 1) : value;
    }
    if (!value.is(Kind::call)) return value;
    std::string_view callee = value.text;
    std::string_view method = last_part(callee);
    if ((callee == "str" || callee == "int" || callee == "make_url") && value.items.size() == 1)
        return resolve(module, value.items.front(), steps + 1);
    if (callee.ends_with("dj_database_url.parse") && !value.items.empty())
        return resolve(module, value.items.front(), steps + 1);
    if (method == "replace" || method == "strip" || method == "as_posix" || method == "render_as_string") {
        // Only the doubling of '%' for ConfigParser leaves the address what it is.
        bool harmless = method != "replace" || (value.items.size() == 2 && value.items[0].text == "%");
        if (auto self = receiver(value); self && harmless) return resolve(module, *self, steps + 1);
        return value;
    }
    if (value.items.empty() && value.members.empty() && callee.find('.') == std::string_view::npos)
        if (const Value* result = returned_by(module, callee)) return resolve(module, *result, steps + 1);
    return value;
}

std::optional<std::string> path_of(const Module& module, const Value& value, std::string_view file,
                                   int steps);

std::optional<std::string> parent_of(const std::optional<std::string>& path) {
    if (!path || path->empty()) return std::nullopt;
    fs::path parent = fs::path(*path).parent_path();
    return parent.empty() ? "." : parent.generic_string();
}

std::optional<std::string> joined_path(const Module& module, const std::vector<Value>& parts,
                                       std::string_view file, int steps) {
    std::optional<fs::path> joined;
    for (const Value& part : parts) {
        auto text = path_of(module, part, file, steps);
        if (!text) return std::nullopt;
        joined = joined ? *joined / *text : fs::path(*text);
    }
    if (!joined) return std::nullopt;
    return joined->lexically_normal().generic_string();
}

std::optional<std::string> path_of(const Module& module, const Value& value, std::string_view file,
                                   int steps) {
    if (++steps > kFarthest) return std::nullopt;
    switch (value.kind) {
        case Kind::string:
            return value.text;
        case Kind::path:
            return joined_path(module, value.items, file, steps);
        case Kind::reference: {
            if (value.text == "__file__") return std::string(file);
            if (const Value* named = module.name(value.text)) return path_of(module, *named, file, steps);
            std::size_t dot = value.text.rfind('.');
            if (dot == std::string::npos || value.text.substr(dot) != ".parent") return std::nullopt;
            Value base = value;
            base.text.resize(dot);
            return parent_of(path_of(module, base, file, steps));
        }
        case Kind::call: {
            std::string_view method = last_part(value.text);
            if (method == "dirname" && value.items.size() == 1)
                return parent_of(path_of(module, value.items[0], file, steps));
            if ((method == "abspath" || method == "realpath" || method == "normpath" || method == "Path" ||
                 method == "str" || method == "fspath") &&
                value.items.size() == 1)
                return path_of(module, value.items[0], file, steps);
            if (value.text.ends_with("path.join") || value.text == "join" || method == "Path")
                return joined_path(module, value.items, file, steps);
            auto self = receiver(value);
            if (!self) return std::nullopt;
            if (method == "resolve" || method == "absolute" || method == "as_posix")
                return path_of(module, *self, file, steps);
            if (method == "parent") return parent_of(path_of(module, *self, file, steps));
            if (method == "joinpath") {
                std::vector<Value> parts{*self};
                parts.insert(parts.end(), value.items.begin(), value.items.end());
                return joined_path(module, parts, file, steps);
            }
            return std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace

Value resolve(const Module& module, const Value& value) {
    return resolve(module, value, 0);
}

std::optional<std::string> static_path(const Module& module, const Value& value, std::string_view file) {
    return path_of(module, value, file, 0);
}

}  // namespace migrate::py
