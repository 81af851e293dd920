// An approval that travels: the private key of a pipeline's protected environment signs one plan.
#include <fmt/format.h>

#include <set>

#include "base/sha256.hpp"
#include "command/flow.hpp"
#include "live/marker.hpp"
#include "policy/signature.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// The databases of every unit that may not go as it is, each once. An approval also answers on databases
/// that are not protected, so none is left out.
std::vector<Target> targets_in_question(const Prepared& prepared) {
    std::vector<Target> found;
    std::set<std::string> known;
    for (const auto& unit : prepared.result.units) {
        if (!unit.plan || unit.plan->verdict.decision == Decision::allow) continue;
        for (const auto& status : unit.targets)
            if (status.target.migrated && known.insert(display(status.target.connection)).second)
                found.push_back(status.target);
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

Result<SignedPlan> sign_plan(const Session& session, const Prepared& prepared, const std::string& variable,
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
    SignedPlan plan{"", targets_in_question(prepared)};
    for (const auto& target : plan.targets)
        if (auto valid = verify(*signature, approval, keys_for(session, prepared, target)); !valid)
            return tl::unexpected(valid.error());
    if (!plan.targets.empty()) plan.sha256 = sha256_hex(signature->bytes);
    return plan;
}

std::optional<Error> spend_signature(const Session& session, const Prepared& prepared,
                                     const SignedPlan& signature) {
    if (has_error(prepared.result)) return std::nullopt;
    for (const auto& target : signature.targets) {
        const std::string name = display(target.connection);
        auto database = db::open(target.connection, {.read_only = false});
        if (!database) return database.error();
        auto first =
            use_signature(**database, signature.sha256, prepared.plan.id, session.caller.user, now_seconds());
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
