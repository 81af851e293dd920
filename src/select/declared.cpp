#include "select/declared.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>

namespace migrate {

namespace {

bool ignored(const Unit& unit, const std::string& pattern) {
    std::string plain = pattern;
    while (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
    if (unit.id == plain || unit.root == plain || unit.root.starts_with(plain + "/")) return true;
    return ::fnmatch(plain.c_str(), unit.root.c_str(), 0) == 0 ||
           ::fnmatch(plain.c_str(), unit.id.c_str(), 0) == 0;
}

bool speaks_of(const UnitConfig& entry, const Unit& unit) {
    if (entry.id == unit.id) return true;
    if (unit.root != entry.path || (entry.tool && *entry.tool != unit.tool)) return false;
    if (!entry.config.empty() && !unit.config.empty() && unit.config != entry.config) return false;
    return entry.migrations.empty() ||
           std::any_of(unit.migrations.begin(), unit.migrations.end(), [&](const MigrationsDir& dir) {
               return std::find(entry.migrations.begin(), entry.migrations.end(), dir.path) !=
                      entry.migrations.end();
           });
}

/// Takes the units that the entry speaks of out of `from`.
std::vector<Unit> take(std::vector<Unit>& from, const UnitConfig& entry) {
    std::vector<Unit> taken;
    for (const auto& unit : from)
        if (speaks_of(entry, unit)) taken.push_back(unit);
    std::erase_if(from, [&](const Unit& unit) { return speaks_of(entry, unit); });
    return taken;
}

void complete(Unit& unit, const UnitConfig& entry) {
    unit.declared = true;
    if (entry.id != unit.id) unit.alias = entry.id;
    unit.after = entry.after;
    unit.commands = entry.commands;
    if (!entry.style.empty()) unit.style = entry.style;
    if (!entry.config.empty()) unit.config = entry.config;
    if (!entry.schema.empty()) unit.schema = entry.schema;
    if (!entry.seeds.empty()) unit.seeds = entry.seeds;
    if (entry.engine) unit.engines = {*entry.engine};
    if (entry.migrations.empty()) return;
    unit.migrations.clear();
    for (const auto& path : entry.migrations) unit.migrations.push_back({path, std::nullopt});
}

/// Directories that the entry names and that are not there.
void report_missing(std::vector<Problem>& problems, const Unit& unit, const UnitConfig& entry,
                    const std::filesystem::path& root) {
    const std::size_t colon = entry.source.rfind(':');
    for (const auto& path : entry.migrations)
        if (!std::filesystem::is_directory(root / path))
            problems.push_back({entry.source.substr(0, colon),
                                colon == std::string::npos ? 0 : std::atoi(entry.source.c_str() + colon + 1),
                                "config.missing_directory", "names " + path + ", which is not there",
                                unit.id});
}

}  // namespace

std::optional<Error> apply_config(Scan& scan, const Config& config, const std::filesystem::path& root) {
    for (const auto& pattern : config.ignore)
        for (auto* list : {&scan.units, &scan.possible, &scan.hidden})
            std::erase_if(*list, [&](const Unit& unit) { return ignored(unit, pattern); });

    for (const auto& entry : config.units) {
        auto found = take(scan.units, entry);
        if (found.empty()) found = take(scan.possible, entry);
        if (found.empty()) found = take(scan.hidden, entry);
        if (found.size() > 1)
            return Error{"config.invalid",
                         fmt::format("{}: [[unit]] \"{}\" fits several units: {} and {}", entry.source,
                                     entry.id, found[0].id, found[1].id),
                         "Say which with `tool`, `config` or `migrations`.",
                         {}};
        if (found.empty()) {
            if (!entry.tool)
                return Error{"config.invalid",
                             fmt::format("{}: [[unit]] \"{}\": no unit was found in {}", entry.source,
                                         entry.id, entry.path),
                             "Correct `path`, or name its `tool`.",
                             {}};
            if (!std::filesystem::is_directory(root / entry.path))
                return Error{"config.invalid",
                             fmt::format("{}: [[unit]] \"{}\": there is no directory {}", entry.source,
                                         entry.id, entry.path),
                             "Correct `path`; it is relative to the directory of migrate.toml.",
                             {}};
            found.push_back(bare_unit(root, *entry.tool, entry.path));
        }
        complete(found.front(), entry);
        report_missing(scan.problems, found.front(), entry, root);
        scan.units.push_back(std::move(found.front()));
    }
    std::sort(scan.units.begin(), scan.units.end(), [](const Unit& a, const Unit& b) { return a.id < b.id; });
    return std::nullopt;
}

}  // namespace migrate
