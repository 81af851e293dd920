#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/unit.hpp"

namespace migrate::migrate_mongo {

/// A step in which Node reads or changes the changelog with the project's own migrate-mongo and driver, as
/// there is no MongoDB client in this program. `action` and its operands:
///   answer            one JSON document (see read_status) for each line on descriptor 3, until that is
///                     closed; changes nothing
///   insert ID...      rows as `up` would write them; insert-block also with migrationBlock (12.1 and later)
///   delete ID...
///   rename OLD NEW
///   unlock            empties the lock collection
/// The script goes through stdin, so that nothing is written anywhere; connection and collection are those
/// of the project's configuration, loaded as migrate-mongo loads it.
Native changelog(const Unit& unit, const std::filesystem::path& root, std::string action,
                 const std::vector<std::string>& operands = {});

}  // namespace migrate::migrate_mongo
