#include "base/duration.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace migrate {

namespace {

constexpr std::array<std::pair<std::string_view, long long>, 5> kUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr long long kLongest = 3650ll * 86'400'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    long long total = 0;
    bool bare = true;
    while (!text.empty()) {
        long long number = 0;
        auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (problem != std::errc() || number < 0 || number > kLongest) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        std::size_t letters = text.find_first_of("0123456789");
        std::string_view name = text.substr(0, letters);
        long long factor = 0;
        for (const auto& [unit, milliseconds] : kUnits)
            if (unit == name) factor = milliseconds;
        if (name.empty() && bare) factor = 1000;
        if (factor == 0 || number > kLongest / factor) return std::nullopt;
        total += number * factor;
        bare = false;
        if (total > kLongest) return std::nullopt;
        text.remove_prefix(name.size());
    }
    return std::chrono::milliseconds(total);
}

}  // namespace migrate
