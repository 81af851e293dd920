#include "policy/signature.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>

namespace migrate {

namespace {

constexpr std::size_t kKeyBytes = 32, kSignatureBytes = 64;

using Bytes = std::vector<unsigned char>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(const Bytes& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(std::max(size, 0)));
    return text;
}

/// Exactly `size` bytes; empty for anything else.
Bytes from_base64(std::string_view text, std::size_t size) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() != 4 * ((size + 2) / 3)) return {};
    Bytes bytes(text.size());
    const int decoded = EVP_DecodeBlock(bytes.data(), bytes_of(text), static_cast<int>(text.size()));
    if (decoded < static_cast<int>(size)) return {};
    bytes.resize(size);
    return bytes;
}

bool is_pem(std::string_view text) {
    return text.find("-----BEGIN") != std::string_view::npos;
}

Key read_pem(std::string_view text, bool private_half) {
    std::unique_ptr<BIO, decltype(&BIO_free)> memory(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
    if (!memory) return {nullptr, &EVP_PKEY_free};
    // An encrypted key would ask at the terminal: the empty answer refuses.
    auto nobody = [](char*, int, int, void*) { return 0; };
    EVP_PKEY* key = private_half ? PEM_read_bio_PrivateKey(memory.get(), nullptr, nobody, nullptr)
                                 : PEM_read_bio_PUBKEY(memory.get(), nullptr, nobody, nullptr);
    return {key, &EVP_PKEY_free};
}

/// nullptr where the text is no Ed25519 key.
Key read_key(std::string_view text, bool private_half) {
    Key key{nullptr, &EVP_PKEY_free};
    if (is_pem(text)) {
        key = read_pem(text, private_half);
    } else if (const Bytes bytes = from_base64(text, kKeyBytes); !bytes.empty()) {
        auto* make = private_half ? &EVP_PKEY_new_raw_private_key : &EVP_PKEY_new_raw_public_key;
        key.reset(make(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
    }
    if (key && EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519) key.reset();
    return key;
}

std::string public_half(const EVP_PKEY* key) {
    Bytes bytes(kKeyBytes);
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) != 1) return "";
    return base64(bytes);
}

tl::unexpected<Error> invalid(const char* half) {
    return fail("key.invalid",
                fmt::format("that is no Ed25519 {} key, in PEM or as base64 of 32 bytes", half),
                "`openssl genpkey -algorithm ed25519` makes a pair.");
}

bool is_made_by(const Signature& signature, const std::string& message, const std::string& public_key) {
    const Key key = read_key(public_key, false);
    const Bytes bytes = from_base64(signature.bytes, kSignatureBytes);
    const Digest context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return key && !bytes.empty() && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes.data(), bytes.size(), bytes_of(message), message.size()) ==
               1;
}

}  // namespace

Result<std::string> public_key_from(std::string_view text) {
    const Key key = read_key(text, false);
    if (!key) return invalid("public");
    return public_half(key.get());
}

std::string SignedApproval::message() const {
    return fmt::format("migrate approval 1\n{}\n{}\n{}\n", plan_id, environment, valid_until);
}

Result<Signature> sign(std::string_view private_key, const SignedApproval& approval) {
    const Key key = read_key(private_key, true);
    if (!key) return invalid("private");
    const std::string message = approval.message();
    Bytes bytes(kSignatureBytes);
    std::size_t size = bytes.size();
    const Digest context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), bytes.data(), &size, bytes_of(message), message.size()) != 1)
        return fail("key.invalid", "the key does not sign", "");
    return Signature{public_half(key.get()), base64(bytes)};
}

Result<void> verify(const Signature& signature, const SignedApproval& approval,
                    const std::vector<ApprovalKey>& keys) {
    const std::string message = approval.message();
    bool known = false;
    for (const auto& key : keys) {
        auto listed = public_key_from(key.public_key);
        if (!listed || *listed != signature.public_key) continue;
        known = true;
        const bool meant = std::find(key.environments.begin(), key.environments.end(),
                                     approval.environment) != key.environments.end();
        if (meant && is_made_by(signature, message, *listed)) return {};
    }
    return fail(
        "policy.needs_approval",
        known ? fmt::format("the key may not approve for the environment {}", approval.environment)
              : std::string("nobody has listed the public half of this key"),
        "Nothing was changed. A policy file ([[approval_key]] with public and environments) or `migrate "
        "mark LEVEL --key FILE` lists it.");
}

}  // namespace migrate
