#pragma once
#include <string>
#include <vector>

namespace migrate {

/// What `setup` did about the databases of one unit, besides applying migrations.
struct Ready {
    std::vector<std::string> services;  ///< compose services that were started for it
    std::vector<std::string> created;   ///< names of the targets whose database was made
    bool fresh = false;  ///< before anything ran, each of its databases was made here or held no row
    bool seeded = false;
};

}  // namespace migrate
