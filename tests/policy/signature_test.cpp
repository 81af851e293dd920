#include "policy/signature.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace migrate;

namespace {

// RFC 8032, section 7.1, test 1: the secret key and its public half.
const std::string kSecret = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const std::string kPublic = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const std::string kPem =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA" + kPublic + "\n-----END PUBLIC KEY-----\n";

const SignedApproval kApproval{"p_0123456789abcdef", "production", 1'700'000'000};

std::vector<ApprovalKey> keys(const std::string& environment, const std::string& key = kPublic) {
    return {{key, {environment}, "release", "policy.toml:1"}};
}

}  // namespace

TEST_CASE("a signature is valid for its plan, environment and expiry, and nothing else") {
    auto signature = sign(kSecret, kApproval);
    REQUIRE(signature);
    CHECK(signature->public_key == kPublic);
    CHECK(verify(*signature, kApproval, keys("production")));
    SignedApproval other = kApproval;
    other.plan_id = "p_0123456789abcdee";
    CHECK_FALSE(verify(*signature, other, keys("production")));
    other = kApproval;
    other.valid_until += 1;
    CHECK_FALSE(verify(*signature, other, keys("production")));
    other = kApproval;
    other.environment = "staging";
    CHECK_FALSE(verify(*signature, other, keys("staging")));
    auto wrong_place = verify(*signature, kApproval, keys("staging"));
    REQUIRE_FALSE(wrong_place);
    CHECK(wrong_place.error().message.find("environment production") != std::string::npos);
    CHECK_FALSE(verify(*signature, kApproval, {}));
    // One byte of it changed.
    auto forged = *signature;
    forged.bytes[10] = forged.bytes[10] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify(forged, kApproval, keys("production")));
}

TEST_CASE("a public key is the same in PEM and as base64 of its bytes") {
    CHECK(public_key_from(kPem).value() == kPublic);
    CHECK(public_key_from(kPublic + "\n").value() == kPublic);
    auto signature = sign(kSecret, kApproval);
    REQUIRE(signature);
    CHECK(verify(*signature, kApproval, keys("production", kPem)));
}

TEST_CASE("what is no Ed25519 key is an error that does not repeat it") {
    for (const std::string& text :
         {std::string("hunter2-hunter2-hunter2-hunter2-hunter2-hun="), std::string("hunter2"), std::string(),
          std::string("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n")}) {
        // 32 bytes in base64 are a key whatever they spell.
        if (text.size() == 44) continue;
        for (const auto& error : {sign(text, kApproval).error(), public_key_from(text).error()}) {
            CHECK(error.code == "key.invalid");
            CHECK(error.message.find("hunter2") == std::string::npos);
        }
    }
}
