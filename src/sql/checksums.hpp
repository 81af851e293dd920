#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace migrate::sql {

/// The checksums of files of one directory, in the order of `names`, as checksum_of() has them; of one that
/// is no text that of its bytes, "" of one that cannot be read or is larger than a gibibyte. Where there are
/// many, they are read by several threads.
std::vector<std::string> checksums_of(const std::filesystem::path& directory,
                                      const std::vector<std::string>& names);

}  // namespace migrate::sql
