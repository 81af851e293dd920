#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy_file.hpp"
#include "model/error.hpp"

// Ed25519 signatures (RFC 8032, by OpenSSL) that stand for a person's approval of one plan.
namespace migrate {

/// The 32 bytes of a public key in base64, from PEM ("BEGIN PUBLIC KEY"), or base64 of the bytes themselves.
/// Error `key.invalid`: what is wrong; never the text.
Result<std::string> public_key_from(std::string_view text);

/// What a signature covers.
struct SignedApproval {
    std::string plan_id;
    std::string environment;
    std::int64_t valid_until = 0;  ///< seconds since the epoch: when the plan runs out

    std::string message() const;
};

/// A signature and the public half of the key that made it.
struct Signature {
    std::string public_key;  ///< base64
    std::string bytes;       ///< base64 of 64 bytes
};

/// Signs with a private key: PEM ("BEGIN PRIVATE KEY", PKCS#8), or base64 of the 32 bytes. Error
/// `key.invalid`; the key's text never stands in it.
Result<Signature> sign(std::string_view private_key, const SignedApproval& approval);

/// Whether one of the keys, for that environment, made the signature. Error `policy.needs_approval`: which of
/// the two is missing.
Result<void> verify(const Signature& signature, const SignedApproval& approval,
                    const std::vector<ApprovalKey>& keys);

}  // namespace migrate
