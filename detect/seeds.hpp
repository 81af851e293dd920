#pragma once
#include "detect/find.hpp"

namespace migrate::detection {

/// Where the seeds are, for units whose own configuration does not say: the file that a seed script runs, or
/// a file or directory with the usual name. Stays "" where nothing is found.
void add_seeds(const Sources& sources, Unit& unit);

}  // namespace migrate::detection
