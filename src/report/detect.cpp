#include "report/detect.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/shell_words.hpp"

namespace migrate {

namespace {

Json units_json(const std::vector<Unit>& units) {
    Json array = Json::array();
    for (const auto& unit : units) array.push_back(detected_json(unit));
    return array;
}

std::string line(std::string_view label, const std::string& value) {
    return value.empty() ? "" : fmt::format("    {:<12}{}\n", label, value);
}

std::string title_of_unit(const Unit& unit, const Paint& paint) {
    std::string text = paint.bold(unit.id);
    if (!unit.alias.empty()) text += "  (" + unit.alias + ")";
    std::string engines;
    for (Engine engine : unit.engines)
        engines += (engines.empty() ? "" : ", ") + std::string(to_string(engine));
    for (const std::string& part : {unit.style, unit.version_text, engines})
        if (!part.empty()) text += "  " + paint.dim(part);
    return text + "\n";
}

std::string block(const Unit& unit, const Paint& paint) {
    std::string text = "  " + title_of_unit(unit, paint);
    text += line("config", unit.config);
    for (const auto& dir : unit.migrations)
        text +=
            line("migrations", dir.path + (dir.engine ? fmt::format("  ({})", to_string(*dir.engine)) : ""));
    text += line("schema", unit.schema);
    text += line("seeds", unit.seeds);
    std::string run(to_string(unit.how_run));
    if (!unit.launch.empty()) run += ": " + shell_words(unit.launch);
    text += line("runs by", run);
    text += line("project", unit.project_command);
    if (!unit.evidence.empty()) {
        const Evidence& first = unit.evidence.front();
        std::string where = first.path + (first.line > 0 ? fmt::format(":{}", first.line) : "");
        text += line("because", fmt::format("{} ({}), confidence {}", first.signal, where, unit.confidence));
    }
    return text;
}

}  // namespace

Json detect_json(const Scan& scan, const EnvironmentName& environment) {
    Json json{{"migrate", 1}, {"command", "detect"}, {"ok", true}, {"exit", 0}, {"changed", "nothing"}};
    json["summary"] = {
        {"units", scan.units.size()}, {"ok", scan.units.size()}, {"failed", 0}, {"skipped", 0}};
    json["units"] = units_json(scan.units);
    json["possible"] = units_json(scan.possible);
    for (const auto& note : scan.others)
        json["possible"].push_back({{"tool", "other"},
                                    {"style", note.style},
                                    {"root", note.path},
                                    {"what", note.what},
                                    {"reason", note.why}});
    json["hidden"] = units_json(scan.hidden);
    Json problems = Json::array();
    for (const auto& problem : scan.problems)
        problems.push_back({{"code", problem.code},
                            {"path", problem.path},
                            {"line", problem.line},
                            {"message", problem.message},
                            {"unit", problem.unit.empty() ? Json(nullptr) : Json(problem.unit)}});
    json["problems"] = std::move(problems);
    json["environment"] = {{"name", environment.name}, {"source", environment.source}};
    json["errors"] = Json::array();
    Json next = Json::array();
    if (auto suggestion = suggest(scan))
        next.push_back({{"by", "you"}, {"argv", suggestion->argv}, {"why", suggestion->reason}});
    json["next"] = std::move(next);
    return json;
}

std::string suggestion_text(const Suggestion& suggestion, const Paint& paint) {
    return fmt::format("No migration unit was found.\n  would fit: {} ({})\n  next: {}\n",
                       to_string(suggestion.tool), suggestion.reason,
                       paint.bold(shell_words(suggestion.argv)));
}

std::string detect_text(const Scan& scan, bool hidden, const Paint& paint) {
    std::string text;
    if (auto suggestion = suggest(scan)) text += suggestion_text(*suggestion, paint);
    if (!scan.units.empty())
        text += fmt::format("{} migration unit{}\n", scan.units.size(), scan.units.size() == 1 ? "" : "s");
    for (const auto& unit : scan.units) text += block(unit, paint);
    if (!scan.possible.empty() || !scan.others.empty()) text += "possible\n";
    for (const auto& unit : scan.possible) text += block(unit, paint);
    for (const auto& note : scan.others)
        text += fmt::format("  {}  {}: {}\n", paint.bold(note.path), note.what, note.why);
    if (hidden) {
        if (!scan.hidden.empty()) text += "in tests, examples, fixtures and templates\n";
        for (const auto& unit : scan.hidden) text += block(unit, paint);
    } else if (!scan.hidden.empty()) {
        text += paint.dim(fmt::format("fixtures ({} hidden, --hidden to show)\n", scan.hidden.size()));
    }
    return text + problems_text(scan, paint);
}

std::string problems_text(const Scan& scan, const Paint& paint) {
    std::string text;
    for (const auto& problem : scan.problems)
        text += fmt::format("{} {}{}: {}\n", paint.yellow("problem:"), problem.path,
                            problem.line > 0 ? fmt::format(":{}", problem.line) : "", problem.message);
    return text;
}

}  // namespace migrate
