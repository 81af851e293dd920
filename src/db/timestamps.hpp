#pragma once
#include <string>
#include <string_view>

namespace migrate::db {

/// A point in time as a database or a tool writes it, in RFC 3339 UTC to the second: "2024-01-01T10:00:00Z".
/// Reads ISO dates with ' ' or 'T', fractions, and offsets as they follow them ("Z", "+02", "+02:00",
/// " +0000 UTC"); without an offset the time is taken for UTC. Reads digits as YYYYMMDDHHMMSS (14 of them,
/// where that is a date), else as seconds, milliseconds (from 12 digits) or microseconds (from 16) since
/// 1970. "" for anything else.
std::string rfc3339_utc(std::string_view text);

}  // namespace migrate::db
