#pragma once
#include <optional>
#include <string>
#include <vector>

#include "command/flow.hpp"
#include "target/compose_service.hpp"

namespace migrate {

/// What stands in the way of `setup` for one unit and can be known before anything is started: a database
/// that is not local (`policy.refused`), a tool that is not installed (`tool.missing`).
std::optional<Error> not_for_setup(const Session& session, const GatheredUnit& one);

/// What would be, or is, started for a target that does not answer: the command line in its directory.
struct ServiceStart {
    ComposeService service;
    std::vector<std::string> argv;  ///< "" at front where neither docker nor docker-compose is there
};
/// The compose service that holds the database, from the files beside the unit and above it.
std::optional<ServiceStart> service_for(const Session& session, const Unit& unit, const Target& target);

/// Makes every database of the units answer: starts the compose services that hold those that do not, waits
/// for them (--wait), creates the databases that are missing, and looks which hold no row. The units' targets
/// have been found to be local. Says on stderr what it does and writes it into the audit log; `lines` says it
/// for people afterwards. Stops at the first error, which stands in that unit's result.
void make_ready(const Session& session, Prepared& prepared, Redactor& redactor, std::string& lines);

}  // namespace migrate
