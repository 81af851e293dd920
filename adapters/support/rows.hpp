#pragma once
#include "adapters/adapter.hpp"

// Short forms for the rows of a table, so that a row stands on one or two lines and reads from left to
// right: what for, the command line, the risk, since when, what a person should know.
namespace migrate::rows {

constexpr VersionRange since(int major, int minor = 0, int patch = 0) {
    return {.from = {major, minor, patch}};
}
constexpr VersionRange before(int major, int minor = 0, int patch = 0) {
    return {.from = {}, .before = {major, minor, patch}};
}
constexpr VersionRange between(Version from, Version until) {
    return {.from = from, .before = until};
}

/// The tool's own command.
constexpr Row native(Verb verb, std::string_view variant, std::string_view argv, Risk risk,
                     VersionRange versions = {}, std::string_view note = {}) {
    return {.how = How::native,
            .verb = verb,
            .variant = variant,
            .argv = argv,
            .risk = risk,
            .versions = versions,
            .note = note};
}

/// Composed of built-in steps, or of several native ones.
constexpr Row built_in(Verb verb, std::string_view variant, Risk risk, std::string_view note,
                       VersionRange versions = {}) {
    return {.how = How::built_in,
            .verb = verb,
            .variant = variant,
            .risk = risk,
            .versions = versions,
            .note = note};
}

/// What the tool cannot do: the reason, and the nearest safe command.
constexpr Row cannot(Verb verb, std::string_view variant, std::string_view reason, std::string_view next = {},
                     VersionRange versions = {}) {
    return {.how = How::unsupported,
            .verb = verb,
            .variant = variant,
            .versions = versions,
            .note = reason,
            .next = next};
}

/// A command line that is only recognised, never composed.
constexpr Row seen(std::optional<Verb> verb, std::string_view argv, Risk risk, VersionRange versions = {},
                   std::string_view note = {}) {
    return {
        .how = How::classify, .verb = verb, .argv = argv, .risk = risk, .versions = versions, .note = note};
}

constexpr Flag flag(std::string_view name, Risk risk = Risk::read) {
    return {.name = name, .takes_value = false, .risk = risk};
}
constexpr Flag valued(std::string_view name, Risk risk = Risk::read) {
    return {.name = name, .takes_value = true, .risk = risk};
}
/// A flag (with a value) that names another database than the configuration that was resolved.
constexpr Flag retargeting(std::string_view name) {
    return {.name = name, .takes_value = true, .retargets = true};
}

}  // namespace migrate::rows
