#include "policy/matrix.hpp"

#include <array>
#include <cstddef>

namespace migrate {

namespace {

// clang-format off
constexpr Cell kFree{Ask::nothing}, kNever{Ask::refuse};
constexpr Cell kName{Ask::type_name};
constexpr Cell kNameBackup{Ask::type_name, true};
constexpr Cell kNameBackupCheck{Ask::type_name, true, true};

/// Rows: read, files, apply, revert, destroy. "confirm" on a protected target is answered by the database's
/// name: --yes answers nothing there.
constexpr std::array<std::array<Cell, 5>, 5> kMatrix{{
    //  scratch        local                        staging            shared          production
    {{  kFree,         kFree,                       kFree,             kFree,          kFree            }},
    {{  kFree,         kFree,                       kFree,             kFree,          kFree            }},
    {{  kFree,         kFree,                       kFree,             kName,          kNameBackupCheck }},
    {{  kFree,         {Ask::yes_if_lossy},         {Ask::confirm},    kNameBackup,    kNameBackup      }},
    {{  {Ask::yes},    {Ask::type_name_or_refuse},  kNever,            kNever,         kNever           }},
}};
// clang-format on

}  // namespace

Cell cell_of(Risk risk, Level level) {
    return kMatrix[static_cast<std::size_t>(risk)][static_cast<std::size_t>(level)];
}

std::string_view to_string(Ask ask) {
    switch (ask) {
        case Ask::nothing:
            return "allow";
        case Ask::yes_if_lossy:
            return "person: asked where values may be lost; no person: --yes";
        case Ask::yes:
            return "--yes";
        case Ask::confirm:
            return "person: confirm; no person: approval";
        case Ask::type_name:
            return "person: type the database's name; no person: approval";
        case Ask::type_name_or_refuse:
            return "person: type the database's name; no person: refuse";
        case Ask::refuse:
            return "refuse";
    }
    return "refuse";
}

}  // namespace migrate
