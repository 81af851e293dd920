#include "model/risk.hpp"

#include "model/enum_names.hpp"

namespace migrate {

namespace {
constexpr EnumNames<Risk, 5> kRisks{{
    {Risk::read, "read"},
    {Risk::files, "files"},
    {Risk::apply, "apply"},
    {Risk::revert, "revert"},
    {Risk::destroy, "destroy"},
}};
}

std::string_view to_string(Risk risk) {
    return name_of(kRisks, risk);
}
std::optional<Risk> risk_from(std::string_view name) {
    return value_of(kRisks, name);
}

}  // namespace migrate
