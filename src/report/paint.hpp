#pragma once
#include <string>
#include <string_view>

#include "report/color.hpp"

namespace migrate {

/// How text to one stream is dressed. Without colour every function returns its text unchanged.
struct Paint {
    bool color = false;

    std::string bold(std::string_view text) const { return styled(text, Style::bold, color); }
    std::string dim(std::string_view text) const { return styled(text, Style::dim, color); }
    std::string red(std::string_view text) const { return styled(text, Style::red, color); }
    std::string green(std::string_view text) const { return styled(text, Style::green, color); }
    std::string yellow(std::string_view text) const { return styled(text, Style::yellow, color); }
};

}  // namespace migrate
