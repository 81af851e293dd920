#include "config/schema_entry.hpp"

#include <fmt/format.h>

#include <charconv>

namespace migrate {

namespace {

/// As a TOML string.
std::string toml_string(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

/// Behind the line that "migrate.toml:9" names.
std::size_t behind_line(const std::string& text, std::string_view source) {
    const std::string_view digits = source.substr(source.rfind(':') + 1);
    int line = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), line);
    std::size_t at = 0;
    for (; line > 0 && at < text.size(); --line) {
        const std::size_t end = text.find('\n', at);
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return at;
}

}  // namespace

Result<std::string> with_schema_file(const std::string& text, const Config& config, const Unit& unit,
                                     std::string_view file) {
    const UnitConfig* entry = config_of(config, unit);
    if (entry && entry->schema_file == file) return text;
    if (entry && !entry->schema_file.empty())
        return fail("config.invalid",
                    fmt::format("{}: the schema of {} is kept in {} already", entry->source, unit.id,
                                entry->schema_file),
                    "Change schema_file there, or leave --out out.");
    std::string result = text;
    if (!result.empty() && !result.ends_with('\n')) result += '\n';
    const std::string line = fmt::format("schema_file = {}\n", toml_string(file));
    if (entry)
        result.insert(behind_line(result, entry->source), line);
    else
        result += fmt::format("{}[[unit]]\nid = {}\npath = {}\ntool = \"{}\"\n{}", result.empty() ? "" : "\n",
                              toml_string(unit.id), toml_string(unit.root), to_string(unit.tool), line);
    auto read = parse_config(result);
    const UnitConfig* now = read ? config_of(*read, unit) : nullptr;
    if (!now || now->schema_file != file)
        return fail(
            "config.invalid",
            fmt::format("{}: schema_file cannot be put into this entry",
                        entry ? entry->source : "migrate.toml"),
            fmt::format("Write schema_file = {} into the [[unit]] entry of {}.", toml_string(file), unit.id));
    return result;
}

}  // namespace migrate
