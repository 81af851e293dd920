#pragma once
#include <string>
#include <vector>

#include "command/session.hpp"
#include "model/request.hpp"
#include "plan/gather.hpp"
#include "policy/judge.hpp"
#include "policy/plan_store.hpp"
#include "run/execute.hpp"
#include "run/redact.hpp"

namespace migrate {

class RunObserver;

/// One verb over the chosen units, up to its verdict: nothing has been changed yet.
struct Prepared {
    Request request;
    Selection selection;
    std::vector<GatheredUnit> units;  ///< in the order in which they run
    Plan plan;
    std::string canonical;
    CommandResult result;  ///< one entry a unit, same order
};

/// Chooses, gathers, plans and judges. Units that cannot do the verb are `skipped`, or an error where they
/// were named. Errors of units stand in the result; an error of the whole is returned.
Result<Prepared> prepare(const Session& session, const Request& request, const Consent& consent,
                         Redactor& redactor);

/// The kept form of a prepared plan, good for `valid` seconds from now.
KeptPlan kept(const Session& session, const Prepared& prepared, std::int64_t valid);

/// Asks a person for what the verdicts want (yes, or a database's name typed) and judges again. Without a
/// person, or where more than a confirmation is needed, the units get their error (exit 4).
void obtain_consent(const Session& session, Prepared& prepared, Consent& consent);

/// Runs what was prepared, unit by unit under the lock of its database. Under the lock the history is read
/// again: what others did meanwhile is planned anew and judged anew; with `exact` (apply) it is `plan.stale`.
void run_prepared(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
                  bool exact, RunObserver* observer);

/// Runs, shows progress, logs and reports what consent has been obtained for; returns the exit status.
int carry_out(const Session& session, Prepared& prepared, const Consent& consent, Redactor& redactor,
              bool exact);

/// The same for one unit; what became of it stands in `result`.
void run_unit(const Session& session, const Prepared& prepared, GatheredUnit& gathered, UnitResult& result,
              const Consent& consent, const ExecuteSettings& settings, bool exact);

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

/// The whole of a changing verb: prepare, consent, run, log, report. Returns the exit status.
int run_verb(const Invocation& invocation, const ParsedCommand& parsed, Verb verb, const std::string& name);

/// The plan of a verb and nothing else, as `plan` and --dry-run print it.
int show_plan(const Session& session, const Request& request);

}  // namespace migrate
