#include "db/sqlite_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace migrate::db {

namespace {

struct Setting {
    std::string_view pragma;
    std::array<std::string_view, 2> names;
};
constexpr std::array<Setting, 3> kSettings{{
    {"journal_mode", {"_journal_mode", "_journal"}},
    {"synchronous", {"_synchronous", "_sync"}},
    {"foreign_keys", {"_foreign_keys", "_fk"}},
}};

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

/// The value in "synchronous(1)" or "synchronous=1", "" where it is another pragma's.
std::string_view value_in(std::string_view pragma, std::string_view name) {
    if (!pragma.starts_with(name)) return "";
    pragma.remove_prefix(name.size());
    if (pragma.starts_with('=')) return pragma.substr(1);
    if (!pragma.starts_with('(') || !pragma.ends_with(')')) return "";
    return pragma.substr(1, pragma.size() - 2);
}

}  // namespace

std::vector<std::string> sqlite_settings(const std::map<std::string, std::string>& parameters) {
    std::vector<std::string> statements;
    for (const Setting& setting : kSettings) {
        std::string_view value;
        for (const std::string_view name : setting.names)
            if (const auto found = parameters.find(std::string(name)); found != parameters.end())
                value = found->second;
        if (const auto pragma = parameters.find("_pragma"); value.empty() && pragma != parameters.end())
            value = value_in(pragma->second, setting.pragma);
        if (is_word(value)) statements.push_back(fmt::format("PRAGMA {} = {}", setting.pragma, value));
    }
    return statements;
}

}  // namespace migrate::db
