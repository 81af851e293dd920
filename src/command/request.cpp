#include "command/request.hpp"

#include <fmt/format.h>

#include <array>

namespace migrate {

namespace {

constexpr Option kTo{.name = "to",
                     .kind = ValueKind::text,
                     .value = "ID",
                     .excludes = "steps",
                     .help = "up to and including this migration; a rollback leaves it applied"};
constexpr Option kStepsOption{
    .name = "steps", .kind = ValueKind::number, .value = "N", .help = "so many migrations"};
constexpr Option kBatch{
    .name = "batch", .excludes = "to steps", .help = "everything that the last run applied"};
constexpr Option kEmpty{.name = "empty", .help = "a blank migration, not one from the models"};
constexpr Option kApp{
    .name = "app", .kind = ValueKind::text, .value = "APP", .help = "Django: the app; Alembic: the branch"};
constexpr Option kAnswer{.name = "answer",
                         .kind = ValueKind::text,
                         .value = "TEXT",
                         .repeatable = true,
                         .help = "the answer to a question that the native tool would ask"};
constexpr Option kApplied{.name = "applied",
                          .kind = ValueKind::text,
                          .value = "ID",
                          .help = "record it as applied: it was finished by hand"};
constexpr Option kRolledBack{.name = "rolled-back",
                             .kind = ValueKind::text,
                             .value = "ID",
                             .help = "record it as not applied: it was undone by hand"};
constexpr Option kUndo{.name = "undo",
                       .kind = ValueKind::text,
                       .value = "ID",
                       .help = "drop what a half-done migration has made: tables, columns, indexes"};
constexpr Option kEdited{
    .name = "edited", .kind = ValueKind::text, .value = "ID", .help = "take an edited file as it is now"};
constexpr Option kRenamed{.name = "renamed",
                          .kind = ValueKind::text,
                          .value = "OLD=NEW",
                          .help = "the file of an applied migration has another name"};
constexpr Option kForget{.name = "forget",
                         .kind = ValueKind::text,
                         .value = "ID",
                         .help = "drop the row of a migration whose file is gone"};
constexpr Option kResume{.name = "resume", .help = "go on with the statement behind the last one done"};
constexpr Option kUnlock{.name = "unlock", .help = "free the lock that a killed run of the tool left"};

constexpr std::array kSteps{kTo, kStepsOption, kApp};
constexpr std::array kRollback{kTo, kStepsOption, kBatch, kApp};
constexpr std::array kGenerate{kEmpty, kApp, kAnswer};
constexpr std::array kResolve{kUndo, kApplied, kRolledBack, kEdited, kRenamed, kForget, kResume, kUnlock};
constexpr std::array kAll{kTo,      kStepsOption, kBatch,  kEmpty,   kApp,    kAnswer, kUndo,
                          kApplied, kRolledBack,  kEdited, kRenamed, kForget, kResume, kUnlock};

}  // namespace

constinit const OptionSet kStepOptions{"Options", kSteps};
constinit const OptionSet kRollbackOptions{"Options", kRollback};
constinit const OptionSet kGenerateOptions{"Options", kGenerate};
constinit const OptionSet kResolveOptions{"Options", kResolve};
constinit const OptionSet kVerbOptions{"Of the verb", kAll};

Result<Request> request_of(const ParsedCommand& parsed, Verb verb, const std::string& name) {
    Request request;
    request.verb = verb;
    request.name = name;
    request.to = parsed.value("to");
    request.steps = parsed.number("steps");
    request.batch = parsed.given("batch");
    request.empty = parsed.given("empty");
    request.app = parsed.value("app").value_or("");
    request.answers = parsed.values("answer");
    request.applied = parsed.value("applied");
    request.rolled_back = parsed.value("rolled-back");
    request.undo = parsed.value("undo");
    request.edited = parsed.value("edited");
    request.forget = parsed.value("forget");
    request.resume = parsed.given("resume");
    request.unlock = parsed.given("unlock");
    request.native_args = parsed.native_args;
    if (auto renamed = parsed.value("renamed")) {
        auto equals = renamed->find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == renamed->size())
            return fail("usage", "--renamed takes OLD=NEW", "Nothing was changed.");
        request.renamed_from = renamed->substr(0, equals);
        request.renamed_to = renamed->substr(equals + 1);
    }
    if (request.to && request.to->empty())
        return fail("usage", "--to needs the id of a migration", "`migrate status` lists them.");
    if (verb == Verb::generate && name.empty())
        return fail("usage", "generate needs a name for the migration",
                    "For example: migrate generate add_posts");
    return request;
}

std::map<std::string, std::string> plan_options(const Request& request) {
    std::map<std::string, std::string> options;
    auto set = [&](const char* name, const std::optional<std::string>& value) {
        if (value) options[name] = *value;
    };
    auto flag = [&](const char* name, bool given) {
        if (given) options[name] = "true";
    };
    if (!request.name.empty()) options["name"] = request.name;
    if (request.steps) options["steps"] = std::to_string(*request.steps);
    if (!request.app.empty()) options["app"] = request.app;
    set("to", request.to);
    set("applied", request.applied);
    set("rolled-back", request.rolled_back);
    set("undo", request.undo);
    set("edited", request.edited);
    set("forget", request.forget);
    if (request.renamed_from) options["renamed"] = *request.renamed_from + "=" + *request.renamed_to;
    flag("batch", request.batch);
    flag("empty", request.empty);
    flag("resume", request.resume);
    flag("unlock", request.unlock);
    for (std::size_t i = 0; i < request.answers.size(); ++i)
        options[fmt::format("answer.{}", i)] = request.answers[i];
    return options;
}

std::vector<std::string> arguments_of(const Request& request, const ParsedCommand& parsed,
                                      const Selection& selection) {
    std::vector<std::string> arguments{std::string(to_string(request.verb))};
    for (const auto& [name, value] : plan_options(request)) {
        if (name == "name") continue;
        std::string option = "--" + name.substr(0, name.find('.'));
        bool is_flag = name == "batch" || name == "empty" || name == "resume" || name == "unlock";
        arguments.push_back(is_flag ? option : option + "=" + value);
    }
    for (const auto& one : selection.units)
        arguments.push_back("--unit=" + one.unit.id + (one.target.empty() ? "" : "@" + one.target));
    for (const char* name : {"env", "url-env"})
        if (auto value = parsed.value(name)) arguments.push_back(fmt::format("--{}={}", name, *value));
    if (!request.name.empty()) arguments.push_back(request.name);
    if (!request.native_args.empty()) arguments.emplace_back("--");
    arguments.insert(arguments.end(), request.native_args.begin(), request.native_args.end());
    return arguments;
}

}  // namespace migrate
