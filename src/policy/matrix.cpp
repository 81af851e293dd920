#include "policy/matrix.hpp"

#include <array>
#include <cstddef>

namespace migrate {

namespace {

// clang-format off
constexpr Cell kFree{Ask::nothing}, kNever{Ask::refuse};

/// Rows: read, files, apply, revert, destroy. Columns: scratch, local, staging, shared, production.
constexpr std::array<std::array<Cell, 5>, 5> kMatrix{{
    /* read    */ {{kFree,             kFree,                        kFree,                kFree,                      kFree}},
    /* files   */ {{kFree,             kFree,                        kFree,                kFree,                      kFree}},
    /* apply   */ {{kFree,             kFree,                        kFree,                {Ask::type_name},           {Ask::type_name, true, true}}},
    /* revert  */ {{kFree,             {Ask::yes_if_lossy},          {Ask::confirm},       {Ask::confirm, true},       {Ask::confirm, true}}},
    /* destroy */ {{{Ask::yes},        {Ask::type_name_or_refuse},   kNever,               kNever,                     kNever}},
}};
// clang-format on

}  // namespace

Cell cell_of(Risk risk, Level level) {
    return kMatrix[static_cast<std::size_t>(risk)][static_cast<std::size_t>(level)];
}

}  // namespace migrate
