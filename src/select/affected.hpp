#pragma once
#include <filesystem>
#include <set>
#include <string>

#include "model/caller.hpp"
#include "model/error.hpp"

namespace migrate {

/// Files that differ from the merge base of HEAD and `ref` (default: the upstream branch, else origin/HEAD),
/// uncommitted and untracked ones included, relative to `root`. Asks git. Errors, exit 2: `usage` (no merge
/// base, no such ref, no git repository), `tool.missing` where git is not installed.
Result<std::set<std::string>> files_changed_since(const std::filesystem::path& root, const std::string& ref,
                                                  const Environment& env);

}  // namespace migrate
