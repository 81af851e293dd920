#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "model/error.hpp"

namespace migrate::sql {

/// A place in a text: 1-based line, 1-based column in characters (UTF-8 code points; a tab is one).
struct Position {
    int line = 1;
    int column = 1;
};

/// Linear in the offset: for single places, such as an error's.
Position position_at(std::string_view text, std::size_t offset);

/// "3:7: ", as every message about a place in a file begins after the file's name.
std::string prefix(Position position);

/// Positions of offsets that only grow, so that all places of one text cost one walk.
class PositionCursor {
  public:
    explicit PositionCursor(std::string_view text) : text_(text) {}
    Position at(std::size_t offset);

  private:
    std::string_view text_;
    std::size_t offset_ = 0;
    Position position_;
};

/// A file's bytes as the rest of this folder wants them: UTF-8 without byte order mark, lines ending in LF.
/// Errors: `migration.invalid` ("line:column: ...") for UTF-16 and UTF-32, and for NUL bytes.
Result<std::string> normalised(std::string_view bytes);
/// The same of bytes that nobody needs any more: most files are normal already and are not copied.
Result<std::string> normalised_own(std::string bytes);

/// sha256 (hex) of a normalised text without its trailing line ends: the same for CRLF and LF checkouts,
/// with and without a byte order mark or a final newline.
std::string checksum_of(std::string_view normalised_text);

/// The line around an offset and a caret under it, both indented by `indent`, for messages to people.
/// Lines longer than 200 bytes are cut around the place.
std::string caret(std::string_view text, std::size_t offset, std::string_view indent = "    ");

}  // namespace migrate::sql
