#include "model/result.hpp"

#include <algorithm>

#include "model/enum_names.hpp"

namespace migrate {

namespace {
constexpr EnumNames<Changed, 4> kChanged{{
    {Changed::nothing, "nothing"},
    {Changed::files, "files"},
    {Changed::database, "database"},
    {Changed::unknown, "unknown"},
}};
}

std::string_view to_string(Changed changed) {
    return name_of(kChanged, changed);
}

int exit_of(const CommandResult& result) {
    int status = 0;
    for (const auto& error : result.errors) status = worst_exit(status, exit_status(error.code));
    for (const auto& unit : result.units)
        if (unit.error) status = worst_exit(status, exit_status(unit.error->code));
    return status;
}

std::optional<bool> differs(const UnitResult& unit) {
    std::optional<bool> found;
    for (const auto& step : unit.steps)
        if (step.differs) found = found.value_or(false) || *step.differs;
    return found;
}

Changed changed_of(const CommandResult& result) {
    Changed changed = Changed::nothing;
    for (const auto& unit : result.units) changed = std::max(changed, unit.changed);
    return changed;
}

}  // namespace migrate
