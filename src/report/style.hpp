#pragma once
#include <string>
#include <string_view>

namespace migrate {

/// How text to one stream is dressed. Without colour every function returns its text unchanged.
struct Style {
    bool color = false;

    std::string bold(std::string_view text) const { return dress("1", text); }
    std::string dim(std::string_view text) const { return dress("2", text); }
    std::string red(std::string_view text) const { return dress("31", text); }
    std::string green(std::string_view text) const { return dress("32", text); }
    std::string yellow(std::string_view text) const { return dress("33", text); }

  private:
    std::string dress(std::string_view code, std::string_view text) const {
        if (!color || text.empty()) return std::string(text);
        return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
    }
};

}  // namespace migrate
