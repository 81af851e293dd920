#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace migrate {

/// Whole content of a regular file; nullopt if it cannot be read, is no regular file, or is larger than
/// `limit` bytes. Configuration files are small: what is larger is not one.
std::optional<std::string> read_file(const std::filesystem::path& path, std::uintmax_t limit = 16u << 20);
/// Whether a regular file holds exactly that, in the memory of a small part of it.
bool file_holds(const std::filesystem::path& path, std::string_view content);

/// Names in a directory, sorted bytewise; empty where it does not exist or cannot be read.
std::vector<std::string> list_directory(const std::filesystem::path& path);

/// Writes beside and renames, so that a reader sees the old file or the new one. `mode` as for chmod.
/// With `exclusive`, fails (`file.exists`) if the file is there. Errors: `file.unwritable`.
Result<void> write_file(const std::filesystem::path& path, const std::string& content, unsigned mode = 0644,
                        bool exclusive = false);

/// 1-based line of a byte offset.
int line_at(const std::string& text, std::size_t offset);

}  // namespace migrate
