// `restore`: a backup beside the database that it was taken from, or over it.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "backup/restore.hpp"
#include "backup/store.hpp"
#include "command/backup_report.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "plan/live.hpp"
#include "policy/plan_id.hpp"
#include "report/text.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions};
constexpr Positional kId[] = {
    {.name = "ID", .help = "the backup, as `migrate backup list` names it; default: the unit's newest"}};
constexpr Option kOptions[] = {
    {.name = "over",
     .help = "put it in the place of the database, which stays beside under another name; never on protected "
             "data"},
};
constexpr Example kExamples[] = {
    {"migrate restore -u ledger", "restores the newest backup beside, and says how to switch to it"},
    {"migrate restore -u ledger --over",
     "the same, and switches, once a person has typed the database's name"},
};

/// The one target that a restoration is for.
Result<Target> one_target(const UnitResult& unit) {
    if (unit.targets.empty() && unit.error) return tl::unexpected(*unit.error);
    std::vector<Target> found;
    for (const auto& status : unit.targets)
        if (status.target.migrated) found.push_back(status.target);
    if (found.size() == 1) return found.front();
    return fail("unit.ambiguous", fmt::format("{} has {} databases", unit.unit.id, found.size()),
                fmt::format("Nothing was done. -u {}@NAME names one; `migrate explain --target` lists them.",
                            unit.unit.id));
}

Result<Backup> backup_for(const Session& session, const Target& target, const std::string& unit,
                          const std::optional<std::string>& id) {
    const BackupStore store = backups_of(session);
    const std::string name = fingerprint_of(session, target);
    if (id) {
        auto found = store.find(*id);
        if (!found)
            return fail("backup.unknown", "there is no backup " + *id, "Nothing was done.",
                        {{By::you, {"migrate", "backup", "list"}, "", "lists them"}});
        if (found->fingerprint != name)
            return fail("backup.unknown",
                        fmt::format("{} is a backup of {}, not of {}'s database", *id, found->target, unit),
                        "Nothing was done.");
        return *found;
    }
    auto all = store.list(name);
    if (all.empty())
        return fail("backup.unknown", "there is no backup of " + unit + "'s database on this machine",
                    "Nothing was done.", {{By::you, {"migrate", "backup", "-u", unit}, "", "takes one"}});
    return all.back();
}

/// Replacing a database destroys what is in it: judged like every such step, and asked for. The error that it
/// ends with; nullopt where it may go.
std::optional<Error> may_replace(const Session& session, GatheredUnit one, const Target& target,
                                 const Backup& backup, const Redactor& redactor) {
    if (auto error = cannot_switch(target)) return error;
    Prepared prepared;
    prepared.request = one.request;
    prepared.request.verb = Verb::reset;
    UnitPlan plan;
    plan.unit = one.result.unit.id;
    plan.verb = prepared.request.verb;
    plan.environment = one.request.environment;
    plan.targets = {target};
    plan.command = {"restore", backup.id, "--over"};
    plan.verified = "direct";
    Step step;
    step.n = 1;
    step.target = target.name;
    step.purpose = fmt::format("replace the database by {} of {}", backup.id, rfc3339(backup.taken_at));
    step.action = ExecuteSql{.label = step.purpose};
    step.risk = Risk::destroy;
    plan.steps = {std::move(step)};
    add_live(plan, one);
    prepared.plan.verb = plan.verb;
    prepared.plan.environment = plan.environment;
    prepared.plan.root = session.root.string();
    prepared.result.command = "restore";
    prepared.result.units = {one.result};
    prepared.units.push_back(std::move(one));
    UnitResult& unit = prepared.result.units.front();
    unit.error.reset();
    unit.plan = std::move(plan);
    identify(prepared);
    Consent consent = consent_of(*session.parsed);
    judge_all(session, prepared, consent, redactor);
    obtain_consent(session, prepared, consent);
    if (unit.error) log_outcome(session, prepared);
    return unit.error;
}

/// What is printed behind a restoration.
std::string text_of(const Session& session, const UnitResult& unit, const Target& target,
                    const Backup& backup, const Restored& restored, const std::string& replaced) {
    std::string text = session.out.bold(unit.unit.id) + "\n";
    text +=
        fmt::format("  {} {}  of {}\n", session.out.green("restored"), backup.id, rfc3339(backup.taken_at));
    if (!replaced.empty())
        return text + fmt::format("  over     {}\n  kept     what was there, as {}\n", target_text(target),
                                  replaced);
    text += fmt::format("  into     {}\n  {} is as it was\n", restored.shown, target_text(target));
    if (restored.switch_over.empty())
        text +=
            "  databases cannot be renamed there: to switch, let the project's URL name the restored one\n";
    return text + next_text(restored.switch_over, session.out);
}

int restore(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "restore", session.error());
    CommandResult result;
    result.command = "restore";
    result.environment = session->environment;
    Redactor redactor;
    auto units = units_of(*session, redactor, result);
    if (!units) return finish(*session, "restore", units.error());
    if (units->size() != 1)
        return finish(*session, "restore",
                      Error{"unit.ambiguous",
                            fmt::format("restore needs one unit, and {} are chosen", units->size()),
                            "Nothing was done. -u names it.",
                            {}});
    UnitResult unit = units->front().result;
    auto target = one_target(unit);
    if (!target) return finish(*session, "restore", target.error());
    auto backup = backup_for(*session, *target, unit.unit.id, parsed.positional(0));
    if (!backup) return finish(*session, "restore", backup.error());
    const bool over = parsed.given("over");
    if (over)
        if (auto error = may_replace(*session, std::move(units->front()), *target, *backup, redactor))
            return finish(*session, "restore", *error);
    const std::string suffix = compact_time(now_seconds());
    LogEntry entry = log_entry(*session, "restore", unit);
    entry.detail = backup->id + " into " + name_beside(*target, suffix);
    if (auto error = log_start(*session, entry)) return finish(*session, "restore", *error);
    auto restored = restore_beside(*target, *backup, suffix, programs_of(*session, redactor));
    Result<std::string> replaced = std::string();
    if (restored && over) replaced = switch_over(*target, *restored, suffix);
    const Error* error = !restored ? &restored.error() : !replaced ? &replaced.error() : nullptr;
    entry.outcome = error != nullptr ? "failed" : "done";
    entry.detail = backup->id + " " +
                   (error != nullptr ? error->code
                    : over           ? "over; kept as " + *replaced
                                     : restored->shown);
    write_log(*session, {entry}, result.errors);
    if (error != nullptr) return finish(*session, "restore", *error);

    const std::string text = text_of(*session, unit, *target, *backup, *restored, *replaced);
    Json document{{"backup", to_json(*backup)},
                  {"into", over ? display(target->connection) : restored->shown}};
    if (over)
        document["replaced"] = *replaced;
    else
        unit.next = restored->switch_over;
    result.units.push_back(std::move(unit));
    return finish_with(*session, result, {{"restored", std::move(document)}}, text);
}

}  // namespace

constinit const Command restore_command{
    .name = "restore",
    .group = Group::database,
    .summary = "restore a backup beside the database",
    .description =
        "Checks a backup and restores it into a new database beside the one that it was taken from: nothing "
        "that is there is touched. Prints the command that makes the restored one the one in use, or with "
        "--over does it: judged as destroying the database, although that stays beside under another name.",
    .positionals = kId,
    .options = kOptions,
    .shared = kShared,
    .examples = kExamples,
    .run = restore,
};

}  // namespace migrate
