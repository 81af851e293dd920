// Whole command lines against a production database: whatever is typed, by whomever, with whatever in the
// repository and in the environment, nothing that could lose data is started, and nothing is changed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/e2e/guarantee/projects.hpp"

using namespace migrate;
using test::GuardedProject;
using test::Knowledge;
using test::Ran;
using test::Words;
using Env = std::map<std::string, std::string>;

namespace {

/// Who types, and what stands in the environment.
struct Caller {
    std::string_view name;
    Env environment;
    bool at_terminal = false;
    std::string_view typed;  ///< "NAME" is replaced by the database's name
};

/// What is typed, where no approval was given: everything that changes something or might.
std::vector<Words> commands_of(const Knowledge& known) {
    const std::string first(known.first), second(known.second);
    std::vector<Words> commands{
        {"run"},
        {"up"},
        {"run", "--to", second},
        {"run", "--steps", "1"},
        {"rollback"},
        {"down"},
        {"rollback", "--steps", "9"},
        {"rollback", "--to", first},
        {"rollback", "--batch"},
        {"redo"},
        {"seed"},
        {"reset"},
        {"push"},
        {"pull"},
        {"baseline"},
        {"baseline", "--to", second},
        {"resolve"},
        {"resolve", "--applied", second},
        {"resolve", "--rolled-back", first},
        {"resolve", "--forget", first},
        {"resolve", "--edited", first},
        {"resolve", "--resume"},
        {"resolve", "--unlock"},
        {"generate", "wider"},
        {"generate", "wider", "--empty"},
        {"diff"},
        {"setup"},
        {"deploy"},
        {"mark", "scratch"},
        {"mark", "development"},
        {"mark", "staging"},
        {"unfreeze"},
        {"restore"},
        {"restore", "--over"},
        {"status"},
        {"status", "--native"},
        {"history"},
        {"doctor"},
        {"plan", "reset"},
        {"plan", "run", "--sql"},
        {"apply", "p_0123456789abcdef"},
        {"approve", "p_0123456789abcdef"},
    };
    return commands;
}

std::vector<Words> flags_of(const std::string& database) {
    return {{},
            {},
            {"--yes"},
            {"--confirm", database},
            {"--confirm=" + database, "--yes"},
            {"--yes", "--env", "development"},
            {"--yes", "--env", "test"},
            {"--yes", "--env", "local"},
            {"--confirm", database, "--env", "production"},
            {"--yes", "--url-env", "OTHER_URL"},
            {"--yes", "--all"},
            {"--yes", "--no-input"},
            {"--yes", "--continue", "always"},
            {"--yes", "--timeout", "30s"},
            {"--yes", "--json"},
            {"--yes", "--events"},
            {"--yes", "--jobs", "8"},
            {"--yes", "--", "--force"},
            {"--confirm", database, "--", "--force-reset", "--accept-data-loss"},
            {"--yes", "--", "--all"},
            {"--yes", "--", "--noinput"},
            {"--force"},
            {"--yes", "--level", "scratch"}};
}

const std::vector<Caller>& callers() {
    static const std::vector<Caller> all{
        {"nobody", {}, false, ""},
        {"an agent", {{"CLAUDECODE", "1"}}, false, ""},
        {"an agent at a terminal", {{"CURSOR_AGENT", "1"}}, true, "NAME\ny\nNAME\n"},
        {"a pipeline", {{"CI", "true"}, {"GITHUB_ACTIONS", "true"}}, false, ""},
        {"a person who says yes", {}, true, "y\ny\nyes\n"},
        {"a person who types the name", {}, true, "NAME\nNAME\n"},
        {"a test suite",
         {{"NODE_ENV", "test"}, {"FLASK_ENV", "development"}, {"DJANGO_DEBUG", "1"}},
         false,
         ""},
        {"one with the tools' own consent",
         {{"PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION", "yes, drop it"},
          {"FLYWAY_CLEAN_DISABLED", "false"},
          {"FLYWAY_CONFIG_FILES", "flyway.toml"},
          {"npm_config_yes", "true"}},
         false,
         ""},
        {"one who tries variables",
         {{"MIGRATE_ENV", "development"},
          {"MIGRATE_YES", "1"},
          {"MIGRATE_FORCE", "1"},
          {"MIGRATE_LEVEL", "scratch"},
          {"MIGRATE_POLICY", "/dev/null"}},
         false,
         ""},
        {"one who names another environment", {{"MIGRATE_ENV", "test"}}, false, ""},
    };
    return all;
}

std::string quoted(const Words& words) {
    std::string list;
    for (const auto& word : words) {
        std::string escaped;
        for (const char c : word)
            escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        list += (list.empty() ? "" : ", ") + ("\"" + escaped + "\"");
    }
    return "[" + list + "]";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// What a repository may try to say.
std::string configuration(const Knowledge& known, std::mt19937& random) {
    const std::string unit = fmt::format("[[unit]]\npath = \".\"\ntool = \"{}\"\n", known.tool);
    const Words& command = known.dangerous[random() % known.dangerous.size()];
    constexpr std::string_view kVerbs[] = {"run", "rollback", "seed", "generate", "reset", "status"};
    const std::string_view verb = kVerbs[random() % std::size(kVerbs)];
    switch (random() % 9) {
        case 0:
            return unit + fmt::format("commands.{} = {}\n", verb, quoted(command));
        case 1:
            return unit + fmt::format("commands.{} = [\"npm\", \"run\", \"db:one\"]\n", verb);
        case 2:
            return unit + fmt::format("commands.{} = {}\n", verb,
                                      quoted({"sh", "-c", fmt::format("{}", fmt::join(command, " "))}));
        case 3:
            return "[environments.development]\nlevel = \"scratch\"\n";
        case 4:
            return "[environments.test]\nurl_env = \"DATABASE_URL\"\n" + unit;
        case 5:
            return "[defaults]\nenv = \"test\"\n";
        case 6:
            return "[policy]\nallow = \"everything\"\n";
        default:
            return "";
    }
}

std::size_t number_of(const char* name, std::size_t otherwise) {
    const char* given = std::getenv(name);
    return given != nullptr ? std::strtoul(given, nullptr, 10) : otherwise;
}

/// Word by word: "python -" is no beginning of "python -m alembic".
bool is_harmless(const Knowledge& known, const std::string& line) {
    return std::any_of(known.harmless.begin(), known.harmless.end(), [&](std::string_view beginning) {
        return (line + " ").starts_with(std::string(beginning) + " ");
    });
}

/// Rows of the history alone, copied out before: that is a person's to do who names the database.
bool may_repair_the_history(const Caller& caller, const Words& typed, const std::string& database) {
    if (!caller.at_terminal || !caller.environment.empty()) return false;
    if (typed.front() != "resolve" && typed.front() != "baseline") return false;
    return caller.typed.find("NAME") != std::string_view::npos ||
           std::any_of(typed.begin(), typed.end(),
                       [&](const std::string& word) { return word.ends_with(database); });
}

/// One combination, typed.
void attempt(GuardedProject& project, const Words& typed, const Caller& caller,
             const std::string& configuration, const std::string& content) {
    Env environment = project.environment;
    environment["OTHER_URL"] = environment["DATABASE_URL"];
    for (const auto& [name, value] : caller.environment) environment[name] = value;
    if (configuration.empty())
        std::filesystem::remove(project.tree.path("migrate.toml"));
    else
        project.tree.write("migrate.toml", configuration);
    const Ran ran = caller.at_terminal
                        ? test::migrate_as_person(
                              project.tree, typed,
                              replaced(std::string(caller.typed), "NAME", project.database), environment)
                        : test::migrate_in(project.tree, typed, environment);
    const std::string what = fmt::format("{} types: migrate {}\nmigrate.toml:\n{}\n{}", caller.name,
                                         fmt::join(typed, " "), configuration, all_of(ran));
    for (const auto& line : project.started())
        CHECK_MESSAGE(is_harmless(project.known, line), "started: " << line << "\n" << what);
    CHECK_MESSAGE(project.content() == content, what);
    // A tool that has no such command takes no part.
    if (typed.front() == "reset" || typed.front() == "push")
        CHECK_MESSAGE((ran.status != 0 || says(ran, "skipped")), what);
}

}  // namespace

TEST_CASE("whatever is typed, nothing that loses data is started on production, and nothing changes") {
    const auto seed = static_cast<unsigned>(number_of("MIGRATE_TEST_SEED", 20240101));
    const std::size_t combinations = number_of("MIGRATE_TEST_COMBINATIONS", 15);
    std::size_t turn = 0;
    for (const Knowledge& known : test::knowledge()) {
        CAPTURE(known.tool);
        CAPTURE(seed);
        GuardedProject project(known);
        const std::string content = project.content();
        const auto commands = commands_of(known);
        const auto flags = flags_of(project.database);
        const std::string package = project.tree.read("package.json");
        std::mt19937 random(seed);
        for (std::size_t i = 0; i < combinations; ++i) {
            const Words& hidden = known.dangerous[random() % known.dangerous.size()];
            project.tree.write("package.json",
                               replaced(package, "SCRIPT", fmt::format("{}", fmt::join(hidden, " "))));
            // All commands in turn, each tool from another one on, so that few combinations leave none out.
            Words typed = commands[(turn++ * 7 + seed) % commands.size()];
            const Words& more = flags[random() % flags.size()];
            typed.insert(typed.end(), more.begin(), more.end());
            const Caller& caller = callers()[random() % callers().size()];
            if (may_repair_the_history(caller, typed, project.database)) continue;
            attempt(project, typed, caller, configuration(known, random), content);
        }
    }
}

TEST_CASE("on a local database of the same shape the same programs are started") {
    for (const Knowledge& known : test::knowledge()) {
        // MongoDB is read by the tool itself, and what stands in its place here has nothing to say.
        if (known.tool == "migrate-mongo") continue;
        CAPTURE(known.tool);
        GuardedProject project(known, "local");
        const std::string content = project.content();
        const Ran ran = test::migrate_in(project.tree, {"run", "--yes"}, project.environment);
        const auto lines = project.started();
        const bool changes = std::any_of(lines.begin(), lines.end(),
                                         [&](const std::string& line) { return !is_harmless(known, line); });
        CHECK_MESSAGE((known.tool == "sql" ? project.content() != content : changes), all_of(ran));
    }
}
