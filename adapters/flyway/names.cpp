// Names, versions and checksums of Flyway's scripts.
#include <algorithm>
#include <array>

#include "adapters/flyway/flyway.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
        table[i] = value;
    }
    return table;
}();

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::optional<MigrationVersion> MigrationVersion::parse(std::string_view text) {
    MigrationVersion version;
    version.text_ = text;
    std::replace(version.text_.begin(), version.text_.end(), '_', '.');
    std::string_view rest = version.text_;
    while (true) {
        std::string_view part = rest.substr(0, rest.find('.'));
        if (part.empty() || !std::all_of(part.begin(), part.end(), is_digit)) return std::nullopt;
        std::size_t zeros = std::min(part.find_first_not_of('0'), part.size());
        version.parts_.emplace_back(part.substr(zeros));
        if (part.size() == rest.size()) break;
        rest.remove_prefix(part.size() + 1);
    }
    while (!version.parts_.empty() && version.parts_.back().empty()) version.parts_.pop_back();
    return version;
}

int MigrationVersion::compare(const MigrationVersion& other) const {
    for (std::size_t i = 0; i < std::max(parts_.size(), other.parts_.size()); ++i) {
        std::string_view a = i < parts_.size() ? std::string_view(parts_[i]) : "";
        std::string_view b = i < other.parts_.size() ? std::string_view(other.parts_[i]) : "";
        if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
        if (int order = a.compare(b); order != 0) return order < 0 ? -1 : 1;
    }
    return 0;
}

std::optional<FileName> parse_name(std::string_view name) {
    FileName parsed;
    std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return std::nullopt;
    parsed.suffix = name.substr(dot);
    if (parsed.suffix != ".sql" && parsed.suffix != ".java" && parsed.suffix != ".kt" &&
        parsed.suffix != ".class")
        return std::nullopt;
    name = name.substr(0, dot);
    switch (name.front()) {
        case 'V':
            parsed.kind = FileName::Kind::versioned;
            break;
        case 'R':
            parsed.kind = FileName::Kind::repeatable;
            break;
        case 'U':
            parsed.kind = FileName::Kind::undo;
            break;
        case 'B':
            parsed.kind = FileName::Kind::baseline;
            break;
        default:
            return std::nullopt;
    }
    std::size_t separator = name.find("__");
    std::string_view description =
        separator == std::string_view::npos ? std::string_view() : name.substr(separator + 2);
    parsed.description = description;
    std::replace(parsed.description.begin(), parsed.description.end(), '_', ' ');
    parsed.raw_version = name.substr(1, std::min(separator, name.size()) - 1);
    if (parsed.kind == FileName::Kind::repeatable)
        return parsed.raw_version.empty() && separator != std::string_view::npos ? std::optional(parsed)
                                                                                 : std::nullopt;
    auto version = MigrationVersion::parse(parsed.raw_version);
    if (!version) return std::nullopt;
    parsed.version = version->text();
    return parsed;
}

std::int32_t checksum_of(std::string_view content) {
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    std::uint32_t crc = 0xFFFFFFFFu;
    for (char c : content)
        if (c != '\n' && c != '\r')
            crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xFFu];
    return static_cast<std::int32_t>(crc ^ 0xFFFFFFFFu);
}

std::optional<Version> version_beside(const std::filesystem::path& program) {
    constexpr std::string_view kCore = "flyway-core-", kEnding = ".jar";
    std::error_code failed;
    auto directory = std::filesystem::canonical(program, failed).parent_path();
    if (failed) return std::nullopt;
    for (const char* below : {"lib/flyway", "lib/community"})
        for (const auto& name : list_directory(directory / below))
            if (name.starts_with(kCore) && name.ends_with(kEnding))
                return parse_version(name.substr(kCore.size(), name.size() - kCore.size() - kEnding.size()));
    return std::nullopt;
}

}  // namespace migrate::flyway
