#include "config/reading.hpp"

#include "base/duration.hpp"

namespace migrate::config_reading {

std::string text_of(const TomlNode* node) {
    return node ? node->text : std::string();
}

std::vector<std::string> texts_of(const TomlNode* node) {
    std::vector<std::string> texts;
    if (node)
        for (const auto& item : node->items) texts.push_back(item.text);
    return texts;
}

std::optional<std::chrono::seconds> duration_of(const TomlNode& document, std::string_view table,
                                                std::string_view key) {
    const TomlNode* group = document.find(table);
    const TomlNode* node = group ? group->find(key) : nullptr;
    if (!node) return std::nullopt;
    auto duration = parse_duration(node->text);
    if (!duration) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(*duration);
}

Result<std::vector<Floor>> floors_of(const TomlNode* matrix, const std::string& file) {
    std::vector<Floor> floors;
    if (!matrix) return floors;
    for (const auto& [level_name, cells] : matrix->members) {
        auto level = level_from(level_name);
        if (!level)
            return fail("config.invalid",
                        file + ":" + std::to_string(cells.line) + ": \"" + level_name + "\" is no level",
                        "scratch, local, staging, shared or production.");
        for (const auto& [risk_name, cell] : cells.members) {
            auto risk = risk_from(risk_name);
            const std::string place = file + ":" + std::to_string(cell.line);
            if (!risk || *risk < Risk::apply)
                return fail("config.invalid",
                            place + ": \"" + risk_name + "\" is no risk that can be made stricter",
                            "apply, revert or destroy.");
            Decision decision = Decision::refuse;
            for (Decision known : {Decision::confirm, Decision::approval})
                if (to_string(known) == cell.text) decision = known;
            floors.push_back({*level, *risk, decision, place});
        }
    }
    return floors;
}

}  // namespace migrate::config_reading
