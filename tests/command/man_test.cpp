#include <sstream>

#include "command/command.hpp"
#include "command/man_page.hpp"
#include "command/options.hpp"
#include "command/table.hpp"

using namespace migrate;

namespace {

constexpr Option kOptions[] = {
    {.name = "to", .kind = ValueKind::text, .value = "ID", .help = ".dotfiles and 'quotes'"}};
constexpr Example kExamples[] = {{"migrate run --to a\\b", "one back-slash"}};
const OptionSet* const kShared[] = {&kUnitOptions};
const Command kRun{.name = "run",
                   .alias = "up",
                   .summary = "apply",
                   .description = "First paragraph.\n\n.Second `paragraph`.",
                   .options = kOptions,
                   .shared = kShared,
                   .examples = kExamples};
const Command* const kCommands[] = {&kRun};

}  // namespace

TEST_CASE("the manual page has the sections of a manual page, and every verb, option and example") {
    std::string page = man_page(kCommands);
    CHECK(page.starts_with(".TH MIGRATE 1 \"20"));
    for (const char* part :
         {".SH NAME\n", ".SH SYNOPSIS\n", ".SH VERBS\n", ".SH OPTIONS\n", ".SH EXIT STATUS\n",
          ".SH ENVIRONMENT\n", ".SH FILES\n", ".SH EXAMPLES\n", ".SS run, up\n", "\\fB\\-\\-to ID\\fR",
          "\\fB\\-u, \\-\\-unit UNIT\\fR", "\\fB130\\fR"}) {
        CAPTURE(part);
        CHECK(page.find(part) != std::string::npos);
    }
}

TEST_CASE("no text of the manual page is taken for a request or an escape") {
    std::string page = man_page(kCommands);
    CHECK(page.find("\n\\&.dotfiles and \\(aqquotes\\(aq\n") != std::string::npos);
    CHECK(page.find("\n\\&.Second \\(gaparagraph\\(ga.\n") != std::string::npos);
    CHECK(page.find("a\\eb") != std::string::npos);
    std::istringstream lines(man_page(all_commands()));
    const std::set<std::string> requests{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".RI"};
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK_FALSE(line.empty());
        if (line[0] == '.') CHECK(requests.contains(line.substr(0, line.find(' '))));
        CHECK(line[0] != '\'');
    }
}
