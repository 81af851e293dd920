#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>

namespace migrate {

namespace fs = std::filesystem;

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex_of(const Digest& digest, unsigned size) {
    std::string hex;
    hex.reserve(2 * size);
    for (unsigned i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4];
        hex += "0123456789abcdef"[digest[i] & 15];
    }
    return hex;
}

std::optional<std::string> of_regular_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!stream || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return std::nullopt;
    std::string buffer(1u << 20, '\0');
    while (stream) {
        stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (!stream.eof()) return std::nullopt;
    Digest digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &size);
    return hex_of(digest, size);
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    // Fails only where the library itself is broken: there is no answer to give then.
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return hex_of(digest, size);
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
