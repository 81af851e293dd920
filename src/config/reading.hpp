#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/tree.hpp"

// Reading checked documents: types are known to be right. Internal to src/config.
namespace migrate::config_reading {

std::string text_of(const TomlNode* node);
std::vector<std::string> texts_of(const TomlNode* node);
std::optional<std::chrono::seconds> duration_of(const TomlNode& document, std::string_view table,
                                                std::string_view key);

/// [matrix.LEVEL] RISK = "DECISION". Error `config.invalid` for names that are no level or no changing risk.
Result<std::vector<Floor>> floors_of(const TomlNode* matrix, const std::string& file);

}  // namespace migrate::config_reading
