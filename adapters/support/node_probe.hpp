#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/probes.hpp"

namespace migrate::node {

/// What starts Node as the unit's own launch does: with its loaders (`node --import tsx`), and with the file
/// in which Yarn's Plug'n'Play resolves the packages, as `yarn node` does (Yarn 4.18: it takes a second more,
/// and does not pass descriptor 3 on). Without that file nothing is installed, and it is left to Yarn to say
/// so.
std::vector<std::string> node_launch(const Unit& unit, const std::filesystem::path& root);

/// A probe in the project's own Node: the configuration of Knex, TypeORM (0.3 on), sequelize-cli, Drizzle
/// Kit, Prisma (6 on) or migrate-mongo is loaded as the tool would, and what it computed is the answer. A
/// TypeScript file is loaded by the unit's loader, else translated by what the project has: esbuild, also
/// that of drizzle-kit or tsx, or TypeScript. Any connection ends it as an error (net.Socket.connect).
/// nullopt where the tool reads no such file.
std::optional<Probe> node_probe(const Unit& unit, const std::filesystem::path& root,
                                const std::string& environment);

}  // namespace migrate::node
