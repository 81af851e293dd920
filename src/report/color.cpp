#include "report/color.hpp"

namespace migrate {

bool use_color(const std::optional<std::string>& option, const Environment& env, bool terminal) {
    if (option && *option != "auto") return *option != "never";
    std::string force = env.get("FORCE_COLOR").value_or("");
    if (!force.empty()) return force != "0" && force != "false";
    if (!env.get("NO_COLOR").value_or("").empty()) return false;
    std::string cli_force = env.get("CLICOLOR_FORCE").value_or("");
    if (!cli_force.empty() && cli_force != "0") return true;
    std::string kind = env.get("TERM").value_or("");
    return terminal && !kind.empty() && kind != "dumb";
}

}  // namespace migrate
