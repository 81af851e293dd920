#pragma once
#include <string>
#include <string_view>

namespace migrate {

/// The text with every byte that is not part of well-formed UTF-8 replaced by U+FFFD (one for each maximal
/// broken sequence, as Unicode recommends and browsers do).
std::string valid_utf8(std::string_view bytes);

/// How many bytes at the end could be the beginning of a character that is not there in full; 0 to 3.
std::size_t unfinished_utf8(std::string_view bytes);

/// Valid UTF-8 without terminal control sequences (colours, cursor movements, titles) and without control
/// characters except line end and tab: what may stand in a document.
std::string plain_text(std::string_view bytes);

/// The same for a terminal: with `color`, colours stay (and are switched off at the end); nothing else that
/// could move the cursor, set a title or answer back does.
std::string terminal_text(std::string_view bytes, bool color);

/// How many columns the text takes, one for each character.
std::size_t columns(std::string_view text);

/// The text cut to so many columns, with "..." at the end where something was cut.
std::string cut_to_columns(std::string_view text, std::size_t width);

}  // namespace migrate
