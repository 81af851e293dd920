#include "config/tree.hpp"

#include <toml++/toml.h>
#include <algorithm>

namespace migrate {

namespace {

TomlNode convert(const toml::node& node) {
    TomlNode out;
    out.line = static_cast<int>(node.source().begin.line);
    if (const auto* table = node.as_table()) {
        out.kind = TomlNode::Kind::table;
        for (const auto& [key, value] : *table) {
            TomlNode member = convert(value);
            // A key's line is what people look for, also where its value begins further down.
            if (key.source().begin.line != 0) member.line = static_cast<int>(key.source().begin.line);
            out.members.push_back({std::string(key.str()), std::move(member)});
        }
        // The parser keeps members by name.
        std::stable_sort(out.members.begin(), out.members.end(),
                         [](const auto& a, const auto& b) { return a.node.line < b.node.line; });
    } else if (const auto* array = node.as_array()) {
        out.kind = TomlNode::Kind::array;
        for (const auto& item : *array) out.items.push_back(convert(item));
    } else if (const auto* text = node.as_string()) {
        out.kind = TomlNode::Kind::string;
        out.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
        out.kind = TomlNode::Kind::integer;
        out.number = integer->get();
        out.text = std::to_string(out.number);
    } else if (const auto* boolean = node.as_boolean()) {
        out.kind = TomlNode::Kind::boolean;
        out.flag = boolean->get();
        out.text = out.flag ? "true" : "false";
    } else {
        out.kind = node.is_floating_point() ? TomlNode::Kind::real : TomlNode::Kind::time;
    }
    return out;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
    for (const auto& [name, node] : members)
        if (name == key) return &node;
    return nullptr;
}

Result<TomlNode> parse_toml(std::string_view text, const std::string& file) {
    try {
        return convert(toml::parse(text, std::string_view(file)));
    } catch (const toml::parse_error& error) {
        return fail(
            "config.invalid",
            file + ":" + std::to_string(error.source().begin.line) + ": " + std::string(error.description()),
            "The file is no valid TOML.");
    } catch (const std::exception& error) {
        return fail("config.invalid", file + ": cannot be read", error.what());
    }
}

}  // namespace migrate
