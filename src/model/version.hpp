#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// A tool's version, as far as the tables care: three numbers; a prerelease counts as its release.
struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;
    auto operator<=>(const Version&) const = default;
};

/// Reads "6.19.3", "v7", "^5.2.0", "~=1.8", ">=4.2,<5", "1.0.0-rc.5": the first number found with its
/// dotted followers. nullopt where there is none ("latest", "managed by Spring Boot 3.2": no number of
/// its own is the caller's business).
std::optional<Version> parse_version(std::string_view text);

/// A half-open range [from, before). The default covers every version, and an unknown one.
struct VersionRange {
    Version from{};
    Version before{1 << 20, 0, 0};
    bool holds(const Version& version) const { return from <= version && version < before; }
};

}  // namespace migrate
