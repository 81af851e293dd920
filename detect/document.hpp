#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

/// A configuration file of any notation, flattened: keys joined with '.', items of lists under their list's
/// key, one entry each ("tool.alembic.version_locations" twice).
struct Document {
    struct Entry {
        std::string key;
        std::string value;
        int line = 0;
    };
    std::vector<Entry> entries;  ///< in the order of the file, where the notation has one
    std::string error;           ///< why it cannot be read; "" if it can
    int error_line = 0;

    const Entry* find(std::string_view key) const;
    std::string get(std::string_view key) const;
    std::vector<std::string> all(std::string_view key) const;
    /// Names that stand directly below a key, each once.
    std::vector<std::string> names_below(std::string_view key) const;
};

/// Broken files come back with `error` and whatever could be read before it.
Document read_toml(const std::string& text);
Document read_yaml(const std::string& text);
Document read_json(const std::string& text);
/// Python's ConfigParser: sections, `key = value` and `key: value`, continuation lines by indentation, `#`
/// and
/// `;` comments. Keys are "section.key" in lower case (the section keeps its case).
Document read_ini(const std::string& text);

}  // namespace migrate::detection
