#pragma once
#include "detect/find.hpp"

namespace migrate::detection {

/// What the tree is made of. The manifests are only read (`thorough`) where no unit was found: then it is for
/// choosing a tool.
TreeSummary summarise(const Sources& sources, bool thorough);

}  // namespace migrate::detection
