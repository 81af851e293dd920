#include "report/events.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "report/json.hpp"

namespace migrate {

namespace {

Json event(std::string_view name, std::string at) {
    return {{"event", name}, {"at", std::move(at)}};
}

Json step_event(std::string_view name, std::string at, const UnitPlan& unit, const Step& step) {
    Json json = event(name, std::move(at));
    json["unit"] = unit.unit;
    json["n"] = step.n;
    return json;
}

std::string_view to_string(OutputLine::End end) {
    switch (end) {
        case OutputLine::End::newline:
            return "newline";
        case OutputLine::End::open:
            return "open";
        case OutputLine::End::overwritten:
            return "overwritten";
    }
    return "newline";
}

}  // namespace

EventWriter::EventWriter(Sink sink, Clock now) : sink_(std::move(sink)), now_(std::move(now)) {}

void EventWriter::on_plan(const Plan& plan) {
    Json json = event("plan", now_());
    json["plan_id"] = plan.id;
    json["verb"] = to_string(plan.verb);
    json["environment"] = plan.environment;
    json["units"] = Json::array();
    for (const UnitPlan& unit : plan.units) json["units"].push_back(to_json(unit));
    sink_(dump_line(json));
}

void EventWriter::on_step_start(const UnitPlan& unit, const Step& step) {
    Json json = step_event("step_start", now_(), unit, step);
    json["of"] = unit.steps.size();
    json.update(to_json(step));
    sink_(dump_line(json));
}

void EventWriter::on_output(const UnitPlan& unit, const Step& step, const OutputLine& line) {
    Json json = step_event("output", now_(), unit, step);
    json["stream"] = to_string(line.stream);
    json["text"] = plain_text(line.text);
    json["end"] = to_string(line.end);
    sink_(dump_line(json));
}

void EventWriter::on_note(const UnitPlan& unit, const Step& step, std::string_view text) {
    Json json = step_event("note", now_(), unit, step);
    json["text"] = plain_text(text);
    sink_(dump_line(json));
}

void EventWriter::on_step_end(const UnitPlan& unit, const Step& step, const StepOutcome& outcome) {
    Json json = step_event("step_end", now_(), unit, step);
    json.update(to_json(outcome));
    json.erase("output");  // its lines have been events
    sink_(dump_line(json));
}

void EventWriter::on_summary(const CommandResult& result) {
    Json json = event("summary", now_());
    json.update(envelope(result, {.outcome = true}));
    sink_(dump_line(json));
}

std::string utc_now() {
    auto now = std::chrono::system_clock::now();
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                       ms);
}

}  // namespace migrate
