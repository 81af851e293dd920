#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/package_json.hpp"
#include "model/tool.hpp"

namespace migrate::detection {

/// A line somewhere in the repository that runs a tool: a package script, a Make or Task target, a line of a
/// shell script, Dockerfile or compose file.
struct Call {
    std::string path;  ///< file
    int line = 0;
    Tree::Dir dir = 0;                 ///< of the file
    std::string name;                  ///< script or target, "" for a bare line
    std::string text;                  ///< the command as written
    const Package* package = nullptr;  ///< of a package script
    bool make = false;                 ///< stands in a Makefile, Taskfile or justfile
};

/// The words of `call` that follow an option: `--config X`, `--config=X`, `-d X`.
std::vector<std::string> option_values(const Call& call, std::initializer_list<std::string_view> options);

/// Where tools are called. Package scripts are cheap and searched first; the other files are read only once a
/// unit of the tool is known.
class Calls {
  public:
    Calls(const Repo& repo, const Packages& packages) : repo_(repo), packages_(packages) {}

    /// Package scripts that hold the word.
    const std::vector<Call>& scripts(std::string_view word) const;
    /// Lines of Makefiles, shell scripts, Dockerfiles and compose files that hold the word, outside test and
    /// example paths.
    const std::vector<Call>& lines(std::string_view word) const;

  private:
    struct Source {
        std::string path;
        Tree::Dir dir = 0;
        FileKind kind = FileKind::other;
    };
    const std::vector<Source>& sources() const;

    const Repo& repo_;
    const Packages& packages_;
    mutable std::map<std::string, std::vector<Call>, std::less<>> scripts_;
    mutable std::map<std::string, std::vector<Call>, std::less<>> lines_;
    mutable std::optional<std::vector<Source>> sources_;
};

}  // namespace migrate::detection
