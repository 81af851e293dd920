#include "report/json.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapters/adapter.hpp"

namespace migrate {

namespace {

template <class List>
Json list_json(const List& list) {
    Json array = Json::array();
    for (const auto& item : list) array.push_back(to_json(item));
    return array;
}

Json null_if_empty(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json applied_json(const AppliedRow& row) {
    Json json{{"id", row.id}, {"at", null_if_empty(row.at)}};
    if (!row.batch.empty()) json["batch"] = row.batch;
    return json;
}

Json failed_json(const AppliedRow& row) {
    Json json{{"id", row.id}, {"at", null_if_empty(row.at)}};
    json["running"] = row.state == AppliedRow::State::running;
    if (!row.detail.empty()) json["detail"] = row.detail;
    return json;
}

Json half_done_json(const HalfDone& half) {
    Json json{{"id", half.id}, {"direction", half.down ? "down" : "up"}};
    json["since"] = null_if_empty(half.since);
    if (!half.outcome.empty()) json["outcome"] = half.outcome;
    if (!half.unknown.empty()) json["unknown"] = half.unknown;
    Json statements = Json::array();
    for (const auto& one : half.statements) {
        Json statement{{"n", one.n}, {"place", one.place}, {"sql", one.sql}, {"state", one.state}};
        if (!one.why.empty()) statement["why"] = one.why;
        if (!one.undo.empty()) {
            statement["undo"] = one.undo;
            statement["loses"] = one.loses;
        }
        statements.push_back(std::move(statement));
    }
    json["statements"] = std::move(statements);
    return json;
}

void add_history(Json& json, const History& history, bool full) {
    json["state"] = to_string(history.state);
    json["source"] = to_string(history.source);
    Json applied{{"count", history.applied.size()}};
    applied["last"] = history.applied.empty() ? Json(nullptr) : applied_json(history.applied.back());
    if (full) {
        applied["order"] = history.ordered_by_file ? "file" : "applied";
        Json all = Json::array();
        for (const auto& row : history.applied) all.push_back(applied_json(row));
        applied["migrations"] = std::move(all);
    }
    json["applied"] = std::move(applied);
    Json pending = Json::array();
    for (const auto& file : history.pending) pending.push_back({{"id", file.id}, {"files", file.files}});
    json["pending"] = std::move(pending);
    Json failed = Json::array();
    for (const auto& row : history.failed) failed.push_back(failed_json(row));
    json["failed"] = std::move(failed);
    json["edited"] = history.edited;
    json["edited_known"] = history.edited_known;
    json["missing"] = history.missing;
    json["out_of_order"] = history.out_of_order;
    json["will_skip"] = history.will_skip;
    if (!history.half_done.empty()) {
        Json half = Json::array();
        for (const auto& one : history.half_done) half.push_back(half_done_json(one));
        json["half_done"] = std::move(half);
    }
    if (history.renamed.empty()) return;
    Json renamed = Json::array();
    for (const auto& [from, to] : history.renamed) renamed.push_back({{"from", from}, {"to", to}});
    json["renamed"] = std::move(renamed);
}

Json done_json(const std::vector<DoneMigration>& done) {
    Json array = Json::array();
    for (const auto& one : done)
        array.push_back({{"id", one.id}, {"direction", one.direction}, {"ms", one.ms}});
    return array;
}

void add_outcome(Json& json, const UnitResult& unit) {
    json["changed"] = to_string(unit.changed);
    json["done"] = done_json(unit.done);
    json["left"] = unit.left;
    json["files"] = unit.files;
    Json steps = Json::array();
    for (const auto& step : unit.steps) steps.push_back(to_json(step));
    json["outcome"] = std::move(steps);
    if (auto found = differs(unit)) json["differs"] = *found;
}

Json unit_json(const UnitResult& unit, const Detail& detail) {
    Json json{{"id", unit.unit.id}, {"tool", to_string(unit.unit.tool)}};
    if (!unit.unit.alias.empty()) json["alias"] = unit.unit.alias;
    json["version"] = null_if_empty(unit.unit.version_text);
    json["state"] = to_string(unit.skipped.empty() ? unit.state : State::skipped);
    if (!unit.skipped.empty()) json["reason"] = unit.skipped;
    if (detail.plan && unit.plan) {
        Json plan = to_json(*unit.plan);
        for (auto& [key, value] : plan.items())
            if (key != "unit" && key != "targets") json[key] = value;
    }
    Json targets = Json::array();
    for (const auto& status : unit.targets) {
        Json target = to_json(status.target);
        if (status.error) {
            target["state"] = to_string(State::error);
            target["error"] = to_json(*status.error);
        } else {
            add_history(target, status.history, detail.history);
        }
        targets.push_back(std::move(target));
    }
    json["targets"] = std::move(targets);
    if (detail.outcome) add_outcome(json, unit);
    if (detail.ready)
        if (auto made = detail.ready->find(unit.unit.id); made != detail.ready->end())
            json["setup"] = {{"services", made->second.services},
                             {"created", made->second.created},
                             {"seeded", made->second.seeded}};
    if (!unit.text.empty()) json["text"] = unit.text;
    if (unit.error) json["error"] = to_json(*unit.error);
    if (!unit.next.empty()) json["next"] = list_json(unit.next);
    return json;
}

std::string_view stdin_of(const Step& step) {
    const auto* native = std::get_if<Native>(&step.action);
    return native && !native->answers.empty() ? "answers" : "null";
}

}  // namespace

Json to_json(const Next& next) {
    Json json{{"by", to_string(next.by)}, {"argv", next.argv}};
    if (!next.when.empty()) json["when"] = next.when;
    if (!next.why.empty()) json["why"] = next.why;
    return json;
}

Json to_json(const Error& error) {
    Json json{{"code", error.code}, {"message", error.message}};
    json["hint"] = null_if_empty(error.hint);
    json["next"] = list_json(error.next);
    return json;
}

Json to_json(const Target& target) {
    const Connection& connection = target.connection;
    Json json{{"name", target.name}};
    json["engine"] = connection.engine ? Json(to_string(*connection.engine)) : Json(nullptr);
    json["host"] = null_if_empty(connection.host.empty() ? connection.socket : connection.host);
    json["port"] = connection.port > 0 ? Json(connection.port) : Json(nullptr);
    json["database"] = null_if_empty(connection.shown.empty() ? connection.database : connection.shown);
    json["schema"] = null_if_empty(connection.schema);
    json["level"] = to_string(target.level);
    json["protected"] = is_protected(target.level);
    if (!target.migrated) json["migrated"] = false;
    Json evidence = Json::array();
    for (const auto& one : target.evidence)
        evidence.push_back({{"code", one.code}, {"source", one.source}, {"text", one.text}});
    json["evidence"] = std::move(evidence);
    return json;
}

Json to_json(const Step& step) {
    Json json{{"n", step.n}, {"target", step.target}, {"purpose", step.purpose}};
    json["kind"] = step.native() ? "native" : "built-in";
    json["argv"] = argv_of(step);
    json["cwd"] = step.cwd;
    Json env = Json::object();
    for (const auto& [name, value] : step.env) env[name] = value.secret ? "<secret>" : value.value;
    json["env"] = std::move(env);
    json["risk"] = to_string(step.risk);
    json["reversible"] = step.reversible ? Json(*step.reversible) : Json(nullptr);
    json["stdin"] = stdin_of(step);
    json["timeout_s"] = step.timeout_s;
    json["migrations"] = step.migrations;
    json["expect"] = {{"applied_added", step.expect.applied_added},
                      {"applied_removed", step.expect.applied_removed},
                      {"files", step.expect.files}};
    if (!step.destructive.empty()) json["destructive"] = step.destructive;
    return json;
}

Json to_json(const StepOutcome& step) {
    Json json{{"n", step.n}, {"ok", step.ok}, {"ms", step.ms}};
    if (step.native_exit) json["native_exit"] = *step.native_exit;
    if (!step.signal.empty()) json["signal"] = step.signal;
    if (step.timed_out) json["timed_out"] = true;
    if (!step.output.empty()) json["output"] = step.output;
    if (!step.output_file.empty()) json["output_file"] = step.output_file;
    return json;
}

Json to_json(const Verdict& verdict) {
    Json rules = Json::array();
    for (const auto& rule : verdict.rules)
        rules.push_back({{"id", rule.id}, {"message", rule.message}, {"next", list_json(rule.next)}});
    return {{"decision", to_string(verdict.decision)}, {"rules", std::move(rules)}};
}

Json to_json(const UnitPlan& plan) {
    Json json{{"unit", plan.unit}, {"verb", to_string(plan.verb)}, {"environment", plan.environment}};
    json["targets"] = list_json(plan.targets);
    json["steps"] = list_json(plan.steps);
    json["verified"] = plan.verified;
    json["lock"] = plan.lock;
    json["verdict"] = to_json(plan.verdict);
    return json;
}

Json detected_json(const Unit& unit) {
    Json json{{"id", unit.id}, {"tool", to_string(unit.tool)}};
    if (!unit.alias.empty()) json["alias"] = unit.alias;
    json["style"] = null_if_empty(unit.style);
    json["root"] = unit.root;
    json["config"] = null_if_empty(unit.config);
    json["schema"] = null_if_empty(unit.schema);
    Json migrations = Json::array();
    for (const auto& dir : unit.migrations)
        migrations.push_back(
            {{"path", dir.path}, {"engine", dir.engine ? Json(to_string(*dir.engine)) : Json(nullptr)}});
    json["migrations"] = std::move(migrations);
    json["seeds"] = null_if_empty(unit.seeds);
    json["runner"] = null_if_empty(unit.runner);
    json["launch"] = unit.launch;
    json["version"] = null_if_empty(unit.version_text);
    json["version_source"] = null_if_empty(unit.version_source);
    Json engines = Json::array();
    for (Engine engine : unit.engines) engines.push_back(to_string(engine));
    json["engines"] = std::move(engines);
    json["how_run"] = to_string(unit.how_run);
    json["project_command"] = null_if_empty(unit.project_command);
    json["confidence"] = unit.confidence;
    Json evidence = Json::array();
    for (const auto& one : unit.evidence)
        evidence.push_back(
            {{"path", one.path}, {"line", one.line}, {"signal", one.signal}, {"weight", one.weight}});
    json["evidence"] = std::move(evidence);
    Json verbs = Json::object();
    const Adapter& adapter = adapter_of(unit.tool);
    for (Verb verb : all_verbs()) {
        const Row* row = support(adapter, verb, unit.version);
        if (!row) continue;
        Json cell{{"how", to_string(row->how)}};
        if (row->how == How::unsupported) {
            cell["reason"] = row->note;
            cell["next"] = row->next.empty() ? Json(nullptr) : Json(fill(row->next, {{"unit", unit.id}}));
        }
        verbs[std::string(to_string(verb))] = std::move(cell);
    }
    json["verbs"] = std::move(verbs);
    return json;
}

Json envelope(const CommandResult& result, const Detail& detail) {
    std::size_t failed = 0, skipped = 0;
    Json units = Json::array();
    for (const auto& unit : result.units) {
        failed += unit.error.has_value();
        skipped += !unit.skipped.empty();
        units.push_back(unit_json(unit, detail));
    }
    Json json{{"migrate", 1}, {"command", result.command}};
    json["ok"] = result.exit == 0;
    json["exit"] = result.exit;
    json["changed"] = to_string(changed_of(result));
    json["summary"] = {{"units", result.units.size()},
                       {"ok", result.units.size() - failed - skipped},
                       {"failed", failed},
                       {"skipped", skipped}};
    if (!result.plan_id.empty()) json["plan_id"] = result.plan_id;
    json["units"] = std::move(units);
    json["environment"] = {{"name", result.environment.name}, {"source", result.environment.source}};
    json["errors"] = list_json(result.errors);
    json["next"] = list_json(result.next);
    return json;
}

std::string dump(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string dump_line(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace migrate
