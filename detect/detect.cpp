#include "detect/detect.hpp"

namespace migrate {

Scan detect(const std::filesystem::path&, const DetectOptions&) {
    return {};
}

Unit bare_unit(const std::filesystem::path&, Tool tool, const std::string& path) {
    Unit unit;
    unit.tool = tool;
    unit.root = path;
    unit.id = path + ":" + std::string(to_string(tool));
    return unit;
}

std::optional<Suggestion> suggest(const Scan& scan) {
    if (!scan.units.empty()) return std::nullopt;
    return Suggestion{
        Tool::sql, ".", "plain SQL files need nothing else installed", {"migrate", "init", "sql"}};
}

}  // namespace migrate
