#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

// Versions in the lock files of the JavaScript package managers, found by searching the text: such files are
// megabytes long and almost all of them is about something else. "" where a package is not in the file.

/// package-lock.json and npm-shrinkwrap.json, versions 1 to 3. `packages` are the directories, relative to
/// the file, whose node_modules are looked at, innermost first ("packages/db", "").
std::string npm_locked(std::string_view lock, std::string_view package,
                       const std::vector<std::string>& directories);

/// pnpm-lock.yaml, versions 5 to 9. `importer` is the package's directory relative to the file, "." for the
/// file's own.
std::string pnpm_locked(std::string_view lock, std::string_view package, std::string_view importer);

/// yarn.lock, classic and berry. Of several versions the one that the range in the manifest resolved to.
std::string yarn_locked(std::string_view lock, std::string_view package, std::string_view range);

/// bun.lock.
std::string bun_locked(std::string_view lock, std::string_view package);

/// The version that a `catalog:` range stands for, from pnpm-workspace.yaml.
std::string catalog_range(std::string_view workspace, std::string_view package, std::string_view range);

}  // namespace migrate::detection
