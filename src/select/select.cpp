#include "select/select.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace migrate {

namespace {

bool at_or_below(std::string_view path, std::string_view directory) {
    if (directory == "." || path == directory) return true;
    return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

bool has_component(std::string_view path, std::string_view component) {
    for (const auto& part : std::filesystem::path(path))
        if (part == component) return true;
    return false;
}

std::string joined(const std::string& current, const std::string& below) {
    std::string path = (std::filesystem::path(current) / below).lexically_normal().generic_string();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path.empty() ? "." : path;
}

bool is_named(const Unit& unit, const std::string& pattern) {
    return unit.id == pattern || (!unit.alias.empty() && unit.alias == pattern);
}

/// Whether a pattern that is no id selects the unit.
bool matches(const Unit& unit, const std::string& pattern, const std::string& current) {
    if (pattern.starts_with("tool=")) return to_string(unit.tool) == std::string_view(pattern).substr(5);
    bool path_like =
        pattern.starts_with("./") || pattern.starts_with("../") || pattern == "." || pattern == "..";
    std::string path = path_like ? joined(current, pattern) : pattern;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.find_first_of("*?[") != std::string::npos)
        return ::fnmatch(path.c_str(), unit.root.c_str(), 0) == 0 ||
               ::fnmatch(path.c_str(), unit.id.c_str(), 0) == 0 ||
               (!unit.alias.empty() && ::fnmatch(path.c_str(), unit.alias.c_str(), 0) == 0);
    if (path_like || path.find('/') != std::string::npos) return at_or_below(unit.root, path);
    return has_component(unit.root, path);
}

std::vector<Unit> by_directory(const std::vector<Unit>& units, const std::string& current) {
    std::vector<Unit> chosen;
    for (const auto& unit : units)
        if (at_or_below(unit.root, current)) chosen.push_back(unit);
    if (!chosen.empty()) return chosen;
    std::size_t longest = 0;
    for (const auto& unit : units) {
        if (!at_or_below(current, unit.root)) continue;
        std::size_t length = unit.root == "." ? 0 : unit.root.size();
        if (chosen.empty() || length > longest) chosen.clear();
        if (chosen.empty() || length == longest) chosen.push_back(unit);
        longest = std::max(longest, length);
    }
    return chosen;
}

std::string ids_of(const std::vector<Unit>& units) {
    std::vector<std::string> ids;
    for (const auto& unit : units) ids.push_back(unit.id);
    return fmt::format("{}", fmt::join(ids, ", "));
}

tl::unexpected<Error> nothing_matches(const std::vector<Unit>& units, const std::string& what) {
    return fail("unit.none", what,
                units.empty() ? "No migration unit was found in this repository."
                              : "The units here are: " + ids_of(units) + ".",
                {{By::you, {"migrate", "detect"}, "", "lists every unit with its evidence"}});
}

/// "ID@NAME" where ID is a unit and the whole is not.
std::string target_part(const std::vector<Unit>& units, std::string& pattern) {
    auto at = pattern.rfind('@');
    if (at == std::string::npos) return "";
    for (const auto& unit : units)
        if (is_named(unit, pattern)) return "";
    std::string target = pattern.substr(at + 1);
    pattern.resize(at);
    return target;
}

bool is_affected(const Unit& unit, const std::set<std::string>& files) {
    auto touches = [&](const std::string& place) {
        return !place.empty() && std::any_of(files.begin(), files.end(),
                                             [&](const auto& file) { return at_or_below(file, place); });
    };
    if (touches(unit.config) || touches(unit.schema) || touches(unit.seeds)) return true;
    for (const auto& directory : unit.migrations)
        if (touches(directory.path)) return true;
    return unit.root != "." && touches(unit.root);
}

Result<std::vector<SelectedUnit>> by_patterns(const std::vector<Unit>& units,
                                              const std::vector<Unit>& possible,
                                              const SelectOptions& options) {
    std::vector<SelectedUnit> chosen;
    auto add = [&](const Unit& unit, bool named, const std::string& target) {
        auto there = std::find_if(chosen.begin(), chosen.end(),
                                  [&](const auto& one) { return one.unit.id == unit.id; });
        if (there == chosen.end())
            chosen.push_back({unit, named, target});
        else
            there->named |= named;
    };
    bool only_excludes = true;
    for (std::string pattern : options.patterns) {
        if (pattern.starts_with('!')) continue;
        only_excludes = false;
        std::string target = target_part(units, pattern);
        std::size_t before = chosen.size();
        bool found = false;
        for (const auto& unit : units)
            if (is_named(unit, pattern)) add(unit, true, target), found = true;
        for (const auto& unit : possible)
            if (unit.id == pattern) add(unit, true, target), found = true;
        if (!found)
            for (const auto& unit : units)
                if (matches(unit, pattern, options.current)) add(unit, false, target), found = true;
        if (!found && chosen.size() == before)
            return nothing_matches(units, "no unit is called, or lies at, " + pattern);
    }
    if (only_excludes)
        for (const auto& unit : units) add(unit, false, "");
    for (const auto& pattern : options.patterns) {
        if (!pattern.starts_with('!')) continue;
        std::string what = pattern.substr(1);
        std::erase_if(chosen, [&](const SelectedUnit& one) {
            return is_named(one.unit, what) || matches(one.unit, what, options.current);
        });
    }
    if (chosen.empty()) return nothing_matches(units, "the patterns exclude every unit");
    return chosen;
}

}  // namespace

Result<std::vector<SelectedUnit>> in_order(std::vector<SelectedUnit> units, const std::vector<Unit>& all) {
    std::sort(units.begin(), units.end(), [](const auto& a, const auto& b) { return a.unit.id < b.unit.id; });
    auto id_of = [&](const std::string& name) -> const Unit* {
        auto found =
            std::find_if(all.begin(), all.end(), [&](const Unit& unit) { return is_named(unit, name); });
        return found == all.end() ? nullptr : &*found;
    };
    enum class Mark { none, open, done };
    std::map<std::string, Mark> marks;
    std::vector<SelectedUnit> ordered;
    std::optional<Error> problem;
    auto visit = [&](auto&& self, const Unit& unit) -> void {
        Mark& mark = marks[unit.id];
        if (mark == Mark::done || problem) return;
        if (mark == Mark::open) {
            problem = Error{"config.invalid",
                            "migrate.toml: `after` goes round in a circle through " + unit.id,
                            "Remove one of the entries.",
                            {}};
            return;
        }
        mark = Mark::open;
        for (const auto& name : unit.after) {
            const Unit* before = id_of(name);
            if (!before) {
                problem = Error{"config.invalid",
                                fmt::format("migrate.toml: `after` of {} names no unit: {}", unit.id, name),
                                "The units here are: " + ids_of(all) + ".",
                                {}};
                return;
            }
            self(self, *before);
        }
        marks[unit.id] = Mark::done;
        auto chosen =
            std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.unit.id == unit.id; });
        if (chosen != units.end()) ordered.push_back(*chosen);
    };
    for (const auto& one : units) visit(visit, one.unit);
    if (problem) return tl::unexpected(*problem);
    return ordered;
}

Result<Selection> select_units(const std::vector<Unit>& units, const std::vector<Unit>& possible,
                               const SelectOptions& options) {
    Selection selection;
    selection.deliberate =
        options.all || !options.patterns.empty() || options.affected_files.has_value() ||
        std::any_of(units.begin(), units.end(), [](const Unit& unit) { return unit.declared; });
    if (!options.patterns.empty()) {
        auto chosen = by_patterns(units, possible, options);
        if (!chosen) return tl::unexpected(chosen.error());
        selection.units = std::move(*chosen);
    } else {
        auto chosen = options.all || options.affected_files ? units : by_directory(units, options.current);
        if (chosen.empty())
            return nothing_matches(units, options.current == "."
                                              ? "there is no migration unit here"
                                              : "no unit lies at, below or above " + options.current);
        for (auto& unit : chosen) selection.units.push_back({std::move(unit), false, ""});
    }
    if (options.affected_files)
        std::erase_if(selection.units,
                      [&](const auto& one) { return !is_affected(one.unit, *options.affected_files); });
    auto ordered = in_order(std::move(selection.units), units);
    if (!ordered) return tl::unexpected(ordered.error());
    selection.units = std::move(*ordered);
    return selection;
}

}  // namespace migrate
