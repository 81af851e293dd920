#include "adapters/support/ini.hpp"

#include <algorithm>

namespace migrate {

namespace {

std::string_view trimmed(std::string_view text) {
    std::size_t from = text.find_first_not_of(" \t\r\f\v");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\f\v") - from + 1);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

}  // namespace

Ini Ini::parse(std::string_view text) {
    Ini ini;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string section;
    IniValue* last = nullptr;
    int line_number = 0;
    while (!text.empty()) {
        std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line_number;
        std::string_view content = trimmed(line);
        if (content.empty() || content.front() == '#' || content.front() == ';') continue;
        bool indented = line.front() == ' ' || line.front() == '\t';
        if (indented && last) {
            last->text += "\n" + std::string(content);
            continue;
        }
        if (content.front() == '[' && content.back() == ']') {
            section = content.substr(1, content.size() - 2);
            ini.sections_[section];
            last = nullptr;
            continue;
        }
        std::size_t sign = content.find_first_of("=:");
        if (sign == std::string_view::npos || section.empty()) continue;
        IniValue& value = ini.sections_[section][lower(trimmed(content.substr(0, sign)))];
        value = {std::string(trimmed(content.substr(sign + 1))), line_number};
        last = &value;
    }
    return ini;
}

const IniValue* Ini::raw(std::string_view section, std::string_view key) const {
    for (std::string_view name : {section, std::string_view("DEFAULT")}) {
        auto found = sections_.find(name);
        if (found == sections_.end()) continue;
        auto value = found->second.find(lower(key));
        if (value != found->second.end()) return &value->second;
    }
    return nullptr;
}

std::optional<IniValue> Ini::get(std::string_view section, std::string_view key,
                                 std::string_view here) const {
    const IniValue* found = raw(section, key);
    if (!found) return std::nullopt;
    std::string text = found->text;
    for (int round = 0; round < 5 && text.find("%(") != std::string::npos; ++round) {
        std::string replaced;
        for (std::size_t at = 0; at < text.size();) {
            std::size_t close = text.find(")s", at);
            if (text.compare(at, 2, "%%") == 0) {
                replaced += "%%";
                at += 2;
            } else if (text.compare(at, 2, "%(") == 0 && close != std::string::npos) {
                std::string name = lower(text.substr(at + 2, close - at - 2));
                const IniValue* other = raw(section, name);
                if (name == "here")
                    replaced += here;
                else
                    replaced += other ? other->text : "%%(" + name + ")s";
                at = close + 2;
            } else {
                replaced += text[at++];
            }
        }
        text = std::move(replaced);
    }
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        plain += text[at];
        if (text.compare(at, 2, "%%") == 0) ++at;
    }
    return IniValue{std::move(plain), found->line};
}

}  // namespace migrate
