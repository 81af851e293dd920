// `setup`: from a fresh clone to local databases that hold everything.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/ready.hpp"
#include "command/request.hpp"
#include "command/table.hpp"
#include "report/shell_words.hpp"
#include "report/text.hpp"
#include "run/observer.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions, &kRunOptions};
constexpr Example kExamples[] = {
    {"migrate setup --all", "starts, creates, migrates and seeds every local database of the repository"},
    {"migrate setup -u ledger --dry-run", "shows what it would do for the unit called ledger"},
};

/// The units with their targets, and what those databases that answer say of themselves. Not as for `run`: a
/// database without tables counts as local for that on any host, and this is only for databases of this
/// machine.
Prepared survey(const Session& session, Selection selection, bool read, Redactor& redactor) {
    Prepared prepared;
    prepared.request.verb = Verb::status;
    prepared.result.command = "setup";
    prepared.result.environment = session.environment;
    prepared.selection = std::move(selection);
    GatherSettings settings = gather_settings(session);
    settings.read_histories = read;
    settings.ask_live = true;
    prepared.units =
        gather(prepared.selection.units, prepared.request, settings, redactor, prepared.result.errors);
    for (const auto& one : prepared.units) prepared.result.units.push_back(one.result);
    return prepared;
}

/// All or nothing: what stands in the way of one unit holds back all.
void hold_back_others(Prepared& prepared) {
    for (auto& unit : prepared.result.units)
        if (!unit.error && unit.skipped.empty())
            unit.skipped = "not started: nothing runs anywhere before every unit can";
}

bool examine(const Session& session, Prepared& prepared) {
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        UnitResult& unit = prepared.result.units[i];
        if (auto error = not_for_setup(session, prepared.units[i])) {
            unit.error = std::move(error);
            unit.state = State::error;
        }
    }
    return !has_error(prepared.result);
}

/// What would be done, for --dry-run.
void describe(const Session& session, const GatheredUnit& one, UnitResult& result) {
    const Unit& unit = one.selected.unit;
    const bool ours = unit.how_run != HowRun::programmatic && unit.how_run != HowRun::manual;
    std::size_t pending = 0;
    bool fresh = true;
    for (const auto& status : result.targets) {
        if (!status.target.migrated) continue;
        const bool down = status.error && status.error->code == "target.unreachable";
        auto start = down ? service_for(session, unit, status.target) : std::nullopt;
        if (down && !start) return;
        if (start)
            result.text += fmt::format("  would start  {} of {}: {}\n", start->service.name,
                                       start->service.file, shell_words(start->argv));
        if (start || !status.history.database_exists)
            result.text += fmt::format("  would make   {}{}\n", target_text(status.target),
                                       start ? ", where it is missing" : "");
        pending += start ? one.facts.files.size() : status.history.pending.size();
        fresh = fresh && (start || status.history.applied.empty());
    }
    result.error.reset();
    if (!ours && !unit.commands.contains("run")) {
        result.text += fmt::format("  would apply  nothing: {}\n",
                                   unit.how_run == HowRun::programmatic
                                       ? "only the application itself applies its migrations"
                                       : "its migrations are applied by hand");
        return;
    }
    result.text += fmt::format("  would apply  {} migration{}\n", pending, pending == 1 ? "" : "s");
    if (fresh && !unit.seeds.empty()) result.text += "  would seed   from " + unit.seeds + "\n";
}

/// The units whose databases were made by this call, or were found empty. What they hold now was put there by
/// this call, so nobody is asked whether it may be lost.
void seed_fresh(const Session& session, Prepared& prepared, Redactor& redactor, RunObserver& observer) {
    Selection fresh;
    fresh.deliberate = true;
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        const UnitResult& unit = prepared.result.units[i];
        SelectedUnit one = prepared.units[i].selected;
        one.named = false;  // a unit without seeds is none the worse for it
        if (unit.skipped.empty() && prepared.ready[unit.unit.id].fresh) fresh.units.push_back(std::move(one));
    }
    if (fresh.units.empty()) return;
    Request request = prepared.request;
    request.verb = Verb::seed;
    Consent consent;
    consent.yes = true;
    auto seeds = prepare(session, std::move(fresh), request, consent, redactor);
    if (!seeds) {
        prepared.result.errors.push_back(seeds.error());
        return;
    }
    seeds->result.command = "setup";
    obtain_consent(session, *seeds, consent);
    if (!has_error(seeds->result)) run_prepared(session, *seeds, consent, redactor, false, &observer);
    log_outcome(session, *seeds);
    for (auto& seeded : seeds->result.units) {
        auto unit = std::find_if(prepared.result.units.begin(), prepared.result.units.end(),
                                 [&](const UnitResult& one) { return one.unit.id == seeded.unit.id; });
        unit->error = std::move(seeded.error);
        unit->changed = std::max(unit->changed, seeded.changed);
        if (unit->error || !seeded.skipped.empty() || !seeded.plan || seeded.plan->steps.empty()) continue;
        prepared.ready[unit->unit.id].seeded = true;
        const std::string& from = unit->unit.seeds;
        unit->text += fmt::format("  seeded   {}\n",
                                  from.empty() ? seeded.plan->steps.front().purpose : "from " + from);
    }
    auto& errors = prepared.result.errors;
    errors.insert(errors.end(), seeds->result.errors.begin(), seeds->result.errors.end());
}

int setup(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "setup", session.error());
    auto selection = selected(*session);
    if (!selection) return finish(*session, "setup", selection.error());
    const bool dry = parsed.given("dry-run");
    if (!dry)
        if (auto error = must_be_deliberate(*session, *selection, "setup"))
            return finish(*session, "setup", *error);

    Redactor redactor;
    Prepared ground = survey(*session, *selection, dry, redactor);
    if (dry)
        for (std::size_t i = 0; i < ground.units.size(); ++i)
            describe(*session, ground.units[i], ground.result.units[i]);
    if (!examine(*session, ground)) hold_back_others(ground);
    if (dry || has_error(ground.result)) return end_early(*session, ground);

    make_ready(*session, ground, redactor, ground.lead);
    if (has_error(ground.result)) {
        hold_back_others(ground);
        return end_early(*session, ground);
    }
    auto request = request_of(parsed, Verb::run, "");
    if (!request) return finish(*session, "setup", request.error());
    request->now = "{now}";
    Consent consent = consent_of(parsed);
    auto prepared = prepare(*session, std::move(*selection), *request, consent, redactor);
    if (!prepared) return finish(*session, "setup", prepared.error());
    prepared->result.command = "setup";
    prepared->ready = std::move(ground.ready);
    prepared->lead = std::move(ground.lead);
    for (std::size_t i = 0; i < ground.result.units.size(); ++i)
        prepared->result.units[i].changed = ground.result.units[i].changed;
    obtain_consent(*session, *prepared, consent);
    return carry_out(
        *session, *prepared, consent, redactor, false,
        [&](Prepared& done, RunObserver& observer) { seed_fresh(*session, done, redactor, observer); });
}

}  // namespace

constinit const Command setup_command{
    .name = "setup",
    .group = Group::database,
    .summary = "bring local databases up, from nothing to seeded",
    .description =
        "For databases on this machine only; with any other among the chosen units nothing is started. "
        "Starts "
        "the compose service that holds a database which does not answer, and waits for it; creates a "
        "database "
        "that is missing; applies what is pending; runs the seeds of the units whose databases this call "
        "made "
        "or found empty. What is there already is left as it is, so it can be called again.",
    .shared = kShared,
    .examples = kExamples,
    .run = setup,
};

}  // namespace migrate
