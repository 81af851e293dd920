// The asking itself; what real configurations answer is tested with the real tools (tests/e2e/python).
#include "target/probe.hpp"

#include <doctest/doctest.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using migrate::test::Tree;

namespace {

/// A shell stands for the project's language.
Result<ProbeAnswer> ask(const Tree& tree, const std::string& script,
                        const std::string& environment = "development",
                        std::map<std::string, std::string, std::less<>> process = {}) {
    Unit unit;
    unit.id = "api:alembic";
    unit.tool = Tool::alembic;
    unit.root = "api";
    Probe probe;
    probe.argv = {"sh", "-s"};
    probe.script = script;
    probe.cwd = probe.base_dir = "api";
    probe.file = "api/env.py";
    ResolveInputs inputs;
    inputs.root = tree.path();
    inputs.environment = environment;
    process["PATH"] = "/usr/bin:/bin";
    inputs.process.variables = std::move(process);
    auto given = probe_environment(unit, probe, inputs);
    REQUIRE(given);
    Redactor redactor;
    return ask_project(unit, probe, inputs, *given, redactor);
}

std::string answer(const std::string& json) {
    return "cat >&3 <<'E'\n" + json + "\nE\n";
}

}  // namespace

TEST_CASE("what a configuration answers becomes targets") {
    Tree tree{{"api/env.py", ""}};
    auto url = ask(tree, answer(R"({"databases": [{"url": "postgresql+psycopg2://app:pw@db:5433/shop"}]})"));
    REQUIRE(url);
    REQUIRE(url->targets.size() == 1);
    CHECK(url->targets[0].connection.host == "db");
    CHECK(url->targets[0].connection.port == 5433);
    CHECK(url->targets[0].connection.password == "pw");
    CHECK(url->targets[0].source == "api/env.py (asked)");
    CHECK(url->targets[0].variable.empty());

    auto fields = ask(tree, answer(R"({"settings": "shop.settings", "databases": [
        {"name": "default", "engine": "sqlite3", "database": "shop.db"},
        {"name": "replica", "engine": "mysql", "host": "r", "database": "shop", "user": "u", "migrated": false}]})"));
    REQUIRE(fields);
    CHECK(fields->settings == "shop.settings");
    CHECK(fields->targets[0].connection.database == tree.path("api/shop.db").string());
    CHECK(fields->targets[1].connection.engine == Engine::mysql);
    CHECK_FALSE(fields->targets[1].migrated);
}

TEST_CASE("a variable counts as the one that is read where native tools are given exactly this URL") {
    Tree tree{{"api/env.py", ""}, {"api/.env", "DB=postgresql://a:b@c/d\n"}};
    std::string json = R"({"databases": [{"url": "postgresql://a:b@c/d", "variable": "DB"}]})";
    CHECK(ask(tree, answer(json))->targets[0].variable == "DB");
    CHECK(ask(tree, answer(json), "development", {{"DB", "postgresql://other/x"}})
              ->targets[0]
              .variable.empty());
}

TEST_CASE("a configuration that fails says where, and no value") {
    Tree tree{{"api/env.py", ""}};
    auto unset = ask(tree, answer(R"({"databases": [], "error": {"type": "KeyError", "text": "DB_URL",
                                      "file": "settings.py", "line": 4}})"));
    REQUIRE_FALSE(unset);
    CHECK(unset.error().code == "target.unresolved");
    CHECK(unset.error().message == "api:alembic: DB_URL is not set");
    CHECK(unset.error().hint.find("api/settings.py:4") == 0);
    auto module = ask(tree, answer(R"({"error": {"type": "ModuleNotFoundError", "text": "No module named 'x'",
                                       "module": "x"}})"));
    CHECK(module.error().code == "tool.missing");
    CHECK(ask(tree, "echo postgresql://a:pw@b/c; exit 3").error().code == "target.unknown");
    CHECK(ask(tree, "echo postgresql://a:pw@b/c; exit 3").error().message.find("pw") == std::string::npos);
    CHECK(ask(tree, answer(R"({"databases": []})")).error().code == "target.unknown");
    CHECK(ask(tree, answer(R"([1])")).error().code == "target.unknown");
}

TEST_CASE("the configuration's own default is development's and nobody else's") {
    Tree tree{{"api/env.py", ""}};
    std::string script = "cat >&3 <<E\n{\"databases\": [{\"url\": \"${DB:-sqlite:///dev.db}\"}]}\nE\n";
    CHECK(ask(tree, script));
    auto staging = ask(tree, script, "staging");
    REQUIRE_FALSE(staging);
    CHECK(staging.error().code == "environment.undefined");
    CHECK(ask(tree, script, "staging", {{"DB", "postgresql://a@stage/x"}}));
    tree.write("api/.env.staging", "DB=postgresql://a@stage2/x\n");
    auto named = ask(tree, script, "staging");
    REQUIRE(named);
    CHECK(named->targets[0].connection.host == "stage2");
}
