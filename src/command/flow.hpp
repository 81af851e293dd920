#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backup/proof.hpp"
#include "command/session.hpp"
#include "model/ready.hpp"
#include "model/request.hpp"
#include "plan/ask_native.hpp"
#include "plan/gather.hpp"
#include "policy/judge.hpp"
#include "policy/log.hpp"
#include "policy/plan_store.hpp"
#include "run/execute.hpp"
#include "run/redact.hpp"

namespace migrate {

class RunObserver;

/// One verb over the chosen units, up to its verdict: nothing has been changed yet.
struct Prepared {
    Request request;
    Selection selection;
    std::vector<GatheredUnit> units;          ///< in the order in which they run
    Plan plan;                                ///< without its units: they stand in `result`
    CommandResult result;                     ///< one entry a unit, same order
    std::map<std::string, Ready> ready = {};  ///< `setup`: by unit id
    std::string lead = {};                    ///< text that stands before the units' outcomes
};

/// Chooses, gathers, plans and judges. Units that cannot do the verb are `skipped`, or an error where they
/// were named. Errors of units stand in the result; an error of the whole is returned.
Result<Prepared> prepare(const Session& session, const Request& request, const Consent& consent,
                         Redactor& redactor);

/// The same for units that have been chosen already.
Result<Prepared> prepare(const Session& session, Selection selection, const Request& request,
                         const Consent& consent, Redactor& redactor);

/// The plan in its canonical form, with the plans of the units.
std::string canonical_of(const Prepared& prepared);
/// Sets the plan's id, where the plans of the units are what they are going to be.
void identify(Prepared& prepared);

/// `tool.missing` where the program that begins the command line is not there. `cwd` is relative to the root.
std::optional<Error> missing_program(const Session& session, const Unit& unit,
                                     const std::vector<std::string>& launch, const std::string& cwd);

/// Judges one unit's plan with the consent that is given; its rules name the plan by its id.
void judge_unit(const Session& session, Prepared& prepared, std::size_t at, const Consent& consent);

/// Judges every unit's plan, anew where it has been judged before: with the consent that is there now, and
/// with the proof of backup of each unit.
void judge_all(const Session& session, Prepared& prepared, const Consent& consent, const Redactor& redactor);

/// How long a plan is good where nothing is said: 15 minutes, or less where plan.max_age is.
std::chrono::milliseconds usual_validity(const Session& session);

/// The kept form of a prepared plan, good for `valid` seconds from now.
KeptPlan kept(const Session& session, const Prepared& prepared, std::int64_t valid);

/// Whether a unit, or the whole, has an error: nothing of a changing verb may start then.
bool has_error(const CommandResult& result);

/// Uses up the approval that `consent` rests on, where it rests on one and nothing else stands in the way:
/// the one run that removes it may go. Error `policy.needs_approval` where another run was faster.
std::optional<Error> spend_approval(const Session& session, const Prepared& prepared, const Consent& consent);

/// A signature of the prepared plan, and the databases that it was asked for: those of the units whose
/// verdict is not `allow` without it.
struct SignedPlan {
    std::string sha256;  ///< of the signature; "" where nothing needed one
    std::vector<Target> targets;
};

/// Signs the plan with the private key that a variable holds (--key-env): an approval by whoever may use that
/// key. Errors: `usage` (no such variable, no key), and `policy.needs_approval` where neither the policy
/// files nor the mark of one of those databases, whatever its level, list the public half for the
/// environment.
Result<SignedPlan> sign_plan(const Session& session, const Prepared& prepared, const std::string& variable,
                             std::int64_t valid_until, Redactor& redactor);

/// Notes in each of its databases that the signature is used, where nothing else stands in the way. Error
/// `policy.needs_approval` where it was used before, or cannot be noted.
std::optional<Error> spend_signature(const Session& session, const Prepared& prepared,
                                     const SignedPlan& signature);

/// Several units without -u, --all or [[unit]] entries: what changes something must not guess. A person is
/// asked; else the error `policy.needs_all`.
std::optional<Error> must_be_deliberate(const Session& session, const Selection& selection,
                                        const std::string& command);

/// Asks a person for what the verdicts want (yes, or a database's name typed) and judges again. Without a
/// person, or where more than a confirmation is needed, the units get their error (exit 4).
void obtain_consent(const Session& session, Prepared& prepared, Consent& consent);

/// Adds a warning to the verdict for each transaction that the plan's migrations would wait behind.
void note_long_transactions(const GatheredUnit& one, UnitPlan& plan);

/// Waits for them on protected targets, as long as --wait says; what is still there is the unit's error
/// `target.busy`.
void wait_for_long_transactions(const Session& session, Prepared& prepared);

/// Runs what was prepared, unit by unit under the lock of its database. Under the lock the history is read
/// again: what others did meanwhile is planned anew and judged anew; with `exact` (apply) it is `plan.stale`.
void run_prepared(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
                  bool exact, RunObserver* observer);

/// Runs, shows progress, logs and reports what consent has been obtained for; returns the exit status.
/// `after` is called where every unit succeeded, before it is reported.
int carry_out(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
              bool exact, const std::function<void(Prepared&, RunObserver&)>& after = {});

/// Ends a changing command that has not come to its plans, with what stands in `prepared.result`.
int end_early(const Session& session, Prepared& prepared);

/// Dumps the protected databases of a unit, one after another; a line of the log for each.
/// Errors: those of take_backup(), from the first that fails.
Result<std::vector<Backup>> back_up_protected(const Session& session, const UnitResult& unit,
                                              const Redactor& redactor);

/// Reads every history of the unit again; the first error where one cannot be read. `locks`: in their
/// sessions, where a unit's tool allows it.
std::optional<Error> read_again(GatheredUnit& gathered, UnitResult& result, const Session& session,
                                const NativeCall& with, const TargetLocks& locks);

/// The same for one unit; what became of it stands in `result`.
void run_unit(const Session& session, const Prepared& prepared, GatheredUnit& gathered, UnitResult& result,
              const Consent& consent, const ExecuteSettings& settings, bool exact);

/// The beginning of an audit log's line about one unit.
LogEntry log_entry(const Session& session, const std::string& command, const UnitResult& unit);
/// Appends the line that something is about to be touched: a run that is killed has left it. Error
/// `file.unwritable`, where nothing may be started.
std::optional<Error> log_start(const Session& session, LogEntry entry);
/// Appends lines to the log, and to the file of --log. What cannot be written is an error.
void write_log(const Session& session, const std::vector<LogEntry>& entries, std::vector<Error>& errors);

/// Writes the files that migrate.toml names as `schema_file`, for the units that ran without an error.
void keep_schema_files(const Session& session, Prepared& prepared);

/// Writes a schema's text; false where the file held it already.
Result<bool> write_schema(const std::filesystem::path& file, const std::string& text);

/// Writes the audit log's lines for what changed or was refused.
void log_outcome(const Session& session, Prepared& prepared);

/// What was chosen by a directory or pattern and cannot do the verb takes no part; what was named is an
/// error.
void skip_unable(UnitResult& result, bool named);

/// How the command line wants units to be gathered.
GatherSettings gather_settings(const Session& session);

/// The consent that stands on the command line.
Consent consent_of(const ParsedCommand& parsed);

PlanStore store_of(const Session& session);

BackupStore backups_of(const Session& session);
/// Where the marks of rehearsals are kept (backup/rehearsal_mark.hpp).
std::filesystem::path rehearsals_of(const Session& session);
/// What the databases' own programs are started with.
ProgramSettings programs_of(const Session& session, const Redactor& redactor);
/// What identifies a target in plans and among the backups.
std::string fingerprint_of(const Session& session, const Target& target);
/// Consent for one unit: the proof of backup of its protected targets is looked for and added.
Consent with_proof(const Session& session, const UnitResult& unit, Consent consent, const Redactor& redactor);

/// The whole of a changing verb: prepare, consent, run, log, report. Returns the exit status.
int run_verb(const Invocation& invocation, const ParsedCommand& parsed, Verb verb, const std::string& name);

/// The plan of a verb and nothing else, as `plan` and --dry-run print it.
int show_plan(const Session& session, const Request& request);

}  // namespace migrate
