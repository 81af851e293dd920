#include "report/color.hpp"

namespace migrate {

namespace {

std::string_view code_of(Style style) {
    switch (style) {
        case Style::plain:
            return "";
        case Style::bold:
            return "1";
        case Style::dim:
            return "2";
        case Style::red:
            return "31";
        case Style::green:
            return "32";
        case Style::yellow:
            return "33";
        case Style::blue:
            return "34";
        case Style::cyan:
            return "36";
    }
    return "";
}

}  // namespace

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

std::string styled(std::string_view text, Style style, bool color) {
    std::string_view code = code_of(style);
    if (!color || code.empty() || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace migrate
