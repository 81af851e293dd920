#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate {

/// A package that a tool loads only when it connects, and that is not there.
struct MissingDriver {
    std::string package;  ///< as the package manager knows it: "pg", "psycopg2-binary"
    std::string wanted;   ///< the word that asks for it: "client 'pg'", "postgresql+psycopg2"
};

/// Looks, in files alone, whether the driver is installed that the tool will want for the target: beside the
/// tool in node_modules, or in the environment that the unit is started from. nullopt also where that cannot
/// be known: nothing is installed, Plug'n'Play, an environment that lies elsewhere, a configuration that is
/// computed or brings its own driver.
std::optional<MissingDriver> missing_driver(const Unit& unit, const std::filesystem::path& root,
                                            const Target& target);

}  // namespace migrate
