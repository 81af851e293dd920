#include "config/policy_file.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

PolicyRules read(const Tree& tree, const std::vector<std::string>& files) {
    std::vector<std::filesystem::path> paths;
    for (const auto& file : files) paths.push_back(tree.path(file));
    auto rules = read_policy(paths);
    if (!rules) FAIL(rules.error().message);
    return *rules;
}

std::string problem(std::string_view text) {
    auto rules = parse_policy(text, "policy.toml");
    REQUIRE_FALSE(rules.has_value());
    CHECK(rules.error().code == "config.invalid");
    return rules.error().message;
}

}  // namespace

TEST_CASE("without a policy file the contract's own limits hold") {
    Tree tree;
    PolicyRules rules = read(tree, {"none.toml"});
    CHECK(rules.files.empty());
    CHECK(rules.plan_max_age == std::chrono::hours(24));
    CHECK(rules.backup_max_age == std::chrono::hours(24));
    CHECK(rules.may_disable_rules);
    CHECK(rules.floors.empty());
}

TEST_CASE("a policy file may say what a repository may not") {
    auto rules = parse_policy(R"(
[[target]]
host = "*.staging.example.com"
level = "staging"
reason = "rebuilt every night"

[backup]
command = ["snapshots", "--json"]
max_age = "6h"

[seeds]
idempotent = ["api"]

[check]
allow_disable = false

[[approval_key]]
public = "base64text"
environments = ["production"]
name = "release pipeline"

[matrix.staging]
destroy = "refuse"
)",
                              "policy.toml");
    REQUIRE(rules.has_value());
    REQUIRE(rules->targets.size() == 1);
    CHECK(rules->targets[0].host == "*.staging.example.com");
    CHECK(rules->targets[0].database == "*");
    CHECK(rules->targets[0].level == Level::staging);
    CHECK(rules->targets[0].source == "policy.toml:2");
    CHECK(rules->backup_command == std::vector<std::string>{"snapshots", "--json"});
    CHECK(rules->backup_max_age == std::chrono::hours(6));
    CHECK_FALSE(rules->may_disable_rules);
    REQUIRE(rules->keys.size() == 1);
    CHECK(rules->keys[0].environments == std::vector<std::string>{"production"});
    CHECK(rules->floors.size() == 1);
    Unit unit;
    unit.id = "apps/api:prisma";
    name_seeds_by_id(*rules, {unit});
    CHECK(rules->idempotent_seeds == std::vector<std::string>{"api"});
    unit.alias = "api";
    name_seeds_by_id(*rules, {unit});
    CHECK(rules->idempotent_seeds == std::vector<std::string>{"api", "apps/api:prisma"});
}

TEST_CASE("what is wrong in a policy file stops everything, with its line") {
    CHECK(problem("[defaults]\nenv = \"x\"")
              .starts_with("policy.toml:1: \"defaults\" may not stand in a policy file"));
    CHECK(problem("[[target]]\nhost = \"x\"").starts_with("policy.toml:1: a [[target]] needs a level"));
    CHECK(problem("[[target]]\nlevel = \"local\"")
              .starts_with("policy.toml:1: a [[target]] needs a level, and a host"));
    CHECK(
        problem("[[approval_key]]\npublic = \"x\"").starts_with("policy.toml:1: an [[approval_key]] needs"));
    CHECK(problem("[backup]\nmax-age = \"1h\"").starts_with("policy.toml:2: unknown key \"backup.max-age\""));
}

TEST_CASE("of the system's and the user's file the stricter word counts") {
    Tree tree{{"etc.toml",
               "[plan]\nmax_age=\"2h\"\n[backup]\nmax_age=\"10h\"\ncommand=[\"system\"]\n"
               "[check]\nallow_disable=false\n[[target]]\nhost=\"a\"\nlevel=\"staging\""},
              {"home.toml",
               "[plan]\nmax_age=\"20h\"\n[backup]\nmax_age=\"1h\"\ncommand=[\"user\"]\n"
               "[check]\nallow_disable=true\n[[target]]\nhost=\"a\"\nlevel=\"local\"\n"
               "[matrix.local]\ndestroy=\"refuse\""}};
    PolicyRules rules = read(tree, {"etc.toml", "home.toml"});
    CHECK(rules.files.size() == 2);
    CHECK(rules.plan_max_age == std::chrono::hours(2));
    CHECK(rules.backup_max_age == std::chrono::hours(1));
    CHECK(rules.backup_command == std::vector<std::string>{"system"});
    CHECK_FALSE(rules.may_disable_rules);
    CHECK(rules.targets.size() == 2);
    CHECK(rules.floors.size() == 1);

    Target target;
    target.connection.engine = Engine::postgresql;
    target.connection.host = "a";
    LevelFacts facts;
    facts.policy = rules.targets;
    CHECK(decide_level(target, facts).level == Level::staging);
}

TEST_CASE("no plan is good for more than a day, whatever a file says") {
    CHECK(parse_policy("[plan]\nmax_age=\"30d\"", "p")->plan_max_age == std::chrono::hours(24));
}

TEST_CASE("a repository makes it stricter and never looser") {
    PolicyRules rules;
    rules.plan_max_age = std::chrono::hours(2);
    Tightening repo;
    repo.plan_max_age = std::chrono::hours(20);
    repo.backup_max_age = std::chrono::hours(3);
    repo.floors = {{Level::staging, Risk::revert, Decision::refuse, "migrate.toml:4"}};
    rules = tightened(rules, repo);
    CHECK(rules.plan_max_age == std::chrono::hours(2));
    CHECK(rules.backup_max_age == std::chrono::hours(3));
    CHECK(rules.floors.size() == 1);
}

TEST_CASE("a policy file that everybody may write is not read") {
    Tree tree{{"policy.toml", ""}};
    std::filesystem::permissions(tree.path("policy.toml"), std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    auto rules = read_policy({tree.path("policy.toml")});
    REQUIRE_FALSE(rules.has_value());
    CHECK(rules.error().message.find("everybody may write") != std::string::npos);
    Tree directory{{"policy.toml/", ""}};
    CHECK_FALSE(read_policy({directory.path("policy.toml")}).has_value());
}

TEST_CASE("the policy's places come from passwd") {
    Caller caller;
    caller.home = "/home/ada";
    CHECK(policy_paths(caller) == std::vector<std::filesystem::path>{
                                      "/etc/migrate/policy.toml", "/home/ada/.config/migrate/policy.toml"});
}
