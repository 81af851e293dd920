#include "detect/paths.hpp"

#include <algorithm>
#include <array>

#include "detect/detect.hpp"

namespace migrate::detection {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        std::size_t slash = std::min(path.find('/'), path.size());
        std::string_view part = path.substr(0, slash);
        if (!part.empty() && part != ".") parts.push_back(part);
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return parts;
}

std::string from_components(const std::vector<std::string_view>& parts) {
    if (parts.empty()) return ".";
    std::string path;
    for (std::string_view part : parts) {
        if (!path.empty()) path += '/';
        path += part;
    }
    return path;
}

}  // namespace

std::string join(std::string_view base, std::string_view below) {
    std::vector<std::string_view> parts = components(base);
    for (std::string_view part : components(below)) {
        if (part == ".." && !parts.empty() && parts.back() != "..")
            parts.pop_back();
        else
            parts.push_back(part);
    }
    return from_components(parts);
}

std::string_view parent_of(std::string_view path) {
    std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view(".") : path.substr(0, slash);
}

std::string_view name_of_path(std::string_view path) {
    std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_within(std::string_view path, std::string_view directory) {
    if (directory == "." || path == directory) return true;
    return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

std::string relative_to(std::string_view path, std::string_view base) {
    std::vector<std::string_view> to = components(path), from = components(base);
    std::size_t same = 0;
    while (same < to.size() && same < from.size() && to[same] == from[same]) ++same;
    std::vector<std::string_view> parts(from.size() - same, "..");
    parts.insert(parts.end(), to.begin() + static_cast<std::ptrdiff_t>(same), to.end());
    return from_components(parts);
}

bool has_control_character(std::string_view name) {
    return std::any_of(name.begin(), name.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string printable(std::string_view name) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (char c : name) {
        auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f)
            text += c;
        else
            ((text += "\\x") += kDigits[byte >> 4]) += kDigits[byte & 15];
    }
    return text;
}

bool is_hidden_component(std::string_view component) {
    static constexpr std::array<std::string_view, 21> kNames{
        "test",    "tests",    "__tests__",  "testing",  "testdata",      "fixture",   "fixtures",
        "example", "examples", "sample",     "samples",  "__fixtures__",  "e2e",       "cypress",
        "doc",     "docs",     "playwright", "template", "documentation", "templates", "smoke-tests"};
    std::string name = lower(component);
    if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
    return name == "demo" || name == "_site" || name.starts_with("test-") || name.ends_with("-test") ||
           name.ends_with("-tests") || name.starts_with("{{");
}

}  // namespace migrate::detection

namespace migrate {

bool is_hidden_path(std::string_view path, std::string_view current) {
    std::size_t end = 0;
    while (end < path.size()) {
        std::size_t start = end;
        end = std::min(path.find('/', start), path.size());
        if (detection::is_hidden_component(path.substr(start, end - start)) &&
            !detection::is_within(current, path.substr(0, end)))
            return true;
        ++end;
    }
    return false;
}

}  // namespace migrate
