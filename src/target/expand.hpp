#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// What a name stands for, and whether that text may hold further variables.
struct Binding {
    std::string text;
    bool expandable = false;
};
using Lookup = std::function<std::optional<Binding>(std::string_view name)>;

/// Which forms are variables: `${NAME}` with the operators `:-`, `-`, `:+`, `+`; the same and `$NAME`;
/// or Spring's and Flyway's, `${NAME:fallback}` and `${env.NAME}`.
enum class Expand { braces, all, placeholders };

/// Replaces variables; an unknown one without fallback becomes "", `\$` a plain '$'. `self` is the name whose
/// value this is: it does not refer to itself. `unset` collects the names that had neither value nor
/// fallback. nullopt where the result grows beyond 64 KiB or nests deeper than 32.
std::optional<std::string> expand(std::string_view text, Expand form, const Lookup& lookup,
                                  std::string_view self = {}, std::vector<std::string>* unset = nullptr);

/// Whether the text holds a `${`.
bool has_placeholder(std::string_view text);

}  // namespace migrate
