#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/unit.hpp"

namespace migrate {

/// What chooses units (contract, section 3).
struct SelectOptions {
    std::vector<std::string>
        patterns;  ///< -u: id, alias, path component, glob, directory, tool=x, !x, ID@TARGET
    bool all = false;
    std::string current = ".";                            ///< current directory relative to the scan root
    std::optional<std::set<std::string>> affected_files;  ///< --affected: files that changed
};

struct SelectedUnit {
    Unit unit;
    bool named = false;  ///< by id or alias: an unsupported verb is then an error, not a skip
    std::string target;  ///< -u ID@NAME; "" = all targets
};

struct Selection {
    std::vector<SelectedUnit> units;  ///< in dependency order (`after`), else by id
    bool deliberate = false;          ///< by -u, --all or [[unit]] entries, not merely by the directory
};

/// Chooses from `units`; `possible` ones (below the confidence to be offered) only where a pattern is their
/// whole id. Errors: `unit.none` (nothing matches, with the nearest ids), `config.invalid` (`after` names no
/// unit, or goes round in a circle). An empty result of --affected is no error.
Result<Selection> select_units(const std::vector<Unit>& units, const std::vector<Unit>& possible,
                               const SelectOptions& options);

/// Orders units so that each stands behind those in its `after`; ties by id.
Result<std::vector<SelectedUnit>> in_order(std::vector<SelectedUnit> units, const std::vector<Unit>& all);

}  // namespace migrate
