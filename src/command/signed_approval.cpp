// An approval that travels: the private key of a pipeline's protected environment signs one plan.
#include <fmt/format.h>

#include "base/sha256.hpp"
#include "command/flow.hpp"
#include "live/marker.hpp"
#include "policy/signature.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// Every protected database that the plan would change, once for each unit.
std::vector<const TargetStatus*> protected_targets(const Prepared& prepared) {
    std::vector<const TargetStatus*> found;
    for (const auto& unit : prepared.result.units) {
        if (!unit.plan || risk_of(unit.plan->steps) <= Risk::files) continue;
        for (const auto& status : unit.targets)
            if (status.target.migrated && is_protected(status.target.level)) found.push_back(&status);
    }
    return found;
}

std::vector<ApprovalKey> keys_for(const Session& session, const Prepared& prepared, const Target& target) {
    std::vector<ApprovalKey> keys = session.policy.keys;
    for (const auto& one : prepared.units) {
        auto live = one.live.find(target.name);
        const bool same =
            live != one.live.end() && !live->second.marker.empty() && live->second.marker == target.marker;
        if (same) keys.insert(keys.end(), live->second.keys.begin(), live->second.keys.end());
    }
    return keys;
}

}  // namespace

Result<std::string> sign_plan(const Session& session, const Prepared& prepared, const std::string& variable,
                              std::int64_t valid_until, Redactor& redactor) {
    auto key = session.env().get(variable);
    if (!key || key->empty())
        return fail("usage", "--key-env: the variable " + variable + " is not set",
                    "It holds the Ed25519 private key, in PEM or as base64 of its 32 bytes.");
    redactor.add_secret(*key);
    const SignedApproval approval{prepared.plan.id, session.environment.name, valid_until};
    auto signature = sign(*key, approval);
    if (!signature)
        return fail("usage", "--key-env " + variable + ": " + signature.error().message,
                    signature.error().hint);
    for (const auto* status : protected_targets(prepared))
        if (auto valid = verify(*signature, approval, keys_for(session, prepared, status->target)); !valid)
            return tl::unexpected(valid.error());
    return sha256_hex(signature->bytes);
}

std::optional<Error> spend_signature(const Session& session, const Prepared& prepared,
                                     const std::string& signature_sha256) {
    if (has_error(prepared.result)) return std::nullopt;
    std::vector<std::string> noted;
    for (const auto* status : protected_targets(prepared)) {
        const std::string name = display(status->target.connection);
        if (std::find(noted.begin(), noted.end(), name) != noted.end()) continue;
        noted.push_back(name);
        auto database = db::open(status->target.connection, {.read_only = false});
        if (!database) return database.error();
        auto first =
            use_signature(**database, signature_sha256, prepared.plan.id, session.caller.user, now_seconds());
        if (!first)
            return Error{
                "policy.needs_approval",
                fmt::format("{}: the signature cannot be noted as used: {}", name, first.error().message),
                "Nothing was changed. A signature is good for one run, and the database itself "
                "remembers that; `migrate mark` by a role that may create tables makes the place.",
                {}};
        if (!*first)
            return Error{"policy.needs_approval",
                         "this plan's signature has been used: one is good for one run",
                         "Nothing was changed. Make a new plan.",
                         {}};
    }
    return std::nullopt;
}

}  // namespace migrate
