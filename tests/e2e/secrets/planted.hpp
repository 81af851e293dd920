#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program.hpp"

// A password that no encoding leaves as it is, and a search for it that no encoding fools.
namespace migrate::test {

/// Letters that stand in it unchanged whatever is escaped around them.
inline constexpr std::string_view kCore = "S3cr3tC0reZ";
inline constexpr std::string_view kNasty = "p@l/a\"n%S3cr3tC0reZ'<t&\\ed=#1";

/// As RFC 3986 wants it in a URL, with digits as they are usual, or small ones; `every`: letters as well.
std::string in_url(std::string_view text, bool upper = true, bool every = false);
std::string in_base64(std::string_view text);
/// With a backslash before quotes and backslashes: JSON, TOML, Python, JavaScript.
std::string in_quotes(std::string_view text);

/// Everything that a program may print of a login: each a text of its own, in many languages and shapes.
std::vector<std::string> shapes(const std::string& user, const std::string& url);

/// Where the text shows the password, or something that is one step away from it; "" where it does not.
std::string shown_in(std::string_view text);

/// Looks through what was printed, and every file and file name below the state directory and in `more`.
void search_everywhere(const Tree& tree, const Ran& ran, const std::vector<std::string>& more = {});

}  // namespace migrate::test
