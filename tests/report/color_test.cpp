#include "report/color.hpp"

#include "report/shell_words.hpp"

using namespace migrate;

namespace {

Environment with(std::map<std::string, std::string, std::less<>> variables) {
    return Environment{std::move(variables)};
}

}  // namespace

TEST_CASE("colour is decided by option, FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE and terminal, in that order") {
    CHECK(use_color({}, with({{"TERM", "xterm"}}), true));
    CHECK_FALSE(use_color({}, with({{"TERM", "xterm"}}), false));
    CHECK_FALSE(use_color({}, with({{"TERM", "dumb"}}), true));
    CHECK_FALSE(use_color({}, with({}), true));
    CHECK(use_color({}, with({{"CLICOLOR_FORCE", "1"}}), false));
    CHECK_FALSE(use_color({}, with({{"CLICOLOR_FORCE", "0"}}), false));
    CHECK_FALSE(use_color({}, with({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}, {"TERM", "xterm"}}), true));
    CHECK(use_color({}, with({{"NO_COLOR", ""}, {"TERM", "xterm"}}), true));
    CHECK(use_color({}, with({{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}}), false));
    CHECK_FALSE(use_color({}, with({{"FORCE_COLOR", "0"}, {"TERM", "xterm"}}), true));
    CHECK(use_color("always", with({{"NO_COLOR", "1"}, {"FORCE_COLOR", "0"}}), false));
    CHECK(use_color("", with({{"NO_COLOR", "1"}}), false));
    CHECK_FALSE(use_color("never", with({{"FORCE_COLOR", "1"}, {"TERM", "xterm"}}), true));
    CHECK(use_color("auto", with({{"TERM", "xterm"}}), true));
}

TEST_CASE("a style without colour is the text itself") {
    CHECK(styled("x", Style::red, true) == "\x1b[31mx\x1b[0m");
    CHECK(styled("x", Style::red, false) == "x");
    CHECK(styled("x", Style::plain, true) == "x");
}

TEST_CASE("a command line that is shown can be pasted into a shell") {
    std::vector<std::string> argv{"migrate", "run", "-u", "!apps/*", "--to=it's", "", "a b"};
    CHECK(shell_words(argv) == "migrate run -u '!apps/*' '--to=it'\\''s' '' 'a b'");
    CHECK(shell_word("~root") == "'~root'");
    CHECK(shell_word("a=b,c:d@e/f.g-h_%+") == "a=b,c:d@e/f.g-h_%+");
}
