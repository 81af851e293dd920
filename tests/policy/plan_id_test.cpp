#include "policy/plan_id.hpp"

#include <ctime>

#include "policy/plan_store.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;

namespace {

Plan plan(const std::string& root = "/home/ada/shop") {
    Step step;
    step.n = 1;
    step.action = Native{"knex", {"../../node_modules/.bin/knex"}, {"migrate:up", "1.js"}, "", ""};
    step.cwd = "apps/api";
    step.env["DATABASE_URL"] = {"postgres://u:hunter2@db/shop", true};
    step.env["NODE_ENV"] = {"development", false};
    step.risk = Risk::apply;
    step.expect.applied_added = {"1.js"};
    UnitPlan unit;
    unit.unit = "apps/api:knex";
    Target target;
    target.connection.engine = Engine::sqlite;
    target.connection.database = root + "/apps/api/dev.db";
    unit.targets = {target};
    unit.steps = {step};
    unit.files["apps/api/migrations/1.js"] = "00ff";
    unit.applied_seen["default"] = {"0.js"};
    unit.tool_version = "3.1.0";
    Plan made;
    made.verb = Verb::run;
    made.environment = "development";
    made.root = root;
    made.options = {{"steps", "1"}};
    made.units = {unit};
    return made;
}

Native& native_of(Plan& plan) {
    return std::get<Native>(plan.units[0].steps[0].action);
}

}  // namespace

TEST_CASE("a plan's id is the same for another checkout, launcher and verdict") {
    const std::string id = plan_id(plan());
    CHECK(id.size() == 18);
    CHECK(id.starts_with("p_"));
    CHECK(plan_id(plan("/srv/ci/build")) == id);

    Plan other = plan();
    native_of(other).launch = {"pnpm", "exec", "knex"};
    other.units[0].verdict.decision = Decision::refuse;
    other.units[0].steps[0].purpose = "worded differently";
    other.units[0].steps[0].env["DATABASE_URL"].value = "postgres://u:changed@db/shop";
    CHECK(plan_id(other) == id);
}

TEST_CASE("whatever matters changes the id") {
    const std::string id = plan_id(plan());
    auto changed = [&](auto change) {
        Plan other = plan();
        change(other);
        return plan_id(other) != id;
    };
    CHECK(changed([](Plan& p) { p.verb = Verb::rollback; }));
    CHECK(changed([](Plan& p) { p.environment = "staging"; }));
    CHECK(changed([](Plan& p) { p.options["steps"] = "2"; }));
    CHECK(changed([](Plan& p) { native_of(p).args.push_back("--force"); }));
    CHECK(changed([](Plan& p) { native_of(p).answers = "y\n"; }));
    CHECK(changed([](Plan& p) { p.units[0].steps[0].risk = Risk::destroy; }));
    CHECK(changed([](Plan& p) { p.units[0].steps[0].cwd = "."; }));
    CHECK(changed([](Plan& p) { p.units[0].steps[0].env["NODE_ENV"].value = "production"; }));
    CHECK(changed([](Plan& p) { p.units[0].steps[0].expect.applied_added.push_back("2.js"); }));
    CHECK(changed([](Plan& p) { p.units[0].targets[0].connection.database = "/elsewhere/dev.db"; }));
    CHECK(changed([](Plan& p) { p.units[0].targets[0].connection.host = "db2"; }));
    CHECK(changed([](Plan& p) { p.units[0].files["apps/api/migrations/1.js"] = "00fe"; }));
    CHECK(changed([](Plan& p) { p.units[0].applied_seen["default"].push_back("1.js"); }));
    CHECK(changed([](Plan& p) { p.units[0].tool_version = "3.3.0"; }));
}

TEST_CASE("no secret is in what is hashed and kept") {
    CHECK(canonical(plan()).find("hunter2") == std::string::npos);
    CHECK(canonical(plan()).find("<secret>") != std::string::npos);
}

TEST_CASE("a difference between two plans is named with its place") {
    Plan other = plan();
    other.units[0].applied_seen["default"].push_back("1.js");
    auto lines = differences(canonical(plan()), canonical(other));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "units[0].applied.default[1]: absent, now 1.js");
}

TEST_CASE("plans are kept by id, and a file that was edited is refused") {
    test::Tree dir;
    PlanStore store{dir.path("plans"), dir.path("approvals")};
    KeptPlan kept{plan_id(plan()), canonical(plan()), {"run", "--steps", "1"}, 1000, 1900, "{}"};
    REQUIRE(store.keep(kept));
    auto found = store.find(kept.id);
    REQUIRE(found);
    CHECK(found->canonical == kept.canonical);
    CHECK(found->arguments == kept.arguments);
    CHECK(store.find("p_0000000000000000").error().code == "plan.unknown");
    CHECK(store.find("../../etc/passwd").error().code == "plan.unknown");

    REQUIRE(write_plan(dir.path("plan.json"), kept));
    CHECK(read_plan(dir.path("plan.json"))->id == kept.id);
    std::string text = dir.read("plan.json");
    text.replace(text.find("apps/api"), 8, "apps/xyz");
    dir.write("plan.json", text);
    CHECK(read_plan(dir.path("plan.json")).error().code == "plan.invalid");
    dir.write("plan.json", "[]");
    CHECK(read_plan(dir.path("plan.json")).error().code == "plan.invalid");
    CHECK(expired(kept, 1900) == std::nullopt);
    CHECK(expired(kept, 1901)->code == "plan.stale");
}

TEST_CASE("an approval serves once, and not longer than its plan") {
    test::Tree dir;
    PlanStore store{dir.path("plans"), dir.path("approvals")};
    KeptPlan kept{plan_id(plan()), canonical(plan()), {"run"}, 1000, 1900, "{}"};
    CHECK_FALSE(store.approved(kept.id, 1000));
    REQUIRE(store.approve(kept, "ada", 1000));
    CHECK(store.approved(kept.id, 1000));
    CHECK_FALSE(store.approved(kept.id, 1901));
    CHECK(store.use_approval(kept.id));
    CHECK_FALSE(store.use_approval(kept.id));
    CHECK_FALSE(store.approved(kept.id, 1000));
}

TEST_CASE("an approval that somebody else may write, or that is a link, is none") {
    test::Tree dir;
    PlanStore store{dir.path("plans"), dir.path("approvals")};
    KeptPlan kept{plan_id(plan()), canonical(plan()), {"run"}, 1000, 1900, "{}"};
    REQUIRE(store.approve(kept, "ada", 1000));
    auto file = dir.path("approvals/" + kept.id + ".json");
    std::filesystem::permissions(file, std::filesystem::perms::group_write,
                                 std::filesystem::perm_options::add);
    CHECK_FALSE(store.approved(kept.id, 1000));
    std::filesystem::permissions(file, std::filesystem::perms::group_write,
                                 std::filesystem::perm_options::remove);
    CHECK(store.approved(kept.id, 1000));
    std::filesystem::rename(file, dir.path("elsewhere.json"));
    std::filesystem::create_symlink(dir.path("elsewhere.json"), file);
    CHECK_FALSE(store.approved(kept.id, 1000));
}

TEST_CASE("a plan kept under another id is not taken for it") {
    test::Tree dir;
    PlanStore store{dir.path("plans"), dir.path("approvals")};
    KeptPlan kept{plan_id(plan()), canonical(plan()), {"run"}, 1000, 1900, "{}"};
    REQUIRE(store.keep(kept));
    std::filesystem::copy_file(dir.path("plans/" + kept.id + ".json"),
                               dir.path("plans/p_0123456789abcdef.json"));
    CHECK(store.find("p_0123456789abcdef").error().code == "plan.invalid");
}

TEST_CASE("absolute paths below the root, and the place of a database, travel with the checkout") {
    auto at_root = [](const std::string& root) {
        Plan made = plan(root);
        native_of(made).args = {"--knexfile", root + "/apps/api/knexfile.js", "--dir=" + root + "/x", root};
        made.units[0].steps[0].env["PRISMA_SCHEMA"] = {root + "/schema.prisma", false};
        return made;
    };
    const std::string id = plan_id(at_root("/home/ada/shop"));
    CHECK(plan_id(at_root("/srv/ci/build")) == id);
    CHECK(canonical(at_root("/home/ada/shop")).find("/home/ada") == std::string::npos);
    // What only begins like the root is another place.
    Plan other = at_root("/home/ada/shop");
    native_of(other).args[3] = "/home/ada/shopping";
    CHECK(canonical(other).find("/home/ada/shopping") != std::string::npos);
}

TEST_CASE("a database outside the root is the same where it is configured relative to it") {
    auto outside = [](const std::string& root, const std::string& url) {
        Plan made = plan(root);
        Connection& connection = made.units[0].targets[0].connection;
        connection.url = url;
        connection.database = url.starts_with("file:/")
                                  ? "/data/dev.db"
                                  : std::filesystem::path(root + "/../dev.db").lexically_normal().string();
        return plan_id(made);
    };
    CHECK(outside("/home/ada/shop", "file:../dev.db") == outside("/srv/build", "file:../dev.db"));
    CHECK(outside("/home/ada/shop", "file:/data/dev.db") == outside("/srv/build", "file:/data/dev.db"));
    CHECK(outside("/home/ada/shop", "file:/data/dev.db") != outside("/home/ada/shop", "file:../dev.db"));
}

TEST_CASE(
    "every place that a connection can lead to is part of the id, and a marker stands for all of them") {
    auto with = [](auto change) {
        Plan made = plan();
        Target& target = made.units[0].targets[0];
        target.connection = {};
        target.connection.engine = Engine::postgresql;
        target.connection.host = "a";
        target.connection.database = "shop";
        change(target);
        return plan_id(made);
    };
    const std::string id = with([](Target&) {});
    CHECK(with([](Target& t) { t.connection.parameters["hostaddr"] = "10.0.0.1"; }) != id);
    CHECK(with([](Target& t) { t.connection.host = "a,b"; }) != id);
    CHECK(with([](Target& t) { t.connection.parameters["port"] = "1,2"; }) != id);
    CHECK(with([](Target& t) { t.connection.schema = "app"; }) != id);
    CHECK(with([](Target& t) { t.connection.database = "shop|app"; }) != with([](Target& t) {
              t.connection.database = "shop";
              t.connection.schema = "app|";
          }));
    CHECK(with([](Target& t) { t.connection.user = "another"; }) == id);
    CHECK(with([](Target& t) { t.connection.parameters["sslmode"] = "require"; }) == id);
    auto marked = [&](std::string host) {
        return with([&](Target& t) {
            t.marker = "8c1f";
            t.connection.host = std::move(host);
        });
    };
    CHECK(marked("a") == marked("b"));
    CHECK(marked("a") != id);
    Plan environment = plan();
    environment.units[0].environment = "qa";
    CHECK(plan_id(environment) != plan_id(plan()));
}
