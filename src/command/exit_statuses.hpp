#pragma once
#include <array>
#include <string_view>

namespace migrate {

/// What the process ends with, for people (contract, "Exit status"). Which error is which stands in
/// exit_status().
struct ExitStatus {
    int status;
    std::string_view means;
};

constexpr std::array<ExitStatus, 8> kExitStatuses{{
    {0, "done, or nothing to do"},
    {1, "a native tool or a database failed"},
    {2,
     "usage or configuration error, unresolved target, or a verb that the unit cannot do; nothing was "
     "changed"},
    {3, "findings: not ready, or not current where --exit-code asks"},
    {4, "refused by policy, consent is missing, or the plan is stale"},
    {5, "a needed native tool or runtime is missing; nothing was changed"},
    {6, "not now: another migrator, a long transaction, replica lag; nothing was changed, try again"},
    {130, "interrupted"},
}};

}  // namespace migrate
