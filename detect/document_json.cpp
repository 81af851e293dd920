#include <nlohmann/json.hpp>

#include "detect/document.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

using Json = nlohmann::ordered_json;

void flatten(const Json& node, const std::string& key, Document& document, int depth) {
    if (depth > 64) return;
    if (node.is_object()) {
        if (!key.empty()) document.entries.push_back({key, "", 0});
        for (const auto& [name, value] : node.items())
            flatten(value, key.empty() ? name : key + '.' + name, document, depth + 1);
    } else if (node.is_array()) {
        for (const Json& item : node) flatten(item, key, document, depth + 1);
    } else if (node.is_string()) {
        document.entries.push_back({key, node.get<std::string>(), 0});
    } else {
        document.entries.push_back({key, node.is_null() ? "" : node.dump(), 0});
    }
}

}  // namespace

Document read_json(const std::string& text) {
    Document document;
    std::string_view content = text;
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    try {
        flatten(Json::parse(content, nullptr, true, true), "", document, 0);
    } catch (const Json::parse_error& problem) {
        document.error = "no valid JSON";
        document.error_line = line_of(content, problem.byte > 0 ? problem.byte - 1 : 0);
    } catch (const Json::exception&) {
        document.error = "no valid JSON";
    }
    return document;
}

}  // namespace migrate::detection
