#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "detect/package_json.hpp"

namespace migrate::detection {

/// Who installs a package's dependencies and where.
struct JsProject {
    std::string runner;          ///< npm, pnpm, yarn, bun; "" where there is no package.json
    std::string lock;            ///< path of the lock file, "" where there is none
    std::string directory;       ///< that holds the lock file: the workspace's root
    bool plug_and_play = false;  ///< Yarn without node_modules
    std::string ambiguity;       ///< why the runner is a guess, "" if it is none
};

/// Looks in the package's own directory and above, at JavaScript's own files only. `dir` is the unit's root.
JsProject js_project(const Repo& repo, const Packages& packages, Tree::Dir dir);

struct FoundVersion {
    std::string text;
    std::string source;
};

/// What is installed, else what the lock file says, else the manifest's range.
FoundVersion js_version(const Repo& repo, const Packages& packages, const JsProject& project, Tree::Dir dir,
                        std::string_view package);

/// Path of a file below the node_modules that serves `dir`, relative to `dir`: where it is, else where the
/// package manager would put it.
std::string module_path(const Repo& repo, const Packages& packages, const JsProject& project, Tree::Dir dir,
                        std::string_view package, std::string_view below_node_modules);

/// The argv prefix for a plain binary of a package.
std::vector<std::string> js_binary(const Repo& repo, const Packages& packages, const JsProject& project,
                                   Tree::Dir dir, std::string_view package, std::string_view binary);

/// "pnpm run NAME" and the like.
std::string run_script(const JsProject& project, std::string_view script);

}  // namespace migrate::detection
