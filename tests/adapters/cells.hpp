#pragma once
#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// Short forms for tests of a tool's table: a command line as one text, a plan as a list of such.
namespace migrate::test {

using Lines = std::vector<std::string>;

/// The words of a text, split at blanks; 'single quotes' hold blanks.
inline std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> result;
    std::string word;
    bool quoted = false, any = false;
    for (char c : text) {
        if (c == '\'') {
            quoted = !quoted;
            any = true;
        } else if (c == ' ' && !quoted) {
            if (any) result.push_back(word);
            word.clear();
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (any) result.push_back(word);
    return result;
}

/// "alembic upgrade head" (program by name, without launch prefix), or the built-in action.
inline std::string line(const Step& step) {
    std::vector<std::string> argv = argv_of(step);
    if (const auto* native = std::get_if<Native>(&step.action)) {
        argv = native->args;
        argv.insert(argv.begin(), native->program);
    }
    std::string text;
    for (const auto& word : argv) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Every step of a plan as a line; an error as its code.
inline Lines lines(const Result<std::vector<Step>>& steps) {
    if (!steps) return {"error " + steps.error().code};
    Lines result;
    for (const auto& step : *steps) result.push_back(line(step));
    return result;
}

/// What a command line would do: "run apply", "- destroy" for no verb of ours, "unclassified";
/// with " ?x" for every word that is not known and " >" where it names another database.
inline std::string judged(const Adapter& adapter, std::string_view command,
                          std::optional<Version> version = std::nullopt) {
    auto found = classify(adapter, words(command), version);
    if (!found) return "unclassified";
    std::string text(found->verb ? to_string(*found->verb) : "-");
    text += " " + std::string(to_string(found->risk));
    for (const auto& word : found->unknown) text += " ?" + word;
    if (found->retargets) text += " >";
    return text;
}

/// Every verb is native, built-in or unsupported for every version, and says why where it is unsupported.
inline void check_complete(const Adapter& adapter, const std::vector<Version>& versions) {
    for (const Version& version : versions) {
        for (Verb verb : all_verbs()) {
            const Row* row = support(adapter, verb, version);
            CAPTURE(to_string(verb));
            CAPTURE(version.major);
            CAPTURE(version.minor);
            REQUIRE(row);
            if (row->how == How::unsupported) {
                CHECK_FALSE(row->note.empty());
                CHECK_FALSE(row->next.empty());
            }
            if (row->how == How::native) CHECK_FALSE(row->argv.empty());
        }
    }
}

}  // namespace migrate::test
