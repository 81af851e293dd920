#pragma once
#include <algorithm>

#include "detect/detect.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

using Strings = std::vector<std::string>;

inline Scan scan_of(const Tree::Files& files) {
    Tree repo(files);
    return detect(repo.path());
}

inline Strings ids(const std::vector<Unit>& units) {
    Strings result;
    for (const Unit& unit : units) result.push_back(unit.id);
    return result;
}

inline Strings directories(const Unit& unit) {
    Strings result;
    for (const MigrationsDir& dir : unit.migrations) result.push_back(dir.path);
    return result;
}

/// "path:line code" of each problem.
inline Strings problems(const Scan& scan) {
    Strings result;
    for (const Problem& one : scan.problems)
        result.push_back(one.path + ':' + std::to_string(one.line) + ' ' + one.code);
    return result;
}

inline bool has_signal(const Unit& unit, std::string_view signal) {
    return std::any_of(unit.evidence.begin(), unit.evidence.end(),
                       [&](const Evidence& one) { return one.signal == signal; });
}

/// The only unit of a scan.
inline Unit only(const Scan& scan) {
    REQUIRE(ids(scan.units).size() == 1);
    return scan.units.front();
}

}  // namespace migrate::test
