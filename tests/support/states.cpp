#include "tests/support/states.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

namespace migrate::test {

namespace {

/// "?" and the words where the document is not as it should be, so that a comparison shows them.
std::string state_in(const Ran& ran, const char* source) {
    auto document = nlohmann::json::parse(ran.out, nullptr, false);
    if (!document.is_object() || document["units"].size() != 1) return "? " + ran.out + ran.err;
    const auto& unit = document["units"][0];
    if (unit.contains("error")) return unit["error"]["code"];
    if (unit["targets"][0]["source"] != source) return "? " + unit["targets"].dump();
    return unit["state"];
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const States& states) {
    return out << "direct " << states.direct << ", native " << states.native << ", changed "
               << states.changed;
}

States states_of(const std::function<Ran(std::vector<std::string>)>& migrate) {
    States states;
    states.direct = state_in(migrate({"status", "--json"}), "direct");
    if (states.direct.starts_with("? ")) states.direct = state_in(migrate({"status", "--json"}), "probe");
    const Ran asked = migrate({"status", "--native", "--json"});
    states.native = state_in(asked, "native");
    auto document = nlohmann::json::parse(asked.out, nullptr, false);
    if (document.is_object()) states.changed = document.value("changed", "?");
    return states;
}

}  // namespace migrate::test
