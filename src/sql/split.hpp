#pragma once
#include <functional>
#include <string_view>
#include <vector>

#include "sql/statement.hpp"

namespace migrate::sql {

/// What a line comment means to a migration file's convention.
enum class Mark {
    none,
    note,     ///< worth keeping, ends nothing
    section,  ///< ends the statement before it, terminated or not
    hold,     ///< the same, and what follows is one statement up to `release` where it is a stored routine
    release
};

/// A line comment that is a mark, and how many statements stand before it.
struct Marker {
    Mark mark = Mark::none;
    std::string_view text;  ///< the comment, with its "--"
    std::size_t offset = 0;
    Position position;
    std::size_t statements_before = 0;
};

struct Split {
    std::vector<Statement> statements;
    std::vector<Marker> markers;
};

/// Asked about every line comment that stands alone on its line, outside quotes, bodies in quotes and COPY
/// data. `indented`: white space stands before it.
using MarkTest = std::function<Mark(std::string_view comment, bool indented)>;

/// Splits a normalised text into statements. Bodies stay whole: quotes, dollar quotes, BEGIN ATOMIC,
/// triggers and stored routines, MySQL's DELIMITER; COPY data goes with its statement.
/// Errors (`migration.invalid`, "line:column: ..."): a quote or comment that is never closed, commands of
/// the psql, mysql and sqlite3 programs, COPY data without its end. Linear in the length of the text.
/// The views in the result point into `text`.
Result<Split> split_marked(std::string_view text, Dialect dialect, const MarkTest& test);

/// The same for a text without marks.
Result<std::vector<Statement>> split(std::string_view text, Dialect dialect);

}  // namespace migrate::sql
