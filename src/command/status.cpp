#include <algorithm>
#include <array>

#include "command/flow.hpp"
#include "command/native_status.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kUnitOptions, &kEnvironmentOptions};
constexpr std::array kStatusShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions};
constexpr Option kOptions[] = {
    {.name = "full", .help = "list all applied migrations"},
    {.name = "native", .help = "ask the tool itself; judged as a change where its command writes"},
    kExitCodeOption};
constexpr Example kStatusExamples[] = {
    {"migrate status", "what is applied and pending in the unit at or above the current directory"},
    {"migrate status --all --exit-code", "all units; ends with 3 when one is not current"},
    {"migrate status --native -u api", "what the tool itself says"},
};
constexpr Example kHistoryExamples[] = {{"migrate history -u ledger", "what was applied when, newest first"}};

/// What is half done is understood by `resolve`.
void add_resolve(UnitResult& unit) {
    auto stopped = [](const TargetStatus& target) {
        return !target.history.failed.empty() || !target.history.half_done.empty();
    };
    if (std::any_of(unit.targets.begin(), unit.targets.end(), stopped))
        unit.next.push_back({By::you,
                             {"migrate", "resolve", "-u", unit.unit.id},
                             "",
                             "what is there of it, and the ways out; changes nothing"});
}

/// Reads the histories of the chosen units. `status` and `history` are two ways to show the same.
Result<CommandResult> read(const Session& session, Verb verb) {
    CommandResult result;
    result.command = std::string(to_string(verb));
    result.environment = session.environment;
    auto selection = selected(session);
    if (!selection) return tl::unexpected(selection.error());
    GatherSettings settings = gather_settings(session);
    Request request;
    request.verb = verb;
    Redactor redactor;
    for (auto& one : gather(selection->units, request, settings, redactor, result.errors)) {
        skip_unable(one.result, one.selected.named);
        if (verb == Verb::status) add_resolve(one.result);
        result.units.push_back(std::move(one.result));
    }
    return result;
}

bool all_current(const CommandResult& result) {
    for (const auto& unit : result.units)
        if (unit.skipped.empty() && unit.state != State::current) return false;
    return true;
}

int show(const Invocation& invocation, const ParsedCommand& parsed, Verb verb) {
    const std::string command(to_string(verb));
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, command, session.error());
    auto result = parsed.given("native") ? ask_the_tools(*session) : read(*session, verb);
    if (!result) return finish(*session, command, result.error());
    bool full = verb == Verb::history || parsed.given("full");
    if (verb == Verb::status && parsed.given("exit-code") && !all_current(*result)) result->exit = 3;
    std::string text = verb == Verb::history ? history_text(*result, session->out)
                                             : status_text(*result, full, session->out);
    return finish(*session, *result, {.history = full}, text);
}

int status(const Invocation& invocation, const ParsedCommand& parsed) {
    return show(invocation, parsed, Verb::status);
}
int history(const Invocation& invocation, const ParsedCommand& parsed) {
    return show(invocation, parsed, Verb::history);
}

}  // namespace

constinit const Command status_command{
    .name = "status",
    .group = Group::look,
    .summary = "applied, pending, failed, edited ... per unit",
    .description =
        "Reads each unit's history over a read-only connection of its own and compares it with the files. "
        "Writes nothing, ever. With --native the tool itself is asked, which for Knex, TypeORM and "
        "sequelize-cli "
        "creates their history tables where they are missing.",
    .options = kOptions,
    .shared = kStatusShared,
    .examples = kStatusExamples,
    .run = status,
};

constinit const Command history_command{
    .name = "history",
    .group = Group::look,
    .summary = "applied migrations with times, newest first",
    .description = "What each unit's history table says, newest first; as JSON in the order of application.",
    .shared = kShared,
    .examples = kHistoryExamples,
    .run = history,
};

}  // namespace migrate
