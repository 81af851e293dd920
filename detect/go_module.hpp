#pragma once
#include <string>
#include <string_view>

#include "detect/js_project.hpp"
#include "detect/repo.hpp"

namespace migrate::detection {

/// The nearest go.mod at or above a directory; "" where there is none.
std::string go_module_file(const Repo& repo, Tree::Dir dir);

/// The version that a go.mod requires of a module, whatever its major suffix: "3.27.1" of
/// `github.com/pressly/goose/v3 v3.27.1`.
FoundVersion go_version(const Repo& repo, const std::string& go_mod, std::string_view module);

}  // namespace migrate::detection
