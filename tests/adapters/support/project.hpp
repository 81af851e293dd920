#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/adapter.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

using Words = std::vector<std::string>;

/// "a b c" -> {"a", "b", "c"}; '' is an empty word.
inline Words words(std::string_view line) {
    Words result;
    while (!line.empty()) {
        std::size_t end = std::min(line.find(' '), line.size());
        if (end > 0) result.push_back(line.substr(0, end) == "''" ? "" : std::string(line.substr(0, end)));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return result;
}

inline std::string joined(const Words& list, std::string_view between = " ") {
    std::string text;
    for (const auto& word : list) text += (text.empty() ? "" : std::string(between)) + word;
    return text;
}

/// What a command line is taken for: "run apply", "- destroy" where it is no verb of ours, with
/// "retargets" and "unknown: ..." behind it; "unclassified" where no row matches.
inline std::string taken_for(Tool tool, std::string_view line, std::string_view version = "") {
    auto parsed = version.empty() ? std::nullopt : parse_version(version);
    auto found = classify(adapter_of(tool), words(line), parsed);
    if (!found) return "unclassified";
    std::string text = found->verb ? std::string(to_string(*found->verb)) : "-";
    text += " " + std::string(to_string(found->risk));
    if (found->retargets) text += " retargets";
    if (!found->unknown.empty()) text += " unknown: " + joined(found->unknown);
    return text;
}

/// A repository with one unit, and a database in which some of its migrations are applied.
struct Project {
    std::shared_ptr<Tree> tree;  ///< shared, so that a project can be returned and copied
    Unit unit;
    Request request;
    Target target;
    HistoryRows rows;

    Project(Tool tool, const Tree::Files& files) : tree(std::make_shared<Tree>(files)) {
        unit.tool = tool;
        unit.id = ".:" + std::string(to_string(tool));
        unit.launch = {"node_modules/.bin/" + std::string(adapter_of(tool).program)};
        target.connection.engine = Engine::postgresql;
        target.connection.url = "postgres://app:s3cret@localhost/shop";
        rows.source = HistorySource::direct;
        rows.database_exists = rows.table_exists = true;
    }

    Project& version(std::string_view text) {
        unit.version = parse_version(text);
        unit.version_text = text;
        return *this;
    }
    /// Rows in applied order: "id" or "id#batch".
    Project& applied(std::string_view ids) {
        rows.rows.clear();
        for (const auto& id : words(ids)) {
            AppliedRow row;
            std::size_t hash = id.find('#');
            row.id = id.substr(0, hash);
            if (hash != std::string::npos) row.batch = id.substr(hash + 1);
            rows.rows.push_back(std::move(row));
        }
        return *this;
    }

    const Adapter& adapter() const { return adapter_of(unit.tool); }

    std::vector<MigrationFile> files() const {
        auto found = adapter().files(unit, tree->path());
        return found ? *found : std::vector<MigrationFile>{};
    }
    History history() const { return adapter().compare(unit, files(), rows); }

    Result<std::vector<Step>> plan(Verb verb) {
        request.verb = verb;
        Facts facts;
        facts.root = tree->path();
        facts.files = files();
        facts.targets = {target};
        facts.histories[target.name] = history();
        return adapter().plan(unit, request, facts);
    }

    /// The steps as people read them, without what starts the tool; {"error: CODE"} where there is no plan.
    Words lines(Verb verb) {
        auto steps = plan(verb);
        if (!steps) return {"error: " + steps.error().code};
        Words result;
        for (const auto& step : *steps) {
            const auto* native = std::get_if<Native>(&step.action);
            result.push_back(joined(native ? native->args : argv_of(step)));
        }
        return result;
    }
};

}  // namespace migrate::test
