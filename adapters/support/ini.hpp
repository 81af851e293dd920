#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// A value of an INI file and the line (from 1) that it stands in.
struct IniValue {
    std::string text;
    int line = 0;
};

/// An INI file as Python's ConfigParser reads it: `=` or `:`, comments only as whole lines (what follows a
/// value is part of it), indented lines continue a value, keys without regard to case, a section DEFAULT
/// that every section falls back on.
class Ini {
  public:
    static Ini parse(std::string_view text);

    bool has(std::string_view section) const { return sections_.contains(section); }
    /// The value with `%(here)s`, `%(key)s` of the same section and `%%` replaced. nullopt where there is
    /// none.
    std::optional<IniValue> get(std::string_view section, std::string_view key, std::string_view here) const;
    const auto& sections() const { return sections_; }

  private:
    using Section = std::map<std::string, IniValue, std::less<>>;
    const IniValue* raw(std::string_view section, std::string_view key) const;

    std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace migrate
