#include "model/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrate {

namespace {

/// A code, or a prefix ending in '.', and its exit status. The first match wins.
constexpr std::array<std::pair<std::string_view, int>, 26> kExitByCode{{
    {"usage", 2},
    {"config.", 2},
    {"environment.", 2},
    {"unit.", 2},
    {"verb.", 2},
    {"migration.", 2},
    {"file.", 2},
    {"root.", 2},
    {"target.unreachable", 1},
    {"target.busy", 6},
    {"target.", 2},
    {"tool.missing", 5},
    {"tool.version", 2},
    {"tool.layout", 2},
    {"tool.", 1},
    {"policy.", 4},
    {"plan.invalid", 2},
    {"plan.unknown", 2},
    {"plan.", 4},
    {"backup.missing", 4},
    {"backup.unknown", 2},
    {"backup.unsupported", 2},
    {"check.", 3},
    {"doctor.", 3},
    {"interrupted", 130},
    {"run.", 1},
}};

constexpr std::array<int, 8> kWorstFirst{130, 1, 2, 5, 4, 6, 3, 0};

}  // namespace

int exit_status(std::string_view code) {
    for (const auto& [prefix, status] : kExitByCode)
        if (code == prefix || (prefix.back() == '.' && code.starts_with(prefix))) return status;
    return 1;
}

int worst_exit(int a, int b) {
    auto rank = [](int status) { return std::find(kWorstFirst.begin(), kWorstFirst.end(), status); };
    return rank(a) <= rank(b) ? a : b;
}

std::string_view to_string(By by) {
    switch (by) {
        case By::you:
            return "you";
        case By::person:
            return "person";
        case By::pipeline:
            return "pipeline";
    }
    return "you";
}

}  // namespace migrate
