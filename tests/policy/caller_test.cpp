#include "policy/caller.hpp"

using namespace migrate;

namespace {
Invocation at_terminal(std::map<std::string, std::string, std::less<>> variables = {}) {
    Invocation invocation;
    invocation.env.variables = std::move(variables);
    invocation.stdin_tty = invocation.stdout_tty = invocation.stderr_tty = true;
    return invocation;
}
}  // namespace

TEST_CASE("a person sits at a terminal, without CI, --no-input or signs of an agent") {
    CHECK(caller_of(at_terminal(), false).person);
    CHECK_FALSE(caller_of(at_terminal(), true).person);
    CHECK_FALSE(caller_of(at_terminal({{"CI", "true"}}), false).person);
    CHECK_FALSE(caller_of(at_terminal({{"CI", "false"}}), false).person);
    for (const char* sign : {"CLAUDECODE", "CURSOR_AGENT", "CODEX_SANDBOX", "GEMINI_CLI", "AI_AGENT"}) {
        Caller caller = caller_of(at_terminal({{sign, "1"}}), false);
        CHECK_FALSE(caller.person);
        CHECK(caller.agent_signs == std::vector<std::string>{sign});
    }
    CHECK(caller_of(at_terminal({{"REPLIT_SESSION", "person-1"}}), false).person);
    CHECK_FALSE(caller_of(at_terminal({{"REPLIT_SESSION", "agent-1"}}), false).person);
}

TEST_CASE("a terminal on one side only is no person") {
    Invocation invocation = at_terminal();
    invocation.stdin_tty = false;
    CHECK_FALSE(caller_of(invocation, false).person);
    invocation.stdin_tty = true;
    invocation.stderr_tty = false;
    CHECK_FALSE(caller_of(invocation, false).person);
}

TEST_CASE("user and home come from passwd, not from the environment") {
    Caller caller = caller_of(at_terminal({{"HOME", "/nowhere"}, {"USER", "nobody-of-that-name"}}), false);
    CHECK(caller.user != "nobody-of-that-name");
    CHECK(caller.home != "/nowhere");
}
