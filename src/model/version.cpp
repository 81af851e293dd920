#include "model/version.hpp"

#include <cctype>

namespace migrate {

std::optional<Version> parse_version(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && !std::isdigit(static_cast<unsigned char>(text[at]))) ++at;
    if (at == text.size()) return std::nullopt;
    int parts[3] = {0, 0, 0};
    for (int& part : parts) {
        while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) {
            if (part < 100'000'000) part = part * 10 + (text[at] - '0');
            ++at;
        }
        if (at + 1 >= text.size() || text[at] != '.' ||
            !std::isdigit(static_cast<unsigned char>(text[at + 1])))
            break;
        ++at;
    }
    return Version{parts[0], parts[1], parts[2]};
}

}  // namespace migrate
