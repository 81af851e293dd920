#include <fmt/format.h>

#include <array>

#include "base/files.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "plan/make.hpp"
#include "report/text.hpp"

namespace migrate {

namespace {

constexpr Positional kTool[] = {
    {.name = "TOOL",
     .kind = ValueKind::choice,
     .required = true,
     .choices = "prisma|drizzle|knex|typeorm|sequelize|alembic|django|flyway|migrate-mongo|sql",
     .help = "the tool to start with"}};
constexpr Option kOptions[] = {
    {.name = "path",
     .kind = ValueKind::directory,
     .value = "DIR",
     .help = "the directory to start in, relative to the root (default: the current one)"},
    {.name = "dry-run", .help = "print the files that would be written, write nothing"}};
constexpr Example kExamples[] = {
    {"migrate init sql", "starts a folder of SQL migrations in the current directory"},
    {"migrate init prisma --dry-run", "shows what it would write for Prisma"},
};

/// The [[unit]] entry that goes to the end of migrate.toml.
std::string entry_of(const Unit& unit, const std::string& name) {
    return fmt::format("\n[[unit]]\nid = \"{}\"\npath = \"{}\"\ntool = \"{}\"\n", name, unit.root,
                       to_string(unit.tool));
}

std::string name_for(const Session& session, const Unit& unit) {
    std::string base = unit.root == "." ? session.root.filename().string()
                                        : std::filesystem::path(unit.root).filename().string();
    for (char& c : base)
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = '-';
    std::string name = base;
    auto taken = [&] {
        for (const auto& entry : session.config.units)
            if (entry.id == name) return true;
        return false;
    };
    for (int i = 2; taken(); ++i) name = fmt::format("{}-{}", base, i);
    return name;
}

/// Where it shall start, relative to the root: --path, else the current directory.
Result<std::string> place_of(const Session& session) {
    auto given = session.parsed->value("path");
    if (!given) return session.current;
    std::error_code problem;
    std::string path = std::filesystem::canonical(session.root / *given, problem)
                           .lexically_relative(session.root)
                           .generic_string();
    if (problem || !std::filesystem::is_directory(session.root / path) || path.empty() || path == ".." ||
        path.starts_with("../"))
        return fail("usage", "--path " + *given + " is no directory of this repository",
                    "It counts from the root, " + session.root.string() + '.');
    return path;
}

int init(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "init", session.error());
    Tool tool = *tool_from(parsed.positional(0).value_or("sql"));
    auto place = place_of(*session);
    if (!place) return finish(*session, "init", place.error());
    Unit unit = bare_unit(session->root, tool, *place);
    for (const auto& known : session->scan.units)
        if (known.root == unit.root && known.tool == tool)
            return finish(*session, "init",
                          Error{"unit.exists",
                                fmt::format("{} is there already", known.id),
                                "Nothing was written.",
                                {{By::you, {"migrate", "status", "-u", known.id}, "", ""}}});
    Request request;
    request.verb = Verb::init;
    request.now = "{now}";
    Facts facts;
    facts.root = session->root;
    auto plan = make_plan(unit, request, facts);
    CommandResult result;
    result.command = "init";
    result.environment = session->environment;
    UnitResult one;
    one.unit = unit;
    one.state = State::uninitialised;
    if (!plan) {
        one.error = plan.error();
        result.units.push_back(std::move(one));
        return finish(*session, result, {}, outcome_text(result, session->out));
    }
    one.plan = std::move(*plan);
    if (parsed.given("dry-run")) {
        result.units.push_back(std::move(one));
        return finish(*session, result, {.plan = true}, plan_text(result, session->out));
    }
    Redactor redactor;
    ExecuteSettings settings;
    settings.root = session->root;
    settings.state_dir = session->state_dir;
    settings.env = &session->env();
    settings.redactor = &redactor;
    settings.now = compact_time(now_seconds());
    execute(
        one, {}, [](const Target&) { return History{}; }, settings);
    if (!one.error) {
        auto file = session->root / "migrate.toml";
        auto written =
            write_file(file, read_file(file).value_or("") + entry_of(unit, name_for(*session, unit)));
        if (!written)
            one.error = written.error();
        else
            one.files.emplace_back("migrate.toml");
    }
    const Row* row = support(adapter_of(tool), Verb::init, unit.version);
    if (row && !row->note.empty()) one.text = fmt::format("  {}\n", row->note);
    one.next.push_back({By::you, {"migrate", "generate", "NAME"}, "", "writes the next migration"});
    result.next = one.next;
    result.units.push_back(std::move(one));
    return finish(*session, result, {.outcome = true}, outcome_text(result, session->out));
}

}  // namespace

constinit const Command init_command{
    .name = "init",
    .group = Group::files,
    .summary = "start migrations where there are none",
    .description =
        "Writes the files that a tool needs to start in the current directory, and a [[unit]] entry in "
        "migrate.toml. Installs nothing; prints the line that does.",
    .positionals = kTool,
    .options = kOptions,
    .examples = kExamples,
    .run = init,
};

}  // namespace migrate
