#include "detect/document.hpp"

#include <algorithm>
#include <set>

#include "detect/text.hpp"

namespace migrate::detection {

const Document::Entry* Document::find(std::string_view key) const {
    auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

std::string Document::get(std::string_view key) const {
    const Entry* entry = find(key);
    return entry ? entry->value : "";
}

std::vector<std::string> Document::all(std::string_view key) const {
    std::vector<std::string> values;
    for (const Entry& entry : entries)
        if (entry.key == key) values.push_back(entry.value);
    return values;
}

std::vector<std::string> Document::names_below(std::string_view key) const {
    std::vector<std::string> names;
    std::set<std::string_view> seen;
    for (const Entry& entry : entries) {
        std::string_view rest = entry.key;
        if (!key.empty()) {
            if (!rest.starts_with(key) || rest.size() <= key.size() || rest[key.size()] != '.') continue;
            rest.remove_prefix(key.size() + 1);
        }
        std::string_view name = rest.substr(0, rest.find('.'));
        if (seen.insert(name).second) names.emplace_back(name);
    }
    return names;
}

Document read_ini(const std::string& text) {
    Document document;
    std::string section;
    bool in_value = false;
    each_line(text, [&](std::string_view line, int number) {
        std::string_view content = trim(line);
        bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        if (content.empty() || content[0] == '#' || content[0] == ';') return true;
        if (indented && in_value) {
            document.entries.back().value += '\n';
            document.entries.back().value += content;
            return true;
        }
        if (content[0] == '[') {
            std::size_t close = content.find(']');
            if (close == std::string_view::npos) {
                if (document.error.empty()) {
                    document.error = "a section without its closing bracket";
                    document.error_line = number;
                }
                return true;
            }
            section = std::string(content.substr(1, close - 1));
            in_value = false;
            document.entries.push_back({section, "", number});
            return true;
        }
        std::size_t sign = content.find_first_of("=:");
        if (sign == std::string_view::npos || section.empty()) {
            if (document.error.empty()) {
                document.error =
                    section.empty() ? "a line before the first section" : "a line that is no setting";
                document.error_line = number;
            }
            return true;
        }
        document.entries.push_back({section + '.' + lowercase(trim(content.substr(0, sign))),
                                    std::string(trim(content.substr(sign + 1))), number});
        in_value = true;
        return true;
    });
    return document;
}

}  // namespace migrate::detection
