#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/known_sums.hpp"

namespace migrate::sql {

/// The checksums of files of one directory, in the order of `names`, as checksum_of() has them; of one that
/// is no text that of its bytes, "" of one that cannot be read or is larger than a gibibyte. Those that
/// `known` has are not read; it learns the others. Where there are many, several threads read them.
std::vector<std::string> checksums_of(const std::filesystem::path& directory,
                                      const std::vector<std::string>& names, KnownSums& known);

}  // namespace migrate::sql
