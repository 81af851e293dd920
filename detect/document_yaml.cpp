#include <yaml-cpp/yaml.h>

#include "detect/document.hpp"

namespace migrate::detection {

namespace {

/// Anchors can make a small file expand without end; nobody's configuration has more entries than this.
constexpr std::size_t kMostEntries = 20000;

void flatten(const YAML::Node& node, const std::string& key, Document& document, int depth) {
    if (depth > 32 || document.entries.size() > kMostEntries) return;
    int line = node.Mark().line + 1;
    if (node.IsMap()) {
        if (!key.empty()) document.entries.push_back({key, "", line});
        for (const auto& item : node) {
            std::string name = item.first.IsScalar() ? item.first.Scalar() : "?";
            flatten(item.second, key.empty() ? name : key + '.' + name, document, depth + 1);
        }
    } else if (node.IsSequence()) {
        for (const auto& item : node) flatten(item, key, document, depth + 1);
    } else {
        document.entries.push_back({key, node.IsScalar() ? node.Scalar() : "", line});
    }
}

}  // namespace

Document read_yaml(const std::string& text) {
    Document document;
    try {
        for (const YAML::Node& node : YAML::LoadAll(text)) flatten(node, "", document, 0);
    } catch (const YAML::Exception& problem) {
        document.error = problem.msg;
        document.error_line = problem.mark.line + 1;
    }
    return document;
}

}  // namespace migrate::detection
