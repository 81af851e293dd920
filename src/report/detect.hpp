#pragma once
#include <string>

#include "detect/detect.hpp"
#include "model/result.hpp"
#include "report/json.hpp"
#include "report/paint.hpp"

namespace migrate {

/// The document of `detect`: the envelope with units, possible, hidden, problems, and a suggestion where
/// there is no unit.
Json detect_json(const Scan& scan, const EnvironmentName& environment);

/// The same for people: a block a unit.
std::string detect_text(const Scan& scan, bool hidden, const Paint& paint);

/// What is wrong with the repository, one line each.
std::string problems_text(const Scan& scan, const Paint& paint);

/// Which tool would fit a repository without units, why, and what starts it.
std::string suggestion_text(const Suggestion& suggestion, const Paint& paint);

}  // namespace migrate
