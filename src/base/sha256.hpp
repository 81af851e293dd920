#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// The SHA-256 of some bytes, as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// The same of what `write` gives away piece by piece.
using TakePiece = std::function<void(std::string_view)>;
std::string sha256_of_pieces(const std::function<void(const TakePiece&)>& write);

/// The same of a file of any size; of a directory it is that of the names, sizes and digests of its files,
/// in order. nullopt where something cannot be read.
std::optional<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace migrate
