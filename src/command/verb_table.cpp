#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/adapter.hpp"
#include "command/adapter_page.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

constexpr std::array kTools{Tool::prisma,  Tool::drizzle, Tool::knex,   Tool::typeorm,       Tool::sequelize,
                            Tool::alembic, Tool::django,  Tool::flyway, Tool::migrate_mongo, Tool::sql};

std::string cell(const Row* row) {
    if (!row) return "";
    return row->how == How::unsupported ? "no" : std::string(to_string(row->how));
}

constexpr Example kExamples[] = {
    {"migrate verbs", "prints the table of docs/verbs.md"},
    {"migrate verbs knex", "prints the generated part of docs/adapters/knex.md"}};
constexpr Positional kWords[] = {
    {.name = "TOOL",
     .choices = "prisma|drizzle|knex|typeorm|sequelize|alembic|django|flyway|migrate-mongo|sql",
     .help = "one tool's rows alone"}};

/// The tool x verb table of docs/verbs.md, from the adapters' tables.
int verbs(const Invocation&, const ParsedCommand& parsed) {
    if (auto name = parsed.positional(0)) {
        auto tool = std::find_if(kTools.begin(), kTools.end(),
                                 [&](Tool candidate) { return to_string(candidate) == *name; });
        if (tool != kTools.end()) fmt::print("{}", adapter_page(*tool));
        return tool != kTools.end() ? 0 : 2;
    }
    fmt::print("# Which tool does which verb how\n\n");
    fmt::print(
        "Generated from the adapters' tables by `migrate verbs`. *native*: the tool's own command; "
        "*built-in*: steps of\n"
        "`migrate` itself; *no*: not possible, with the reason below. For the newest version of each "
        "tool.\n\n|  |");
    for (Tool tool : kTools) fmt::print(" {} |", to_string(tool));
    fmt::print("\n|---|");
    for (std::size_t i = 0; i < kTools.size(); ++i) fmt::print("---|");
    fmt::print("\n");
    for (Verb verb : all_verbs()) {
        fmt::print("| `{}` |", to_string(verb));
        for (Tool tool : kTools) fmt::print(" {} |", cell(support(adapter_of(tool), verb, std::nullopt)));
        fmt::print("\n");
    }
    for (Tool tool : kTools) {
        const Adapter& adapter = adapter_of(tool);
        fmt::print("\n## [{}](adapters/{}.md)\n\n", adapter.title, to_string(tool));
        for (Verb verb : all_verbs()) {
            const Row* row = support(adapter, verb, std::nullopt);
            if (!row) continue;
            std::string what =
                row->how == How::native ? fmt::format("`{} {}`", adapter.program, row->argv) : cell(row);
            fmt::print("- `{}`: {}{}{}\n", to_string(verb), what, row->note.empty() ? "" : ": ", row->note);
        }
    }
    return 0;
}

}  // namespace

constinit const Command verbs_command{
    .name = "verbs",
    .group = Group::look,
    .summary = "the table of docs/verbs.md",
    .description = "Which tool does which verb how, from the adapters' tables, as Markdown.",
    .positionals = kWords,
    .examples = kExamples,
    .hidden = true,
    .run = verbs,
};

}  // namespace migrate
