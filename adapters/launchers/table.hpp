#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "model/tool.hpp"

namespace migrate::launchers {

/// A program that starts another one, which stands behind its own words on the same command line.
struct Launcher {
    std::string_view name;         ///< base name
    std::string_view subcommands;  ///< one of these must follow, blank-separated; "" = none
    bool optional = false;         ///< the subcommand may be left out: `yarn prisma`
    std::string_view valued;       ///< flags with a value as the next word; with '!' they name another
                                   ///< directory, configuration or environment
    int operands = 0;              ///< words to pass over before the program: container, host, duration
    bool elsewhere = false;        ///< runs on another machine or with another environment
};

/// All rows of a base name, in order.
std::span<const Launcher> launchers();

/// Base names that are a tool of ours: "prisma7", "typeorm-ts-node-esm" ...
std::optional<Tool> tool_of_program(std::string_view base_name);

/// Packages of node_modules whose scripts may be started by path: "typeorm" of node_modules/typeorm/cli.js.
std::optional<Tool> tool_of_package(std::string_view package);

}  // namespace migrate::launchers
