#include "report/events.hpp"

#include <nlohmann/json.hpp>

using namespace migrate;
using nlohmann::json;

namespace {

/// Everything that happens in one small run, as the lines that were written.
std::vector<std::string> events() {
    std::vector<std::string> lines;
    EventWriter writer([&](std::string_view line) { lines.emplace_back(line); }, [] { return "NOW"; });
    Plan plan;
    plan.id = "p_0123456789abcdef";
    plan.verb = Verb::run;
    plan.environment = "development";
    UnitPlan unit;
    unit.unit = "api:prisma";
    unit.verb = Verb::run;
    Step step;
    step.n = 1;
    step.purpose = "apply 1 pending migration";
    step.action = Native{"prisma", {}, {"migrate", "deploy"}, "", ""};
    step.env["DATABASE_URL"] = {"postgres://u:hunter2@h/d", true};
    step.risk = Risk::apply;
    unit.steps = {step};
    plan.units = {unit};
    StepOutcome outcome;
    outcome.n = 1;
    outcome.ok = false;
    outcome.native_exit = 1;
    outcome.ms = 12;
    outcome.output = "all of it";
    CommandResult result;
    result.command = "run";
    result.exit = 1;

    Observers all({&writer, nullptr});
    all.on_plan(plan);
    all.on_step_start(unit, step);
    all.on_output(unit, step, {Stream::err, "a \x1b[31mred\x1b[0m line \xFF", OutputLine::End::open});
    all.on_step_end(unit, step, outcome);
    all.on_summary(result);
    return lines;
}

}  // namespace

TEST_CASE("every event is one line of JSON that says what and when") {
    std::vector<std::string> names;
    for (const std::string& line : events()) {
        CHECK(line.find('\n') == line.size() - 1);
        json event = json::parse(line);
        names.push_back(event["event"]);
        CHECK(event["at"] == "NOW");
    }
    CHECK(names == std::vector<std::string>{"plan", "step_start", "output", "step_end", "summary"});
}

TEST_CASE("events tell what a program that follows them needs") {
    auto lines = events();
    json plan = json::parse(lines[0]);
    CHECK(plan["plan_id"] == "p_0123456789abcdef");
    CHECK(plan["verb"] == "run");
    CHECK(plan["units"][0]["steps"].size() == 1);
    json start = json::parse(lines[1]);
    CHECK(start["unit"] == "api:prisma");
    CHECK(start["n"] == 1);
    CHECK(start["of"] == 1);
    CHECK(start["argv"] == json{"prisma", "migrate", "deploy"});
    CHECK(start["risk"] == "apply");
    json output = json::parse(lines[2]);
    CHECK(output["unit"] == "api:prisma");
    CHECK(output["stream"] == "stderr");
    CHECK(output["text"] == "a red line \xEF\xBF\xBD");
    CHECK(output["end"] == "open");
    json end = json::parse(lines[3]);
    CHECK(end["ok"] == false);
    CHECK(end["native_exit"] == 1);
    CHECK_FALSE(end.contains("output"));
    json summary = json::parse(lines[4]);
    CHECK(summary["migrate"] == 1);
    CHECK(summary["exit"] == 1);
    for (const std::string& line : lines) CHECK(line.find("hunter2") == std::string::npos);
}

TEST_CASE("the time of an event is RFC 3339 in UTC with milliseconds") {
    std::string now = utc_now();
    CHECK(now.size() == 24);
    CHECK(now[10] == 'T');
    CHECK(now[19] == '.');
    CHECK(now.back() == 'Z');
}
