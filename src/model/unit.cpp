#include "model/unit.hpp"

#include <filesystem>

#include "model/enum_names.hpp"

namespace migrate {

namespace {
constexpr EnumNames<HowRun, 5> kHows{{
    {HowRun::cli, "cli"},
    {HowRun::build, "build"},
    {HowRun::wrapper, "wrapper"},
    {HowRun::programmatic, "programmatic"},
    {HowRun::manual, "manual"},
}};
}

std::string_view to_string(HowRun how) {
    return name_of(kHows, how);
}
std::optional<HowRun> how_run_from(std::string_view name) {
    return value_of(kHows, name);
}

std::string from_unit_root(const Unit& unit, std::string_view path) {
    return std::filesystem::path(path)
        .lexically_normal()
        .lexically_relative(std::filesystem::path(unit.root).lexically_normal())
        .generic_string();
}

}  // namespace migrate
