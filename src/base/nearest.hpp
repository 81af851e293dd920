#pragma once
#include <span>
#include <string>
#include <string_view>

namespace migrate {

/// How many insertions, deletions, replacements and swaps of neighbours turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` was probably meant to be: the least edit distance, at most a third of the
/// longer word (two at least for words of four letters and more), or the only one that begins with it.
/// "" where none is near.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace migrate
