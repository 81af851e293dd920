#pragma once
#include <filesystem>

namespace migrate {

/// The scan root for a start directory where --root is not given: the nearest ancestor with a migrate.toml,
/// else the top of the version-controlled tree (.git, .hg, .svn), else the start itself. Absolute.
std::filesystem::path find_root(const std::filesystem::path& start);

}  // namespace migrate
