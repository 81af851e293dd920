#include "policy/caller.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace migrate {

namespace {

/// A variable whose presence, or whose value beginning, marks an agent.
struct Sign {
    std::string_view variable;
    std::string_view value_prefix = "";
};

constexpr std::array kSigns{
    Sign{"CLAUDECODE"},
    Sign{"CODEX_THREAD_ID"},
    Sign{"CODEX_CI"},
    Sign{"CODEX_SANDBOX"},
    Sign{"CODEX_SANDBOX_NETWORK_DISABLED"},
    Sign{"GEMINI_CLI"},
    Sign{"QWEN_CODE"},
    Sign{"CURSOR_AGENT"},
    Sign{"COPILOT_CLI"},
    Sign{"OPENCODE"},
    Sign{"OPENCODE_CLIENT"},
    Sign{"CLINE_ACTIVE"},
    Sign{"CRUSH"},
    Sign{"OR_APP_NAME", "Aider"},
    Sign{"AUGMENT_AGENT"},
    Sign{"ANTIGRAVITY_AGENT"},
    Sign{"REPLIT_SESSION", "agent-"},
    Sign{"AI_AGENT"},
    Sign{"AGENT"},
};

}  // namespace

std::vector<std::string> agent_signs(const Environment& env) {
    std::vector<std::string> signs;
    for (const Sign& sign : kSigns) {
        auto value = env.get(sign.variable);
        if (value && !value->empty() && value->starts_with(sign.value_prefix))
            signs.emplace_back(sign.variable);
    }
    std::error_code ignored;
    if (std::filesystem::exists("/opt/.devin", ignored)) signs.emplace_back("/opt/.devin");
    return signs;
}

Caller caller_of(const Invocation& invocation, bool no_input) {
    Caller caller;
    caller.agent_signs = agent_signs(invocation.env);
    const bool in_ci = invocation.env.has("CI");
    caller.person =
        invocation.stdin_tty && invocation.stderr_tty && !in_ci && !no_input && caller.agent_signs.empty();
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16384> buffer{};
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
        caller.user = found->pw_name;
        caller.home = found->pw_dir;
    } else {
        caller.user = std::to_string(::geteuid());
    }
    return caller;
}

}  // namespace migrate
