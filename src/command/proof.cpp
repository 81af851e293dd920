// Where this machine's backups are, and what they prove about a unit's databases.
#include "command/flow.hpp"
#include "policy/plan_id.hpp"

namespace migrate {

BackupStore backups_of(const Session& session) {
    return {session.state_dir / "backups"};
}

std::filesystem::path rehearsals_of(const Session& session) {
    return session.state_dir / "rehearsals";
}

ProgramSettings programs_of(const Session& session, const Redactor& redactor) {
    return {&session.env(), &redactor, session.state_dir / "output"};
}

std::string fingerprint_of(const Session& session, const Target& target) {
    return fingerprint(target, session.root.string());
}

Consent with_proof(const Session& session, const UnitResult& unit, Consent consent,
                   const Redactor& redactor) {
    if (!unit.plan || risk_of(unit.plan->steps) <= Risk::files) return consent;
    ProofSettings settings;
    settings.store = backups_of(session);
    settings.programs = programs_of(session, redactor);
    settings.max_age = session.policy.backup_max_age;
    settings.command = session.policy.backup_command;
    settings.now = now_seconds();
    bool looked = false, all = true;
    for (const auto& status : unit.targets) {
        if (!status.target.migrated || !is_protected(status.target.level)) continue;
        const Proof proof = proof_of_backup(status.target, fingerprint_of(session, status.target), settings);
        looked = true;
        // Of several targets the one without a proof is worth the sentence.
        if (all) consent.backup = proof.what;
        all = all && proof.proven;
    }
    consent.backup_proven = looked && all;
    return consent;
}

}  // namespace migrate
