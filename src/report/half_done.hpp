#pragma once
#include <string>

#include "model/history.hpp"
#include "model/result.hpp"

namespace migrate {

/// One line: "3_last is pending, and 1 of 3 statements is there; `run` of 2026-11-22 03:00:00 failed".
std::string half_done_line(const HalfDone& half, const History& history);

/// The line, and each statement with what is known of it.
std::string half_done_text(const HalfDone& half, const History& history);

/// `resolve --undo`, where all that is there of it can be taken away by statements.
void add_undo(UnitResult& unit, const HalfDone& half);

/// What may be typed about it, the best first.
void add_ways_out(UnitResult& unit, const HalfDone& half, const History& history);

}  // namespace migrate
