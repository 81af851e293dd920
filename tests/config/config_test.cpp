#include "config/config.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"
#include "config/keys.hpp"

using namespace migrate;

namespace {

Config read(std::string_view text) {
    auto config = parse_config(text);
    if (!config) FAIL(config.error().message);
    return *config;
}

std::string problem(std::string_view text) {
    auto config = parse_config(text);
    REQUIRE_FALSE(config.has_value());
    CHECK(config.error().code == "config.invalid");
    return config.error().message + " | " + config.error().hint;
}

}  // namespace

TEST_CASE("the example of the contract reads as it is meant") {
    Config config = read(R"(
[defaults]
env = "development"

[environments.production]
dotenv = [".env.production"]
hosts  = ["*.db.example.com"]

[[unit]]
id     = "api"
path   = "apps/api"
tool   = "prisma"
after  = ["auth"]
commands.run = ["pnpm", "run", "db:deploy"]
environments.production.url_env = "API_PRODUCTION_URL"

[[unit]]
id = "auth"
path = "apps/auth/"

[check]
disable = [{ rule = "L02", reason = "small tables only" }]

[[verify]]
unit = "api"
name = "every user has an email"
sql  = "SELECT id FROM users WHERE email IS NULL"
)");
    CHECK(config.default_environment == "development");
    CHECK(config.environments.at("production").dotenv == std::vector<std::string>{".env.production"});
    CHECK(config.environments.at("production").hosts == std::vector<std::string>{"*.db.example.com"});
    CHECK(config.environments.at("production").source == "migrate.toml:5");
    REQUIRE(config.units.size() == 2);
    const UnitConfig& api = config.units[0];
    CHECK(api.id == "api");
    CHECK(api.path == "apps/api");
    CHECK(api.tool == Tool::prisma);
    CHECK(api.after == std::vector<std::string>{"auth"});
    CHECK(api.commands.at("run") == std::vector<std::string>{"pnpm", "run", "db:deploy"});
    CHECK(api.environments.at("production").url_env == "API_PRODUCTION_URL");
    CHECK(api.source == "migrate.toml:9");
    CHECK(config.units[1].path == "apps/auth");
    REQUIRE(config.rules.size() == 1);
    CHECK(config.rules[0].rule == "L02");
    CHECK(config.rules[0].severity == "off");
    CHECK(config.rules[0].reason == "small tables only");
    REQUIRE(config.verify.size() == 1);
    CHECK(config.verify[0].sql == "SELECT id FROM users WHERE email IS NULL");
}

TEST_CASE("no file, and an empty one, are the defaults") {
    test::Tree tree;
    auto config = read_config(tree.path());
    REQUIRE(config.has_value());
    CHECK(config->file == "");
    CHECK(config->units.empty());
    CHECK(read("").file == "migrate.toml");
    tree.write("migrate.toml/", "");
    CHECK_FALSE(read_config(tree.path()).has_value());
}

TEST_CASE("an unknown key names the nearest known one, with its line") {
    CHECK(problem("\n[enviroments.x]\n") ==
          "migrate.toml:2: unknown key \"enviroments\" | Did you mean \"environments\"?");
    CHECK(problem("[[unit]]\npath = \".\"\nidd = \"x\"") ==
          "migrate.toml:3: unknown key \"unit.idd\" | Did you mean \"id\"?");
    CHECK(problem("[environments.production]\nurl = \"x\"") ==
          "migrate.toml:2: unknown key \"environments.production.url\" | Did you mean \"url_env\"?");
    CHECK(problem("zzz = 1").starts_with("migrate.toml:1: unknown key \"zzz\" | Known here: "));
}

TEST_CASE("wrong types and values are errors that say what is right") {
    CHECK(problem("ignore = \"x\"").starts_with("migrate.toml:1: \"ignore\" must be a list of strings"));
    CHECK(problem("[[unit]]\npath=\".\"\ntool = \"rails\"")
              .starts_with("migrate.toml:3: \"unit.tool\" must be the name of a tool"));
    CHECK(problem("unit = 3").starts_with("migrate.toml:1: \"unit\" must be a list of tables"));
    CHECK(problem("[unit]\npath=\".\"").starts_with("migrate.toml:1: \"unit\" must be a list of tables"));
    CHECK(problem("environments = []").starts_with("migrate.toml:1: \"environments\" must be a table"));
    CHECK(problem("[plan]\nmax_age = \"soon\"")
              .starts_with("migrate.toml:2: \"plan.max_age\" must be a duration"));
    CHECK(problem("a = [").starts_with("migrate.toml:1: "));
    CHECK(problem("[[unit]]\nid=\"a\"\ncommands.run = \"x y\"")
              .starts_with("migrate.toml:3: \"unit.commands.run\" must be a list"));
}

TEST_CASE("a repository may only tighten") {
    CHECK(problem("[backup]\ncommand = [\"x\"]") ==
          "migrate.toml:2: \"backup.command\" may not stand in a repository's file | A repository may only "
          "tighten; this "
          "belongs into /etc/migrate/policy.toml or the user's .config/migrate/policy.toml.");
    CHECK(problem("[[target]]\nhost=\"*\"\nlevel=\"local\"").find("may not stand in a repository's file") !=
          std::string::npos);
    CHECK(problem("[seeds]\nidempotent=[\"x\"]").find("may not stand in a repository's file") !=
          std::string::npos);
    CHECK(problem("[environments.x]\nlevel = \"local\"") ==
          "migrate.toml:2: a repository cannot declare \"local\" | It may declare more care, never less: "
          "staging, shared or "
          "production.");
    CHECK(read("[environments.x]\nlevel = \"shared\"").environments.at("x").level == Level::shared);
    Config config =
        read("[plan]\nmax_age = \"1h\"\n[backup]\nmax_age=\"30m\"\n[matrix.staging]\nrevert = \"refuse\"");
    CHECK(config.tighten.plan_max_age == std::chrono::hours(1));
    CHECK(config.tighten.backup_max_age == std::chrono::minutes(30));
    REQUIRE(config.tighten.floors.size() == 1);
    CHECK(config.tighten.floors[0].level == Level::staging);
    CHECK(config.tighten.floors[0].risk == Risk::revert);
    CHECK(config.tighten.floors[0].decision == Decision::refuse);
    CHECK(problem("[matrix.stage]\nrevert=\"refuse\"").starts_with("migrate.toml:1: \"stage\" is no level"));
    CHECK(problem("[matrix.staging]\nread=\"refuse\"").starts_with("migrate.toml:2: \"read\" is no risk"));
}

TEST_CASE("commands are verbs that change something, as lists of words") {
    CHECK(problem("[[unit]]\nid=\"a\"\ncommands.rnu = [\"x\"]") ==
          "migrate.toml:3: \"commands.rnu\" names no verb | Did you mean \"run\"?");
    CHECK(problem("[[unit]]\nid=\"a\"\ncommands.status = [\"x\"]").find("never used for reading") !=
          std::string::npos);
    CHECK(problem("[[unit]]\nid=\"a\"\ncommands.run = []").find("is empty") != std::string::npos);
    CHECK(read("[[unit]]\nid=\"a\"\ncommands.up = [\"x\"]").units[0].commands.contains("run"));
}

TEST_CASE("units need a place, and their names and order must hold together") {
    CHECK(problem("[[unit]]\ntool=\"knex\"").starts_with("migrate.toml:1: a [[unit]] needs an id or a path"));
    CHECK(problem("[[unit]]\nid=\"a\"\n[[unit]]\nid=\"a\"") ==
          "migrate.toml:3: the id \"a\" stands twice | migrate.toml:1 has it already.");
    CHECK(problem("[[unit]]\nid=\"auth\"\n[[unit]]\nid=\"b\"\nafter=[\"auht\"]") ==
          "migrate.toml:5: \"auht\" is no unit | Did you mean \"auth\"?");
    CHECK(read("[[unit]]\nid=\"b\"\nafter=[\"apps/x:knex\"]").units.size() == 1);
    CHECK(problem("[[unit]]\nid=\"a\"\nafter=[\"b\"]\n[[unit]]\nid=\"b\"\nafter=[\"a\"]")
              .find("in a circle through \"a\"") != std::string::npos);
    CHECK(problem("[[unit]]\npath=\"../x\"").find("leaves the repository") != std::string::npos);
    CHECK(problem("[[unit]]\npath=\"/x\"").find("leaves the repository") != std::string::npos);
}

TEST_CASE("turned-off rules need a reason") {
    CHECK(problem("[check]\ndisable=[{rule=\"L02\"}]").find("needs a rule and a reason") !=
          std::string::npos);
    CHECK(read("[check]\nseverity=[{rule=\"L02\",level=\"warning\",reason=\"x\"}]").rules[0].severity ==
          "warning");
}

TEST_CASE("an entry belongs to a unit by alias, id, or path and tool") {
    Config config = read(
        "[[unit]]\nid=\"api\"\npath=\"apps/api\"\ntool=\"prisma\"\n[[unit]]\npath=\"apps/web\"\n"
        "[[unit]]\nid=\"apps/x:knex\"");
    Unit unit;
    unit.alias = "api";
    CHECK(config_of(config, unit) == &config.units[0]);
    unit = {};
    unit.root = "apps/api";
    unit.tool = Tool::prisma;
    CHECK(config_of(config, unit) == &config.units[0]);
    unit.tool = Tool::knex;
    CHECK(config_of(config, unit) == nullptr);
    unit.root = "apps/web";
    CHECK(config_of(config, unit) == &config.units[1]);
    unit.root = "other";
    unit.id = "apps/x:knex";
    CHECK(config_of(config, unit) == &config.units[2]);
}

TEST_CASE("every known key has a path of its own and says what it is for") {
    std::vector<std::string_view> seen;
    for (const auto& key : all_keys()) {
        CHECK(std::find(seen.begin(), seen.end(), key.path) == seen.end());
        seen.push_back(key.path);
        CHECK_FALSE(key.about.empty());
    }
}
