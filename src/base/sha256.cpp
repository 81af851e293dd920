#include "base/sha256.hpp"

// The functions below are the whole of the algorithm. Those that took their place fetch it by name first,
// from providers that a configuration file names, which takes a millisecond.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <fstream>
#include <map>

namespace migrate {

namespace fs = std::filesystem;

namespace {

std::string hex_of(SHA256_CTX& context) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_Final(digest.data(), &context);
    std::string hex(2 * digest.size(), '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return hex;
}

std::optional<std::string> of_regular_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    SHA256_CTX context;
    SHA256_Init(&context);
    std::string buffer(1u << 20, '\0');
    while (stream) {
        stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        SHA256_Update(&context, buffer.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (!stream.eof()) return std::nullopt;
    return hex_of(context);
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data(), bytes.size());
    return hex_of(context);
}

std::string sha256_of_pieces(const std::function<void(const TakePiece&)>& write) {
    SHA256_CTX context;
    SHA256_Init(&context);
    write([&](std::string_view piece) { SHA256_Update(&context, piece.data(), piece.size()); });
    return hex_of(context);
}

std::optional<std::string> sha256_of_file(const fs::path& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return of_regular_file(path);
    std::map<std::string, std::string> parts;
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        if (!at->is_regular_file(error)) continue;
        auto digest = of_regular_file(at->path());
        if (!digest) return std::nullopt;
        parts[at->path().lexically_relative(path).generic_string()] =
            std::to_string(at->file_size(error)) + ' ' + *digest;
    }
    if (error) return std::nullopt;
    std::string list;
    for (const auto& [name, what] : parts) list += name + ' ' + what + '\n';
    return sha256_hex(list);
}

}  // namespace migrate
