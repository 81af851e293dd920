#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

/// Whether a glob matches a whole path: `*` and `?` stay within a component, `**` crosses them, `[a-z]` is a
/// set, `{a,b}` a choice. Without recursion on the path's length beyond its stars.
bool glob_matches(std::string_view glob, std::string_view path);

/// The rules of one .gitignore file.
class IgnoreRules {
  public:
    explicit IgnoreRules(std::string_view text);

    /// What the last matching rule says about a path relative to the file's own directory: ignored (1), kept
    /// by a `!` rule (-1), or nothing (0).
    int judge(std::string_view path, bool directory) const;

  private:
    struct Rule {
        std::string glob;
        bool keep = false;
        bool directories_only = false;
        bool anchored = false;
    };
    std::vector<Rule> rules_;
};

}  // namespace migrate::detection
