#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

// Reading JavaScript and TypeScript without running it: enough to see the literals that configurations give
// to their keys.

/// The same text with comments replaced by blanks, so that offsets and lines stay.
std::string without_js_comments(std::string_view text);

/// What stands behind a key, as far as it is literal.
struct JsValue {
    std::vector<std::string> strings;  ///< path.join('a', 'b') is one string "a/b"; `*` for what is computed
    bool from_file = false;            ///< has __dirname or import.meta: relative to the file itself
    bool computed = false;             ///< has parts that only running it would tell
    std::string_view text;             ///< the expression as written
    int line = 0;
};

/// Every `key: value` and `key = value` in the text, quoted keys included. The views point into `text`, which
/// should be free of comments.
std::vector<JsValue> values_of_key(std::string_view text, std::string_view key);

}  // namespace migrate::detection
