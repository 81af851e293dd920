#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/request.hpp"
#include "command/table.hpp"
#include "plan/make.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr std::array kShared{&kVerbOptions, &kUnitOptions, &kEnvironmentOptions};
constexpr Positional kWords[] = {
    {.name = "VERB", .help = "the verb to explain; without it: what each verb is for each unit"},
    {.name = "NAME", .help = "for generate: the migration's name"}};
constexpr Option kOptions[] = {{.name = "target", .help = "which database, which level, on what evidence"}};
constexpr Example kExamples[] = {
    {"migrate explain run -u apps/web", "the native command line that `migrate run` becomes there, and why"},
    {"migrate explain", "native, built-in or unsupported: every verb of every unit chosen"},
    {"migrate explain --target",
     "which database each unit would touch, and what makes it local or production"},
};

std::string target_evidence(const CommandResult& result, const Paint& paint) {
    std::string text;
    for (const auto& unit : result.units) {
        text += paint.bold(unit.unit.id) + "\n";
        if (unit.error) text += error_text(*unit.error, paint);
        for (const auto& status : unit.targets) {
            const Target& target = status.target;
            text += fmt::format("  {}  {}{}\n", target_text(target), paint.bold(to_string(target.level)),
                                is_protected(target.level) ? " (protected)" : "");
            text += fmt::format("    {:<22}{}{}\n", "read from", target.source,
                                target.variable.empty() ? "" : " (" + target.variable + ")");
            for (const auto& one : target.evidence)
                text += fmt::format("    {:<22}{}  {}\n", one.code, one.text, paint.dim(one.source));
        }
    }
    return text;
}

std::string cells(const Unit& unit, const Paint& paint) {
    std::string text = paint.bold(unit.id) + "\n";
    std::vector<std::vector<std::string>> rows;
    const Adapter& adapter = adapter_of(unit.tool);
    for (Verb verb : all_verbs()) {
        const Row* row = support(adapter, verb, unit.version);
        if (!row) continue;
        std::string what(row->how == How::native ? fmt::format("{} {}", adapter.program, row->argv)
                                                 : row->note);
        rows.push_back({"  " + std::string(to_string(verb)), std::string(to_string(row->how)),
                        std::string(to_string(row->risk)), what});
    }
    return text + table(rows);
}

int explain_target(const Session& session, CommandResult& result, const Selection& selection) {
    Request request;
    request.verb = Verb::status;
    Redactor redactor;
    GatherSettings settings = gather_settings(session);
    settings.read_histories = false;
    settings.ask_live = true;
    for (auto& one : gather(selection.units, request, settings, redactor, result.errors))
        result.units.push_back(std::move(one.result));
    return finish(session, result, {}, target_evidence(result, session.out));
}

/// Why each step stands there: the row's note, where it has one.
std::string notes_of(const Prepared& prepared, const Paint& paint) {
    std::string text;
    for (const auto& unit : prepared.result.units) {
        const Row* row = support(adapter_of(unit.unit.tool), prepared.request.verb, unit.unit.version);
        if (row && !row->note.empty())
            text += fmt::format("{} {}{}\n", paint.dim("why:"), row->note,
                                row->source.empty() ? "" : paint.dim(fmt::format("  ({})", row->source)));
    }
    return text;
}

/// What the verb becomes where its database is not known: the steps all the same.
std::string steps_without_target(const Prepared& prepared, const Paint& paint) {
    std::string text;
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        const GatheredUnit& one = prepared.units[i];
        const UnitResult& result = prepared.result.units[i];
        if (result.plan || !result.error || !result.error->code.starts_with("target.")) continue;
        auto plan = make_plan(one.selected.unit, one.request, one.facts);
        if (!plan || plan->steps.empty()) continue;
        text += fmt::format("{}: with a database it becomes\n", one.selected.unit.id);
        text += steps_text(*plan, paint);
    }
    return text;
}

int explain(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "explain", session.error());
    CommandResult result;
    result.command = "explain";
    result.environment = session->environment;
    auto word = parsed.positional(0);
    if (!word || parsed.given("target")) {
        auto selection = selected(*session);
        if (!selection) return finish(*session, "explain", selection.error());
        if (parsed.given("target")) return explain_target(*session, result, *selection);
        if (session->json()) {
            Json document = envelope(result, {});
            for (const auto& one : selection->units) document["units"].push_back(detected_json(one.unit));
            fmt::print("{}", dump(document));
            return 0;
        }
        for (const auto& one : selection->units) fmt::print("{}", cells(one.unit, session->out));
        return 0;
    }
    auto verb = verb_from(*word);
    if (!verb) return finish(*session, "explain", Error{"usage", "no verb is called " + *word, "", {}});
    auto request =
        request_of(parsed, *verb, parsed.positional(1).value_or(*verb == Verb::generate ? "NAME" : ""));
    if (!request) return finish(*session, "explain", request.error());
    request->now = "{now}";
    Redactor redactor;
    // Explaining one verb for many units changes nothing, so several are fine.
    auto prepared = prepare(*session, *request, {}, redactor);
    if (!prepared) return finish(*session, "explain", prepared.error());
    prepared->result.command = "explain";
    prepared->result.plan_id.clear();
    return finish(*session, prepared->result, {.plan = true},
                  plan_text(prepared->result, session->out) + steps_without_target(*prepared, session->out) +
                      notes_of(*prepared, session->out));
}

}  // namespace

constinit const Command explain_command{
    .name = "explain",
    .group = Group::look,
    .summary = "the native command line a verb becomes, and why",
    .description =
        "Shows for each unit what a verb becomes there: the exact native command line or the built-in steps. "
        "With --target: which database would be touched, its level, and all the evidence for it.",
    .positionals = kWords,
    .options = kOptions,
    .shared = kShared,
    .examples = kExamples,
    .run = explain,
};

}  // namespace migrate
