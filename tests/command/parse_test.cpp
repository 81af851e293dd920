#include "command/parse.hpp"

#include "command/foreign.hpp"
#include "command/options.hpp"
#include "command/table.hpp"

using namespace migrate;
using Words = std::vector<std::string>;

namespace {

constexpr Option kOptions[] = {
    {.name = "to", .kind = ValueKind::text, .value = "ID", .excludes = "steps", .help = "up to ID"},
    {.name = "steps", .kind = ValueKind::number, .value = "N", .help = "so many"},
    {.name = "batch", .help = "the last batch"},
};
constexpr Positional kPositionals[] = {
    {.name = "NAME", .required = true, .help = "what it is called"},
    {.name = "KIND", .kind = ValueKind::choice, .choices = "red|green", .help = "its colour"},
};
const OptionSet* const kShared[] = {&kUnitOptions, &kEnvironmentOptions, &kRunOptions};
const Command kVerb{.name = "roll", .options = kOptions, .shared = kShared, .native_args = "ARGS"};
const Command kNamed{.name = "make", .positionals = kPositionals, .shared = kShared};

ParsedCommand parsed(const Words& words, const Command& command = kVerb) {
    auto result = parse_arguments(command, words);
    if (!result) FAIL(result.error().message);
    return *result;
}

Error error(const Words& words, const Command& command = kVerb) {
    auto result = parse_arguments(command, words);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "usage");
    return result.error();
}

Error line_error(Words words) {
    words.insert(words.begin(), "migrate");
    auto result = parse_command_line(words);
    REQUIRE_FALSE(result);
    CHECK(exit_status(result.error().code) == 2);
    return result.error();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("options are read in every usual spelling") {
    CHECK(parsed({"--to", "x"}).value("to") == "x");
    CHECK(parsed({"--to=x"}).value("to") == "x");
    CHECK(parsed({"--to=--x"}).value("to") == "--x");
    CHECK(parsed({"-u", "api"}).values("unit") == Words{"api"});
    CHECK(parsed({"-uapi"}).values("unit") == Words{"api"});
    CHECK(parsed({"-qu", "api"}).values("unit") == Words{"api"});
    CHECK(parsed({"-qu", "api"}).given("quiet"));
    CHECK(parsed({"--unit", "a", "-u", "!b", "-u=./apps/*"}).values("unit") == Words{"a", "!b", "./apps/*"});
    CHECK_FALSE(parsed({}).given("batch"));
    CHECK(parsed({"--batch", "--batch"}).given("batch"));
    CHECK_FALSE(parsed({}).value("to"));
    CHECK_FALSE(parsed({}).value("no such option"));
}

TEST_CASE("an option takes one value and leaves the next word alone") {
    CHECK(error({"-u", "api", "web"}).message == "migrate roll: unexpected argument \"web\"");
    auto made = parsed({"-u", "api", "add_users", "--env", "test"}, kNamed);
    CHECK(made.positional(0) == "add_users");
    CHECK(made.value("env") == "test");
}

TEST_CASE("a value that may be left out is only taken after the equals sign") {
    auto affected = parsed({"--affected", "add_users"}, kNamed);
    CHECK(affected.given("affected"));
    CHECK(affected.value("affected") == "");
    CHECK(affected.positional(0) == "add_users");
    CHECK(parsed({"--affected=main"}).value("affected") == "main");
    CHECK(parsed({"--color"}).value("color") == "");
    CHECK(parsed({"--color=never"}).value("color") == "never");
}

TEST_CASE("numbers, durations and choices are checked before anything runs") {
    CHECK(parsed({"--steps", "3"}).number("steps") == 3);
    CHECK(parsed({"--wait", "5m"}).duration("wait") == std::chrono::minutes(5));
    CHECK(has(error({"--steps", "0"}).message, "--steps takes a number from 1, not \"0\""));
    CHECK(has(error({"--steps", "3x"}).message, "--steps takes a number"));
    CHECK(has(error({"--steps", "99999999999"}).message, "--steps takes a number"));
    CHECK(has(error({"--wait", "soon"}).message, "takes a duration like 90s, 5m or 2h, not \"soon\""));
    CHECK(has(error({"--continue", "alwys"}).message, "did you mean always?"));
    CHECK(has(error({"--color=blue"}).message, "takes one of auto, always, never, not \"blue\""));
}

TEST_CASE("a value lost in a script is an error and swallows no option") {
    CHECK(has(error({"--env", "--json"}).message, "--env needs a value: --env NAME"));
    CHECK(has(error({"--json", "--env"}).message, "--env needs a value"));
    CHECK(has(error({"--env", "", "--json"}).message, "--env needs a value"));
    CHECK(has(error({"--env=", "--json"}).message, "--env= has no value"));
    CHECK(has(error({"-u", "-q"}).message, "--unit needs a value"));
    CHECK(has(error({"--json=yes"}).message, "--json takes no value"));
    CHECK(has(error({"--json="}).message, "--json takes no value"));
}

TEST_CASE("two different answers to one question are an error") {
    CHECK(has(error({"--env", "staging", "--env", "production"}).message, "--env is given 2 times"));
    CHECK(has(error({"--to", "a", "--steps", "2"}).message, "--to and --steps cannot be given together"));
    CHECK(has(error({"--all", "-u", "api"}).message, "--all and --unit cannot be given together"));
    CHECK(has(error({"--json", "--events"}).message, "cannot be given together"));
}

TEST_CASE("words have their places, and too many or too few are named") {
    CHECK(parsed({"x", "red"}, kNamed).positionals == Words{"x", "red"});
    CHECK(has(error({}, kNamed).message, "NAME is missing: what it is called"));
    CHECK(has(error({"x", "blue"}, kNamed).message, "KIND takes one of red, green"));
    CHECK(has(error({"x", "red", "more"}, kNamed).message, "unexpected argument \"more\""));
    CHECK(error({"2"}).hint == "Did you mean --steps 2?");
}

TEST_CASE("a mistyped option is answered with the nearest one") {
    CHECK(error({"--stpes", "2"}).hint == "Did you mean --steps?");
    CHECK(error({"-unit", "2"}).message == "migrate roll: unknown option \"-unit\"");
    CHECK(error({"-unit", "2"}).hint == "Did you mean --unit?");
    CHECK(error({"-env=x"}).hint == "Did you mean --env?");
    CHECK(error({"--dryrun"}).hint == "Did you mean --dry-run?");
    CHECK(has(error({"--create-only"}).hint, "migrate roll -- --create-only"));
    CHECK(error({"--frobnicate"}, kNamed).hint.empty());
    CHECK(error({"--frobnicate"}).next.front().argv == Words{"migrate", "roll", "--help"});
}

TEST_CASE("what stands after -- is left alone") {
    auto result = parsed({"--to", "x", "--", "--to", "y", "-h", "--"});
    CHECK(result.value("to") == "x");
    CHECK(result.native_args == Words{"--to", "y", "-h", "--"});
    CHECK(has(error({"x", "--", "--skip-seed"}, kNamed).message, "nothing can stand after `--`"));
}

TEST_CASE("help is answered whatever else is wrong") {
    CHECK(parsed({"--frobnicate", "-h"}, kNamed).given("help"));
    CHECK(parsed({"--to", "--help"}).given("help"));
    CHECK_FALSE(parsed({"--", "--help"}).given("help"));
}

TEST_CASE("an error never repeats a URL, which may hold a password") {
    Error problem = error({"postgres://me:hunter2@db/shop"});
    CHECK_FALSE(has(problem.message + problem.hint, "hunter2"));
    CHECK_FALSE(has(error({"--url=postgres://me:hunter2@db/shop"}).message, "hunter2"));
    CHECK_FALSE(has(line_error({"postgres://me:hunter2@db/shop"}).hint, "hunter2"));
    CHECK_FALSE(has(line_error({"-database", "postgres://me:hunter2@db/shop", "up"}).message, "hunter2"));
}

TEST_CASE("options may stand before the command's name") {
    auto result = parse_command_line(Words{"migrate", "--env", "test", "-q", "version", "--json"});
    REQUIRE_FALSE(result);  // version has no --env
    CHECK(has(result.error().message, "migrate version: unknown option \"--env\""));
    auto version = parse_command_line(Words{"migrate", "--root", "/tmp", "-q", "version", "--json"});
    REQUIRE(version);
    CHECK(version->command == find_command("version"));
    CHECK(version->value("root") == "/tmp");
    CHECK(version->given("json"));
    CHECK(parse_command_line(Words{"migrate", "--version"})->command == find_command("version"));
}

TEST_CASE("a mistyped command is answered with the nearest one") {
    CHECK(line_error({"verison"}).hint == "Did you mean `migrate version`?");
    CHECK(line_error({"vers"}).hint == "Did you mean `migrate version`?");
    CHECK(line_error({"frobnicate"}).message == "there is no command \"frobnicate\"");
    CHECK(line_error({"frobnicate"}).next.front().argv == Words{"migrate", "--help"});
    CHECK(has(line_error({"help", "verison"}).message, "did you mean version?"));
    CHECK(has(line_error({""}).message, "there is no command \"\""));
}

TEST_CASE("golang-migrate's first flags end with our equivalent") {
    for (const char* flag : {"-path", "--path", "-source", "-database", "-path=db", "--database=x"})
        CHECK(has(line_error({flag, "up"}).message, "golang-migrate"));
    CHECK_FALSE(golang_migrate_error(Words{"status", "-path"}));
    CHECK_FALSE(golang_migrate_error(Words{"--root", "x"}));
}
