#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migrate::detection {

// Paths relative to the scan root: '/' between components, "." for the root itself.

/// "a/b" + "c" -> "a/b/c"; "." + "c" -> "c". `below` may contain "." and ".." components, which are resolved;
/// a path that climbs out of the root comes back with its leading "..".
std::string join(std::string_view base, std::string_view below);

/// "a/b/c" -> "a/b"; "a" -> "."; "." -> ".".
std::string_view parent_of(std::string_view path);

/// Last component.
std::string_view name_of_path(std::string_view path);

/// Whether `path` is `directory` or lies below it.
bool is_within(std::string_view path, std::string_view directory);

/// `path` as seen from `base`, climbing with "..": ("a/b", "a/c/d") -> "../../b"; equal paths give ".".
std::string relative_to(std::string_view path, std::string_view base);

/// Whether a name holds a byte below 0x20, or DEL.
bool has_control_character(std::string_view name);

/// The name with its control characters spelled out: "a\x0ab".
std::string printable(std::string_view name);

/// Whether one component of a path is a name that tests, examples, fixtures, documentation or templates go
/// under. Case does not count.
bool is_hidden_component(std::string_view component);

}  // namespace migrate::detection
