#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// The ways in which a secret may be written in the output of a program: as it is, percent-encoded by the
/// rules of several languages, escaped for JSON, Python, shells, SQL, ini files. Each once, none empty.
std::vector<std::string> spellings_of(std::string_view secret);

/// %XX decoded; what is no valid escape stays.
std::string percent_decoded(std::string_view text);

}  // namespace migrate
