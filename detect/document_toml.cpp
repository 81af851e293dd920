#include <toml++/toml.h>

#include "detect/document.hpp"

namespace migrate::detection {

namespace {

void flatten(const toml::node& node, const std::string& key, Document& document) {
    int line = static_cast<int>(node.source().begin.line);
    if (const toml::table* table = node.as_table()) {
        if (!key.empty()) document.entries.push_back({key, "", line});
        for (const auto& [name, value] : *table)
            flatten(value, key.empty() ? std::string(name.str()) : key + '.' + std::string(name.str()),
                    document);
    } else if (const toml::array* list = node.as_array()) {
        if (list->empty()) document.entries.push_back({key, "", line});
        for (const toml::node& item : *list) flatten(item, key, document);
    } else if (auto text = node.value<std::string>()) {
        document.entries.push_back({key, *text, line});
    } else if (auto number = node.value<std::int64_t>(); number && node.is_integer()) {
        document.entries.push_back({key, std::to_string(*number), line});
    } else if (auto truth = node.value<bool>()) {
        document.entries.push_back({key, *truth ? "true" : "false", line});
    }
}

}  // namespace

Document read_toml(const std::string& text) {
    Document document;
    try {
        flatten(toml::parse(text), "", document);
    } catch (const toml::parse_error& problem) {
        document.error = std::string(problem.description());
        document.error_line = static_cast<int>(problem.source().begin.line);
    }
    return document;
}

}  // namespace migrate::detection
