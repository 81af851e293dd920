#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "command/options.hpp"
#include "command/program.hpp"
#include "command/session.hpp"
#include "command/table.hpp"
#include "report/detect.hpp"

namespace migrate {

namespace {

constexpr Option kOptions[] = {
    {.name = "hidden", .help = "also those in tests, examples, fixtures and templates"},
    {.name = "names", .help = "only ids and aliases, one a line"},
};
constexpr Example kExamples[] = {
    {"migrate detect", "lists the migration units of this repository, with evidence"},
    {"migrate detect --json", "the same for a script"},
    {"migrate detect --root ../other --hidden", "another repository, test fixtures included"},
};

int detect_units(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "detect", session.error());
    if (parsed.given("names")) {
        for (const auto& unit : session->scan.units)
            fmt::print("{}\n", unit.alias.empty() ? unit.id : unit.alias);
        return 0;
    }
    if (session->json()) fmt::print("{}", dump(detect_json(session->scan, session->environment)));
    if (!session->json()) fmt::print("{}", detect_text(session->scan, parsed.given("hidden"), session->out));
    return 0;
}

}  // namespace

constinit const Command detect_command{
    .name = "detect",
    .group = Group::look,
    .summary = "list the migration units, with evidence",
    .description = "One pass over the tree. Runs nothing, connects to nothing, follows no symbolic link.",
    .options = kOptions,
    .examples = kExamples,
    .run = detect_units,
};

}  // namespace migrate
