#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command/table.hpp"

namespace migrate {

namespace {

constexpr Example kExamples[] = {
    {"migrate version", "prints the version of this program"},
    {"migrate version --json", "prints it for a script, with the number of the JSON format"},
};

int version(const Invocation&, const ParsedCommand& parsed) {
    if (!parsed.given("json")) {
        fmt::print("migrate {}\n", MIGRATE_VERSION);
        return 0;
    }
    nlohmann::ordered_json document = {{"migrate", 1},
                                       {"command", "version"},
                                       {"ok", true},
                                       {"exit", 0},
                                       {"changed", "nothing"},
                                       {"version", MIGRATE_VERSION},
                                       {"units", nlohmann::json::array()},
                                       {"errors", nlohmann::json::array()},
                                       {"next", nlohmann::json::array()}};
    fmt::print("{}\n", document.dump());
    return 0;
}

}  // namespace

constinit const Command version_command{
    .name = "version",
    .group = Group::serve,
    .summary = "this program's version",
    .description =
        "Prints the version of this program. The versions of the tools it found stand in `migrate detect`.",
    .examples = kExamples,
    .run = version,
};

}  // namespace migrate
