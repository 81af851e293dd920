#include "model/target.hpp"

#include "model/enum_names.hpp"

namespace migrate {

namespace {
constexpr EnumNames<Level, 5> kLevels{{
    {Level::scratch, "scratch"},
    {Level::local, "local"},
    {Level::staging, "staging"},
    {Level::shared, "shared"},
    {Level::production, "production"},
}};
}

std::string_view to_string(Level level) {
    return name_of(kLevels, level);
}
std::optional<Level> level_from(std::string_view name) {
    return value_of(kLevels, name);
}
bool is_protected(Level level) {
    return level == Level::shared || level == Level::production;
}

}  // namespace migrate
