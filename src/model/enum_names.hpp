#pragma once
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace migrate {

/// A table of an enum's values and their stable names, as they stand in JSON and on the command line.
template <class E, std::size_t N>
using EnumNames = std::array<std::pair<E, std::string_view>, N>;

template <class E, std::size_t N>
constexpr std::string_view name_of(const EnumNames<E, N>& names, E value) {
    for (const auto& [key, name] : names)
        if (key == value) return name;
    return "?";
}

template <class E, std::size_t N>
constexpr std::optional<E> value_of(const EnumNames<E, N>& names, std::string_view text) {
    for (const auto& [key, name] : names)
        if (name == text) return key;
    return std::nullopt;
}

}  // namespace migrate
